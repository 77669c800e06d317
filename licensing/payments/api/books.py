"""Bank, books and papers beside one another, and having members paid, over HTTP."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.papers.answers import ASKED, IN_ANY_FORM, asked_form, asked_language, document_answer
from licensing.payments.differing import Cause, Explained, Why, explain
from licensing.payments.papers import reconciliation_paper
from licensing.payments.reconciling import Check, reconciliation
from licensing.payments.services import order_payouts
from platform_core.api.filters import asked_day
from platform_core.api.idempotency import idempotent
from platform_core.api.views import HouseView
from platform_core.clock import today
from platform_core.identity.models import OperatingEntity


class CauseSerializer(serializers.Serializer[Cause]):
    """Part of a difference, and what proves it."""

    because = serializers.ChoiceField(source="why", choices=[(each.value, each.value) for each in Why])
    amount_minor = serializers.IntegerField(help_text="what the books say more by it")
    on = serializers.DateField()
    entry_id = serializers.UUIDField(source="entry.pk", default=None, allow_null=True, help_text="where it is seen")
    entry_number = serializers.IntegerField(source="entry.number", default=None, allow_null=True)
    memo = serializers.CharField(source="entry.memo", default="")


class ComparedSerializer(serializers.Serializer[Any]):
    """One comparison: what papers say, what the books say, and why they differ."""

    check = serializers.ChoiceField(source="row.check", choices=[(each.value, each.value) for each in Check])
    title = serializers.CharField(source="row.title", help_text="of whom, or which account")
    currency = serializers.CharField(source="row.currency")
    papers_minor = serializers.IntegerField(source="row.papers_minor")
    books_minor = serializers.IntegerField(source="row.books_minor")
    difference_minor = serializers.IntegerField(source="row.difference_minor", help_text="what the books say more")
    ledger_account_ids = serializers.ListField(
        child=serializers.UUIDField(), help_text="the accounts that make up what the books say"
    )
    causes = CauseSerializer(many=True)
    unexplained_minor = serializers.IntegerField(help_text="what of the difference nothing explains")


class ReconciliationSerializer(serializers.Serializer[Any]):
    """Bank, invoices and distributions beside the books, for royalties, at the end of a day."""

    on = serializers.DateField()
    agrees = serializers.BooleanField()
    rows = ComparedSerializer(many=True)


class PayoutOrderSerializer(serializers.Serializer[Any]):
    """Out of which bank account members are paid, and when."""

    bank_account_id = serializers.UUIDField()
    due_on = serializers.DateField()


class OrderedPayoutsSerializer(serializers.Serializer[Any]):
    """The payments that were drafted."""

    payout_ids = serializers.ListField(child=serializers.UUIDField())


_ON: Final = OpenApiParameter("on", str, description="at the end of this day; today if nothing is said")


class ReconciliationView(HouseView):
    """The reconciliation of an operating entity."""

    @extend_schema(
        operation_id="operating_entities_reconciliation", parameters=[_ON], responses=ReconciliationSerializer
    )
    def get(self, request: Request, entity_id: UUID) -> Response:
        """Compare what banks, invoices and distributions say with the books, and see where and why they differ."""
        on, explained = _explained(self, entity_id)
        rows = [
            {
                "row": each.row,
                "ledger_account_ids": [account.pk for account in each.row.accounts],
                "causes": each.causes,
                "unexplained_minor": each.unexplained_minor,
            }
            for each in explained
        ]
        agrees = not any(each.row.difference_minor for each in explained)
        return Response(ReconciliationSerializer({"on": on, "agrees": agrees, "rows": rows}).data)


class ReconciliationDocumentView(HouseView):
    """The reconciliation of an operating entity as a file."""

    @extend_schema(
        operation_id="operating_entities_reconciliation_document",
        parameters=[_ON, *ASKED],
        responses=IN_ANY_FORM,
    )
    def get(self, request: Request, entity_id: UUID) -> HttpResponse:
        """Take the comparison with every difference and its causes as workbook, table or PDF."""
        on, explained = _explained(self, entity_id)
        entity = OperatingEntity.objects.select_related("organisation").get(pk=entity_id)
        paper = reconciliation_paper(entity, explained, on, asked_language(request))
        return document_answer(paper, asked_form(request))


def _explained(view: HouseView, entity_id: UUID) -> tuple[date, list[Explained]]:
    entity = OperatingEntity.objects.filter(pk=entity_id).select_related("alliance").first()
    zone = entity.alliance.zone if entity is not None else "UTC"
    on = asked_day(view.request, "on") or today(view.actor.clock, zone)
    return on, [explain(row, on=on) for row in reconciliation(entity_id, actor=view.actor, on=on)]


class PayoutOrderView(HouseView):
    """The payments of a distribution."""

    @extend_schema(
        operation_id="distribution_runs_order_payouts",
        request=PayoutOrderSerializer,
        responses={201: OrderedPayoutsSerializer},
    )
    @idempotent
    def post(self, request: Request, run_id: UUID) -> Response:
        """Draft a payment for each member of a released distribution; two people release each of them."""
        drafted = order_payouts(actor=self.actor, run_id=run_id, **self.read(PayoutOrderSerializer, request))
        return Response(OrderedPayoutsSerializer({"payout_ids": [each.pk for each in drafted]}).data, status=201)
