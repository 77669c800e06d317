"""Yearly fees of patents, what they cost on a day, and what was paid, over HTTP."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.sentences import StoredSentenceField
from platform_core.api.views import HouseView
from platform_core.clock import today
from platform_core.deadlines.lifecycle import DeadlineState
from platform_core.deadlines.models import Deadline
from pools.patents.annuities import Annuity, Status
from pools.upkeep import selectors, services
from pools.upkeep.kinds import CONFIRMATION
from pools.upkeep.lifecycle import FeeStanding
from pools.upkeep.models import AnnuityPayment, AnnuityTerms
from pools.upkeep.selectors import Fees


class AnnuitySerializer(serializers.Serializer[Any]):
    """One year's fee as on a day; amounts in minor units, null where the office has to be asked."""

    year = serializers.IntegerField()
    fee_status = serializers.ChoiceField(source="status", choices=[(one.value, one.name) for one in Status])
    due_on = serializers.DateField(allow_null=True)
    last_day = serializers.DateField(allow_null=True, help_text="the due day, or the next on which the office works")
    opens_on = serializers.DateField(allow_null=True)
    grace_until = serializers.DateField(allow_null=True)
    full_minor = serializers.IntegerField(source="full", allow_null=True)
    payable_minor = serializers.IntegerField(source="payable", allow_null=True)
    surcharge_minor = serializers.IntegerField(source="surcharge", allow_null=True)
    total_minor = serializers.IntegerField(source="total", allow_null=True)
    rises_on = serializers.DateField(allow_null=True, help_text="the first day on which more is due")
    rises_by_minor = serializers.IntegerField(source="rises_by", allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    restoration_minor = serializers.IntegerField(source="restoration", allow_null=True)
    sources = serializers.ListField(child=serializers.CharField())
    is_verified = serializers.BooleanField()


class ScheduledAnnuitySerializer(AnnuitySerializer):
    """A year's fee with what became of it here."""

    fee_standing = serializers.ChoiceField(
        choices=FeeStanding.choices, help_text="before: fell due before the patent came on record, and is taken as paid"
    )
    paid_on = serializers.DateField(allow_null=True)
    payment_id = serializers.UUIDField(allow_null=True)
    deadline_id = serializers.UUIDField(allow_null=True)


class AnnuityTermsSerializer(serializers.ModelSerializer[AnnuityTerms]):
    """What a patent's fees depend on besides its days."""

    class Meta:
        model = AnnuityTerms
        fields = ("reduction_percent", "is_open_licence", "grant_year", "claims")


class AnnuityTermsEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of what fees depend on; what is left out stays."""

    reduction_percent = serializers.IntegerField(min_value=0, max_value=100, required=False)
    is_open_licence = serializers.BooleanField(required=False)
    grant_year = serializers.IntegerField(min_value=1, max_value=30, required=False, allow_null=True)
    claims = serializers.IntegerField(min_value=0, max_value=10_000, required=False, allow_null=True)


class PatentAnnuitiesSerializer(serializers.Serializer[Any]):
    """The fees of a patent, year by year."""

    patent_id = serializers.UUIDField()
    office = serializers.CharField()
    on = serializers.DateField()
    currency = serializers.CharField(help_text="blank where no fees are known")
    claims = serializers.IntegerField(allow_null=True)
    problem = StoredSentenceField(help_text="why no fees are told; blank where they are")
    holidays_until = serializers.DateField(
        allow_null=True, help_text="up to when holidays of the office are known; null: weekends alone move a day"
    )
    terms = AnnuityTermsSerializer()
    is_openly_licensed = serializers.BooleanField(
        help_text="whether fees are reduced on the day for an open licence that is kept and recorded here"
    )
    annuities = ScheduledAnnuitySerializer(many=True)


class OpenAnnuitySerializer(serializers.ModelSerializer[Deadline]):
    """A fee that is open, with what it costs today and what waiting adds."""

    patent_id = serializers.UUIDField(source="subject_id")
    organisation_name = serializers.CharField(source="organisation", allow_null=True)
    year = serializers.SerializerMethodField()
    currency = serializers.SerializerMethodField()
    total_minor = serializers.SerializerMethodField()
    surcharge_minor = serializers.SerializerMethodField()
    rises_on = serializers.SerializerMethodField()
    rises_by_minor = serializers.SerializerMethodField()
    is_verified = serializers.SerializerMethodField()

    class Meta:
        model = Deadline
        fields = (
            "id",
            "alliance_id",
            "patent_id",
            "title",
            "organisation_id",
            "organisation_name",
            "year",
            "due_on",
            "last_day",
            "state",
            "currency",
            "total_minor",
            "surcharge_minor",
            "rises_on",
            "rises_by_minor",
            "is_verified",
        )

    def _annuity(self, row: Deadline) -> Annuity | None:
        found: Annuity | None = self.context["amounts"].get(row.pk)
        return found

    def get_year(self, row: Deadline) -> int:
        """Return the fee year."""
        return int(row.part)

    def get_currency(self, row: Deadline) -> str:
        """Return the currency; blank where the amount is not known."""
        annuity = self._annuity(row)
        return annuity.currency if annuity else ""

    def get_total_minor(self, row: Deadline) -> int | None:
        """Return what it costs today, surcharge included."""
        annuity = self._annuity(row)
        return annuity.total if annuity else None

    def get_surcharge_minor(self, row: Deadline) -> int | None:
        """Return the surcharge in it."""
        annuity = self._annuity(row)
        return annuity.surcharge if annuity else None

    def get_rises_on(self, row: Deadline) -> date | None:
        """Return the first day on which more is due."""
        annuity = self._annuity(row)
        return annuity.rises_on if annuity else None

    def get_rises_by_minor(self, row: Deadline) -> int | None:
        """Return how much more is due from that day on."""
        annuity = self._annuity(row)
        return annuity.rises_by if annuity else None

    def get_is_verified(self, row: Deadline) -> bool:
        """Say whether the amount was verified with its office."""
        annuity = self._annuity(row)
        return annuity.is_verified if annuity else False


class AnnuityPaymentSerializer(serializers.ModelSerializer[AnnuityPayment]):
    """A fee that was paid."""

    publication = serializers.CharField(source="patent.publication")
    country = serializers.CharField(source="patent.country")
    receipt_name = serializers.CharField(source="receipt.title", allow_null=True, default=None)
    recorded_by_name = serializers.CharField(source="recorded_by.name", allow_null=True, default=None)

    class Meta:
        model = AnnuityPayment
        fields = (
            "id",
            "patent_id",
            "publication",
            "country",
            "year",
            "paid_on",
            "fee_minor",
            "surcharge_minor",
            "currency",
            "receipt_id",
            "receipt_name",
            "recorded_at",
            "recorded_by_name",
            "cancelled_at",
            "cancel_reason",
        )


class NewAnnuityPaymentSerializer(serializers.Serializer[Any]):
    """A fee that was paid, in minor units of the office's currency."""

    patent_id = serializers.UUIDField()
    year = serializers.IntegerField(min_value=1, max_value=30)
    paid_on = serializers.DateField()
    fee_minor = serializers.IntegerField(min_value=0, max_value=10**12)
    surcharge_minor = serializers.IntegerField(min_value=0, max_value=10**12, required=False)


class PaymentCancellationSerializer(serializers.Serializer[Any]):
    """Why a payment is cancelled."""

    reason = serializers.CharField(max_length=500)


_OPEN_IDS = {"alliance": "alliance", "organisation": "organisation", "patent": "subject_id"}
_STATE = {"state": "state"}
_PAYMENT_IDS = {"patent": "patent"}


def scheduled(found: selectors.PatentSchedule) -> dict[str, Any]:
    """Represent the fees of a patent, each with what became of it here."""
    paid = {payment.year: payment for payment in found.payments}
    watched = {(row.kind == CONFIRMATION.name, int(row.part)): row for row in found.deadlines}
    rows = []
    for annuity in found.annuities:
        payment = paid.get(annuity.year)
        deadline = watched.get((False, annuity.year))
        asked = watched.get((True, annuity.year))
        standing = _standing(annuity, payment, deadline, asked, found.on)
        rows.append(
            {
                **AnnuitySerializer(annuity).data,
                **(_NOTHING_MORE if standing in _OVER else {}),
                "fee_standing": standing,
                "paid_on": payment.paid_on if payment else None,
                "payment_id": payment.pk if payment else None,
                "deadline_id": deadline.pk if deadline else asked.pk if asked else None,
            }
        )
    return {
        "patent_id": found.patent.pk,
        "office": found.patent.country,
        "on": found.on,
        "currency": found.currency,
        "claims": found.claims,
        "problem": PatentAnnuitiesSerializer().fields["problem"].to_representation(found.problem),
        "holidays_until": found.holidays_until,
        "terms": AnnuityTermsSerializer(found.terms).data,
        "is_openly_licensed": found.is_openly_licensed,
        "annuities": rows,
    }


def _standing(
    annuity: Annuity, payment: AnnuityPayment | None, deadline: Deadline | None, asked: Deadline | None, on: date
) -> FeeStanding:
    if payment is not None:
        return FeeStanding.PAID
    if deadline is not None and deadline.state in _STANDINGS:
        return _STANDINGS[DeadlineState(deadline.state)]
    if asked is not None and asked.state in _STANDINGS:
        return FeeStanding.TO_CONFIRM if asked.state == DeadlineState.OPEN else _STANDINGS[DeadlineState(asked.state)]
    return FeeStanding.BEFORE if annuity.due_on is not None and annuity.due_on < on else FeeStanding.LATER


_OVER = frozenset({FeeStanding.PAID, FeeStanding.BEFORE, FeeStanding.WAIVED})
_NOTHING_MORE = dict.fromkeys(
    ("surcharge_minor", "total_minor", "rises_on", "rises_by_minor", "ended_on", "restoration_minor")
)
"""What is not told of a fee that is dealt with: it would read as if it were still to be paid."""

_STANDINGS = {
    DeadlineState.OPEN: FeeStanding.OPEN,
    DeadlineState.SETTLED: FeeStanding.PAID,
    DeadlineState.WAIVED: FeeStanding.WAIVED,
    DeadlineState.MISSED: FeeStanding.MISSED,
}


class PatentAnnuitiesView(HouseView):
    """The fees of one patent."""

    @extend_schema(operation_id="patents_annuities", responses=PatentAnnuitiesSerializer)
    def get(self, request: Request, patent_id: UUID) -> Response:
        """Read a patent's fees year by year: until when, how much today, and what waiting costs."""
        return answer_with_etag(request, scheduled(selectors.schedule_of(patent_id, actor=self.actor)))


class PatentAnnuityTermsView(HouseView):
    """What the fees of a patent depend on."""

    @extend_schema(
        operation_id="patents_set_annuity_terms",
        request=AnnuityTermsEditsSerializer,
        responses=PatentAnnuitiesSerializer,
    )
    def put(self, request: Request, patent_id: UUID) -> Response:
        """Say by how much a patent's fees are reduced, and what else they depend on."""

        def change(**edits: Any) -> selectors.PatentSchedule:
            services.set_annuity_terms(actor=self.actor, patent_id=patent_id, **edits)
            return selectors.schedule_of(patent_id, actor=self.actor)

        return self.edit(
            request,
            AnnuityTermsEditsSerializer,
            present=lambda: selectors.schedule_of(patent_id, actor=self.actor, for_change=True),
            change=change,
            represent=scheduled,
        )


class AnnuitiesView(HouseView):
    """Fees of a whole portfolio."""

    orders = {"due": "due_on", "last_day": "last_day"}

    @extend_schema(
        operation_id="annuities_list",
        parameters=parameters_of(ids=_OPEN_IDS, texts=_STATE),
        responses=page_of(OpenAnnuitySerializer),
    )
    def get(self, request: Request) -> Response:
        """List the fees of your patents, the most pressing first: how much today, and what waiting costs."""
        rows = filtered(selectors.annuity_deadlines(actor=self.actor), request, ids=_OPEN_IDS, texts=_STATE)
        return self.page(rows, OpenAnnuitySerializer, default="due", about=self._amounts)

    def _amounts(self, rows: Sequence[Deadline]) -> dict[str, Any]:
        days = {row.subject_id: today(self.actor.clock, row.alliance.zone) for row in rows}
        fees: dict[UUID, Fees] = {}
        for day in set(days.values()):
            fees |= selectors.fees_of([pk for pk, on in days.items() if on == day], day)
        return {
            "amounts": {
                row.pk: selectors.amounts_on(fees.get(row.subject_id), int(row.part), days[row.subject_id])
                for row in rows
            }
        }


class AnnuityPaymentsView(HouseView):
    """Fees that were paid."""

    orders = {"paid": "paid_on", "recorded": "recorded_at"}

    @extend_schema(
        operation_id="annuity_payments_list",
        parameters=parameters_of(ids=_PAYMENT_IDS),
        responses=page_of(AnnuityPaymentSerializer),
    )
    def get(self, request: Request) -> Response:
        """List what your organisation paid to keep patents alive, the latest first."""
        rows = filtered(selectors.payments(actor=self.actor), request, ids=_PAYMENT_IDS)
        return self.page(rows, AnnuityPaymentSerializer, default="-paid")

    @extend_schema(
        operation_id="annuity_payments_record",
        request=NewAnnuityPaymentSerializer,
        responses={201: AnnuityPaymentSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Record that a year's fee was paid; its deadline is done, and the next year's comes."""
        made = services.record_payment(actor=self.actor, **self.read(NewAnnuityPaymentSerializer, request))
        return Response(AnnuityPaymentSerializer(made).data, status=201)


class AnnuityPaymentCancellationView(HouseView):
    """Cancelling a payment."""

    @extend_schema(
        operation_id="annuity_payments_cancel",
        request=PaymentCancellationSerializer,
        responses={200: AnnuityPaymentSerializer},
    )
    @idempotent
    def post(self, request: Request, payment_id: UUID) -> Response:
        """Cancel a payment that was recorded by mistake: the fee is open again."""
        given = self.read(PaymentCancellationSerializer, request)
        done = services.cancel_payment(actor=self.actor, payment_id=payment_id, **given)
        return Response(AnnuityPaymentSerializer(done).data)
