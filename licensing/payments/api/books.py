"""Bank, books and papers beside one another, and having members paid, over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.payments.reconciling import Check, Compared, reconciliation
from licensing.payments.services import order_payouts
from platform_core.api.filters import asked_day
from platform_core.api.idempotency import idempotent
from platform_core.api.views import HouseView
from platform_core.clock import today
from platform_core.identity.models import OperatingEntity


class ComparedSerializer(serializers.Serializer[Compared]):
    """One comparison: what papers say, and what the books say."""

    check = serializers.ChoiceField(choices=[(each.value, each.value) for each in Check])
    title = serializers.CharField(help_text="of whom, or which account")
    currency = serializers.CharField()
    papers_minor = serializers.IntegerField()
    books_minor = serializers.IntegerField()
    difference_minor = serializers.IntegerField(help_text="what the books say more")


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


class ReconciliationView(HouseView):
    """The reconciliation of an operating entity."""

    @extend_schema(
        operation_id="operating_entities_reconciliation",
        parameters=[OpenApiParameter("on", str, description="at the end of this day; today if nothing is said")],
        responses=ReconciliationSerializer,
    )
    def get(self, request: Request, entity_id: UUID) -> Response:
        """Compare what banks, invoices and distributions say with the books, and see where they differ."""
        entity = OperatingEntity.objects.filter(pk=entity_id).select_related("alliance").first()
        zone = entity.alliance.zone if entity is not None else "UTC"
        on = asked_day(request, "on") or today(self.actor.clock, zone)
        rows = reconciliation(entity_id, actor=self.actor, on=on)
        agrees = not any(row.difference_minor for row in rows)
        return Response(ReconciliationSerializer({"on": on, "agrees": agrees, "rows": rows}).data)


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
