"""Orders to pay, their workbook and their receipts over HTTP."""

from functools import partial
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.access.log import log_access
from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from pools.upkeep import selectors, services
from pools.upkeep.lifecycle import ORDER_LIFECYCLE, OrderState
from pools.upkeep.models import PaymentOrder, PaymentOrderLine

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PaymentOrderSerializer(serializers.ModelSerializer[PaymentOrder]):
    """An order to pay, and the steps that lead on from its state."""

    allowed_steps = serializers.SerializerMethodField()

    class Meta:
        model = PaymentOrder
        fields = (
            "id",
            "alliance_id",
            "organisation_id",
            "title",
            "office",
            "currency",
            "pay_on",
            "payer_name",
            "payer_code",
            "state",
            "created_at",
            "ordered_at",
            "finished_at",
            "allowed_steps",
        )

    def get_allowed_steps(self, order: PaymentOrder) -> list[str]:
        """List the steps that are possible now."""
        return ORDER_LIFECYCLE.allowed(OrderState(order.state))


class PaymentOrderLineSerializer(serializers.ModelSerializer[PaymentOrderLine]):
    """A fee in an order, and its payment once there is one."""

    publication = serializers.CharField(source="patent.publication")
    application = serializers.CharField(source="patent.application")
    total_minor = serializers.IntegerField()
    currency = serializers.CharField(source="order.currency")
    paid_on = serializers.DateField(source="payment.paid_on", allow_null=True, default=None)
    receipt_id = serializers.UUIDField(source="payment.receipt_id", allow_null=True, default=None)
    receipt_name = serializers.CharField(source="payment.receipt.title", allow_null=True, default=None)

    class Meta:
        model = PaymentOrderLine
        fields = (
            "id",
            "position",
            "patent_id",
            "publication",
            "application",
            "year",
            "fee_minor",
            "surcharge_minor",
            "total_minor",
            "currency",
            "paid_on",
            "receipt_id",
            "receipt_name",
        )


class NewPaymentOrderSerializer(serializers.Serializer[Any]):
    """Fees to order together."""

    title = serializers.CharField(max_length=200)
    pay_on = serializers.DateField(help_text="the day on which it is to be paid; amounts are those of that day")
    deadline_ids = serializers.ListField(
        child=serializers.UUIDField(), allow_empty=False, max_length=services.MOST, help_text="open yearly fees"
    )


class PaymentOrderEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a draft."""

    title = serializers.CharField(max_length=200, required=False)
    pay_on = serializers.DateField(required=False)
    payer_name = serializers.CharField(max_length=200, required=False, help_text="the name on the receipt")
    payer_code = serializers.CharField(max_length=40, required=False, allow_blank=True)


class LinesPaidSerializer(serializers.Serializer[Any]):
    """Lines of an order that were paid."""

    line_ids = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=services.MOST)
    paid_on = serializers.DateField()
    receipt_id = serializers.UUIDField(required=False, allow_null=True, help_text="a paper that hangs on the order")


class ReceiptSerializer(serializers.Serializer[Any]):
    """A receipt and the lines it covers."""

    document_id = serializers.UUIDField(help_text="a paper that hangs on the order")
    line_ids = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=services.MOST)


_IDS = {"alliance": "alliance"}
_TEXTS = {"state": "state"}


class PaymentOrdersView(HouseView):
    """Orders to pay."""

    orders = {"created": "created_at", "pay_on": "pay_on"}

    @extend_schema(
        operation_id="payment_orders_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(PaymentOrderSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the orders of your organisation, the latest first."""
        rows = filtered(selectors.payment_orders(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, PaymentOrderSerializer, default="-created")

    @extend_schema(
        operation_id="payment_orders_open",
        request=NewPaymentOrderSerializer,
        responses={201: PaymentOrderSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Put open fees of one office together, to be paid on a day."""
        made = services.open_payment_order(actor=self.actor, **self.read(NewPaymentOrderSerializer, request))
        return answer_with_etag(request, PaymentOrderSerializer(made).data, status=201)


class PaymentOrderView(HouseView):
    """One order."""

    @extend_schema(operation_id="payment_orders_read", responses=PaymentOrderSerializer)
    def get(self, request: Request, order_id: UUID) -> Response:
        """Read an order."""
        found = selectors.get_payment_order(order_id, actor=self.actor)
        return answer_with_etag(request, PaymentOrderSerializer(found).data)

    @extend_schema(
        operation_id="payment_orders_edit", request=PaymentOrderEditsSerializer, responses=PaymentOrderSerializer
    )
    def patch(self, request: Request, order_id: UUID) -> Response:
        """Change a draft; with another day its amounts are worked out anew."""
        return self.edit(
            request,
            PaymentOrderEditsSerializer,
            present=lambda: selectors.get_payment_order(order_id, actor=self.actor, for_change=True),
            change=partial(services.edit_payment_order, actor=self.actor, order_id=order_id),
            represent=lambda found: PaymentOrderSerializer(found).data,
        )


class PaymentOrderLinesView(HouseView):
    """The lines of an order."""

    orders = {"position": "position"}

    @extend_schema(operation_id="payment_orders_lines", responses=page_of(PaymentOrderLineSerializer))
    def get(self, request: Request, order_id: UUID) -> Response:
        """List the fees of an order, what each costs, and what was paid."""
        order = selectors.get_payment_order(order_id, actor=self.actor)
        return self.page(selectors.lines_of(order, actor=self.actor), PaymentOrderLineSerializer, default="position")


class PaymentOrderOrderingView(HouseView):
    """Giving an order out."""

    @extend_schema(operation_id="payment_orders_order", request=None, responses={200: PaymentOrderSerializer})
    @idempotent
    def post(self, request: Request, order_id: UUID) -> Response:
        """Give an order out for payment; its amounts stay as they are then."""
        return Response(PaymentOrderSerializer(services.order_payment(actor=self.actor, order_id=order_id)).data)


class PaymentOrderCancellationView(HouseView):
    """Cancelling an order."""

    @extend_schema(operation_id="payment_orders_cancel", request=None, responses={200: PaymentOrderSerializer})
    @idempotent
    def post(self, request: Request, order_id: UUID) -> Response:
        """Cancel an order of which nothing was paid."""
        return Response(PaymentOrderSerializer(services.cancel_payment_order(actor=self.actor, order_id=order_id)).data)


class PaymentOrderPaymentsView(HouseView):
    """Payments of an order."""

    @extend_schema(
        operation_id="payment_orders_pay", request=LinesPaidSerializer, responses={200: PaymentOrderSerializer}
    )
    @idempotent
    def post(self, request: Request, order_id: UUID) -> Response:
        """Record that lines were paid, each of which settles its deadline."""
        given = self.read(LinesPaidSerializer, request)
        return Response(
            PaymentOrderSerializer(services.pay_order_lines(actor=self.actor, order_id=order_id, **given)).data
        )


class PaymentOrderReceiptsView(HouseView):
    """Receipts of an order."""

    @extend_schema(
        operation_id="payment_orders_file_receipt", request=ReceiptSerializer, responses={200: PaymentOrderSerializer}
    )
    @idempotent
    def post(self, request: Request, order_id: UUID) -> Response:
        """File a receipt back on the lines it covers."""
        given = self.read(ReceiptSerializer, request)
        return Response(
            PaymentOrderSerializer(services.file_receipt(actor=self.actor, order_id=order_id, **given)).data
        )


class PaymentOrderWorkbookView(HouseView):
    """The workbook of an order."""

    @extend_schema(operation_id="payment_orders_workbook", responses={(200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: Request, order_id: UUID) -> HttpResponse:
        """Download the batch form of the Chinese office for an order; the reading is logged."""
        order = selectors.get_payment_order(order_id, actor=self.actor)
        written = services.workbook_of(actor=self.actor, order=order)
        log_access("payment_order.workbook_exported", actor=self.actor, subject=order)
        response = HttpResponse(written, content_type=XLSX)
        name = quote(f"{order.title}.xlsx", safe="")
        response["Content-Disposition"] = f"attachment; filename=\"payment-order.xlsx\"; filename*=UTF-8''{name}"
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response
