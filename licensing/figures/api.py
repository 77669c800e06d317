"""Figures over HTTP: for finance, and what each is made of."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.billing.models import Invoice, Settlement
from licensing.distribution.models import DistributionItem
from licensing.figures import selectors
from licensing.figures.calculation import LONGEST_SPAN, Basis, distance, months_between, shifted, summed
from licensing.figures.papers import figures_paper
from licensing.figures.policies import READ_FIGURES
from licensing.papers.answers import ASKED, IN_ANY_FORM, asked_form, asked_language, document_answer
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require, require_kind
from platform_core.access.log import log_accesses
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.problems import invalid

MONTHS_SHOWN: Final = 12

IN_SPAN: Final = [
    OpenApiParameter("programme", OpenApiTypes.UUID, description="only of this programme"),
    OpenApiParameter("from", str, description="first month, as YYYY-MM; eleven months before the last, if left out"),
    OpenApiParameter("to", str, description="last month, as YYYY-MM; the present one, if left out"),
]


class MonthFiguresSerializer(serializers.Serializer[Any]):
    """Figures of a month, and those of the month as far back as the span is long; minor units."""

    month = serializers.DateField(format="%Y-%m")
    billed_minor = serializers.IntegerField()
    received_minor = serializers.IntegerField()
    distributed_minor = serializers.IntegerField()
    before_billed_minor = serializers.IntegerField()
    before_received_minor = serializers.IntegerField()
    before_distributed_minor = serializers.IntegerField()


class AgesSerializer(serializers.Serializer[Any]):
    """What is open by how long it is overdue, minor units."""

    not_due = serializers.IntegerField()
    to_30 = serializers.IntegerField()
    to_60 = serializers.IntegerField()
    to_90 = serializers.IntegerField()
    over_90 = serializers.IntegerField()


class DueFiguresSerializer(serializers.Serializer[Any]):
    """What is to arrive in a month, minor units."""

    month = serializers.DateField(format="%Y-%m")
    due_minor = serializers.IntegerField()


class ExpectedFiguresSerializer(serializers.Serializer[Any]):
    """What a period is expected to be billed, before tax, and what that is known from."""

    programme_id = serializers.UUIDField()
    programme_code = serializers.CharField()
    period = serializers.CharField()
    basis = serializers.ChoiceField(choices=[each.value for each in Basis])
    amount_minor = serializers.IntegerField()
    units = serializers.IntegerField(allow_null=True, help_text="null where none are known")


class FiguresRowSerializer(serializers.Serializer[Any]):
    """Figures of a programme, or of all in one currency."""

    programme_id = serializers.UUIDField(allow_null=True, help_text="null: all programmes in this currency")
    programme_code = serializers.CharField()
    currency = serializers.CharField()
    months = MonthFiguresSerializer(many=True)
    total = MonthFiguresSerializer(help_text="of all months; its month is the first of them")
    ages = AgesSerializer()
    open_minor = serializers.IntegerField()
    overdue_minor = serializers.IntegerField()
    credit_minor = serializers.IntegerField(help_text="open of credit notes, which is not taken off")
    due = DueFiguresSerializer(many=True, help_text="what is open and not late, by the month in which it is due")
    expected = ExpectedFiguresSerializer(many=True)


class FiguresSerializer(serializers.Serializer[Any]):
    """Figures for finance; currencies are never added to each other."""

    on = serializers.DateField()
    first_month = serializers.DateField(format="%Y-%m")
    last_month = serializers.DateField(format="%Y-%m")
    currencies = FiguresRowSerializer(many=True)
    programmes = FiguresRowSerializer(many=True)


class FiguresView(HouseView):
    """Figures for finance."""

    @extend_schema(operation_id="figures_read", parameters=IN_SPAN, responses=FiguresSerializer)
    def get(self, request: Request) -> Response:
        """Tell what was billed, received and given out month by month, what is overdue, and what is to come."""
        rows, months, on = _asked(request, self.actor)
        told = selectors.figures(rows, months, on=on, actor=self.actor)
        log_accesses("programme.exact_totals_viewed", actor=self.actor, subjects=rows)
        document = {
            "on": on,
            "first_month": months[0],
            "last_month": months[-1],
            "currencies": summed(told),
            "programmes": told,
        }
        return Response(FiguresSerializer(document).data)


class FiguresDocumentView(HouseView):
    """Figures on paper."""

    @extend_schema(operation_id="figures_document", parameters=[*IN_SPAN, *ASKED], responses=IN_ANY_FORM)
    def get(self, request: Request) -> HttpResponse:
        """Take figures as PDF, workbook or table."""
        rows, months, on = _asked(request, self.actor)
        told = selectors.figures(rows, months, on=on, actor=self.actor)
        entities = dict.fromkeys(str(row.operating_entity) for row in rows)
        paper = figures_paper(told, summed(told), on=on, language=asked_language(request), issuer=list(entities))
        answer = document_answer(paper, asked_form(request))
        log_accesses("programme.exact_totals_viewed", actor=self.actor, subjects=rows)
        return answer


class FigureLineSerializer(serializers.Serializer[Any]):
    """One of what a figure adds up: an invoice, money that settled one, or what a distribution gave."""

    id = serializers.UUIDField(source="pk")
    on = serializers.DateField()
    name = serializers.CharField()
    amount_minor = serializers.IntegerField()
    currency = serializers.CharField()
    subject_type = serializers.CharField()
    subject_id = serializers.UUIDField()
    entry_id = serializers.UUIDField(allow_null=True, help_text="what was booked for it")


class BilledLineSerializer(FigureLineSerializer):
    """An invoice or a credit note that was issued."""

    on = serializers.DateField(source="issued_on")
    name = serializers.CharField(source="number_text")
    amount_minor = serializers.IntegerField(source="gross_minor")
    subject_type = serializers.CharField(source="_meta.label_lower")
    subject_id = serializers.UUIDField(source="pk")


class ReceivedLineSerializer(FigureLineSerializer):
    """Money that settled an invoice, or went back."""

    name = serializers.CharField(source="invoice.number_text")
    currency = serializers.CharField(source="invoice.currency")
    subject_type = serializers.CharField(source="invoice._meta.label_lower")
    subject_id = serializers.UUIDField(source="invoice_id")


class DistributedLineSerializer(FigureLineSerializer):
    """What a distribution gave to one payee."""

    on = serializers.DateField(source="released_on")
    name = serializers.CharField(source="payee")
    currency = serializers.CharField(source="run.currency")
    subject_type = serializers.CharField(source="run._meta.label_lower")
    subject_id = serializers.UUIDField(source="run_id")
    entry_id = serializers.UUIDField(source="run.entry_id", allow_null=True)


class BilledView(HouseView):
    """What was billed."""

    orders = {"day": "issued_on"}

    @extend_schema(operation_id="figures_billed", parameters=IN_SPAN, responses=page_of(BilledLineSerializer))
    def get(self, request: Request) -> Response:
        """List the invoices and credit notes that a figure adds up, the latest first."""
        rows, months, _ = _asked(request, self.actor)
        found = selectors.billed(self.actor, [row.pk for row in rows], months[0], shifted(months[-1], 1))
        return self.page(found, BilledLineSerializer, default="-day", about=self._noted)

    def _noted(self, part: Sequence[Invoice]) -> dict[str, Any]:
        log_accesses("invoice.exported" if self.exporting else "invoice.listed", actor=self.actor, subjects=part)
        return {}


class ReceivedView(HouseView):
    """What was received."""

    orders = {"day": "on"}

    @extend_schema(operation_id="figures_received", parameters=IN_SPAN, responses=page_of(ReceivedLineSerializer))
    def get(self, request: Request) -> Response:
        """List the money that a figure adds up, the latest first."""
        rows, months, _ = _asked(request, self.actor)
        found = selectors.received(self.actor, [row.pk for row in rows], months[0], shifted(months[-1], 1))
        return self.page(found, ReceivedLineSerializer, default="-day", about=self._noted)

    def _noted(self, part: Sequence[Settlement]) -> dict[str, Any]:
        paid = [row.invoice for row in part]
        log_accesses("invoice.exported" if self.exporting else "invoice.listed", actor=self.actor, subjects=paid)
        return {}


class DistributedView(HouseView):
    """What was given out."""

    orders = {"day": "released_on"}

    @extend_schema(operation_id="figures_distributed", parameters=IN_SPAN, responses=page_of(DistributedLineSerializer))
    def get(self, request: Request) -> Response:
        """List what distributions gave that a figure adds up, the latest first."""
        rows, months, _ = _asked(request, self.actor)
        found = selectors.distributed(self.actor, [row.pk for row in rows], months[0], shifted(months[-1], 1))
        return self.page(found, DistributedLineSerializer, default="-day", about=self._noted)

    def _noted(self, part: Sequence[DistributionItem]) -> dict[str, Any]:
        log_accesses("distribution_item.listed", actor=self.actor, subjects=part)
        return {}


def _asked(request: Request, actor: Actor) -> tuple[list[Programme], list[date], date]:
    """Return the programmes, months and day a request asks for; refused to whoever reads no figures at all."""
    require_kind(actor, READ_FIGURES, Programme)
    on = timezone.localdate(actor.clock.now())
    last = _month(request, "to") or on.replace(day=1)
    first = _month(request, "from") or shifted(last, 1 - MONTHS_SHOWN)
    if not 0 <= distance(first, last) < LONGEST_SPAN:
        raise invalid("/to", "bad_span", f"Choose between 1 and {LONGEST_SPAN} months, the first one first.")
    rows = selectors.programmes(actor=actor).select_related("operating_entity")
    if asked := request.query_params.get("programme"):
        try:
            programme = get_visible(Programme, UUID(asked), actor=actor)
        except ValueError:
            raise invalid("/programme", "no_id", "This is no id of a programme.") from None
        require(actor, READ_FIGURES, programme)
        rows = rows.filter(pk=programme.pk)
    return list(rows), months_between(first, last), on


def _month(request: Request, name: str) -> date | None:
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise invalid(f"/{name}", "no_month", "Write a month as YYYY-MM.") from None
    # The span before has to exist as well.
    if not 1900 <= month.year <= 9000:
        raise invalid(f"/{name}", "no_month", "Write a month as YYYY-MM.")
    return month
