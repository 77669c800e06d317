"""Paying online over HTTP, and what the payment service tells us."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.payments import selectors, services
from licensing.payments.calculation import PartToPay, Refusal
from licensing.payments.lifecycle import UNDER_WAY
from licensing.payments.models import OnlineMovement, OnlinePayment, OnlineRefund
from platform_core.access.actors import Actor
from platform_core.access.log import log_access, log_accesses
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView


class OnlinePaymentSerializer(serializers.ModelSerializer[OnlinePayment]):
    """An attempt to pay an invoice online, and what became of it."""

    invoice_number = serializers.CharField(source="invoice.number_text")
    licensee = serializers.CharField(source="invoice.licence.licensee")

    class Meta:
        model = OnlinePayment
        fields = (
            "id",
            "invoice_id",
            "invoice_number",
            "licensee",
            "amount_minor",
            "currency",
            "state",
            "service_id",
            "message",
            "started_at",
        )


class OnlineMovementSerializer(serializers.ModelSerializer[OnlineMovement]):
    """What moved money of a payment at the service, and what of it settled the invoice or was paid ahead."""

    class Meta:
        model = OnlineMovement
        fields = ("id", "kind", "service_id", "amount_minor", "settled_minor", "prepaid_minor", "entry_id", "at")


class OnlineRefundSerializer(serializers.ModelSerializer[OnlineRefund]):
    """Money of a payment that is given back."""

    proposed_by = serializers.CharField(source="proposed_by.name", default="")
    decided_by = serializers.CharField(source="decided_by.name", default="")
    invoice_number = serializers.CharField(source="payment.invoice.number_text")
    licensee = serializers.CharField(source="payment.invoice.licence.licensee")
    currency = serializers.CharField(source="payment.currency")
    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta:
        model = OnlineRefund
        fields = (
            "id",
            "payment_id",
            "invoice_number",
            "licensee",
            "amount_minor",
            "currency",
            "reason",
            "state",
            "made_there",
            "message",
            "proposed_at",
            "proposed_by",
            "decided_at",
            "decided_by",
            "allowed_steps",
        )

    def get_allowed_steps(self, refund: OnlineRefund) -> list[str]:
        """List what can be done."""
        steps: dict[UUID, list[str]] = self.context.get("refund_steps", {})
        return steps.get(refund.pk, [])


class OnlinePaymentDetailSerializer(OnlinePaymentSerializer):
    """A payment with all that moved, and the address of the page on which it is paid, for the payer alone."""

    movements = OnlineMovementSerializer(many=True)
    refunds = OnlineRefundSerializer(many=True)
    page_url = serializers.SerializerMethodField(help_text="where it is paid, for whoever pays it, while it can be")
    is_ending = serializers.SerializerMethodField(help_text="whether its page is being closed before somebody pays")
    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta:
        model = OnlinePayment
        fields = (
            *OnlinePaymentSerializer.Meta.fields,
            "page_url",
            "is_ending",
            "movements",
            "refunds",
            "allowed_steps",
        )

    def get_allowed_steps(self, payment: OnlinePayment) -> list[str]:
        """List what can be done."""
        return selectors.payment_steps(payment, actor=self.context["actor"])

    def get_page_url(self, payment: OnlinePayment) -> str:
        """Return the address to whoever may pay, while there is something to pay."""
        steps = selectors.payment_steps(payment, actor=self.context["actor"])
        return str(payment.page_url) if "pay" in steps else ""

    def get_is_ending(self, payment: OnlinePayment) -> bool:
        """Say whether somebody asked to end it, and the service has not answered yet."""
        return payment.ending_at is not None and payment.state in UNDER_WAY


class NewOnlinePaymentSerializer(serializers.Serializer[Any]):
    """How much of an invoice is paid."""

    amount_minor = serializers.IntegerField(
        required=False, help_text="minor units; by default all that is open and not under way"
    )


class WhereToPaySerializer(serializers.Serializer[selectors.WhereToPay]):
    """An account to which an invoice is paid by bank."""

    name = serializers.CharField(help_text="in whose name it is kept")
    bank = serializers.CharField()
    number = serializers.CharField()


class PartToPaySerializer(serializers.Serializer[PartToPay]):
    """A part of an invoice that is paid in parts, with what pays it and all before it."""

    due_on = serializers.DateField()
    amount_minor = serializers.IntegerField(help_text="what pays this part and every earlier one")


class PaymentOptionsSerializer(serializers.Serializer[selectors.PaymentOptions]):
    """How an invoice is paid: by bank with its reference, and online where that is taken."""

    invoice_id = serializers.UUIDField(source="invoice.pk")
    invoice_number = serializers.CharField(source="invoice.number_text")
    state = serializers.CharField(source="invoice.state")
    currency = serializers.CharField(source="invoice.currency")
    open_minor = serializers.IntegerField(source="invoice.open_minor")
    due_on = serializers.DateField(source="invoice.due_on", allow_null=True)
    reference = serializers.CharField(source="invoice.reference", help_text="what is written on the transfer")
    accounts = WhereToPaySerializer(many=True)
    is_online = serializers.BooleanField(help_text="whether it, or part of it, can be paid online now")
    online_refusal = serializers.ChoiceField(
        choices=[(each.value, each.value) for each in Refusal],
        allow_null=True,
        help_text="why the payment service does not take all that is left at once, where it is paid online",
    )
    payable_minor = serializers.IntegerField(help_text="what is open and not under way online yet: the most to choose")
    parts = PartToPaySerializer(many=True, help_text="agreed parts that are open and not under way, by their days")
    least_minor = serializers.IntegerField(source="limits.least_minor", help_text="the least that is paid online")
    most_minor = serializers.IntegerField(source="limits.most_minor", help_text="the most that is paid online at once")
    step_minor = serializers.IntegerField(
        source="limits.step_minor", help_text="of what an amount that is paid online is a multiple"
    )
    under_way = OnlinePaymentSerializer(many=True, help_text="online payments that are under way, the earliest first")
    prepaid_minor = serializers.IntegerField(help_text="what was paid ahead in this currency")


class NewRefundSerializer(serializers.Serializer[Any]):
    """What is to be given back, and why."""

    amount_minor = serializers.IntegerField(help_text="minor units of the payment's currency")
    reason = serializers.CharField(max_length=500)


class RefundDecisionSerializer(serializers.Serializer[Any]):
    """What the second person says of a refund."""

    approve = serializers.BooleanField()


_IDS: Final[Mapping[str, str]] = {"invoice": "invoice"}
_TEXTS: Final[Mapping[str, str]] = {"state": "state"}


class OnlinePaymentsView(HouseView):
    """Online payments."""

    orders = {"started": "started_at"}

    @extend_schema(
        operation_id="online_payments_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(OnlinePaymentSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the online payments you may see, the latest first."""
        rows = filtered(selectors.online_payments(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, OnlinePaymentSerializer, default="-started", about=self._noted)

    def _noted(self, part: Sequence[OnlinePayment]) -> dict[str, Any]:
        name = "online_payment.exported" if self.exporting else "online_payment.listed"
        log_accesses(name, actor=self.actor, subjects=part)
        return {}


class OnlinePaymentView(HouseView):
    """One online payment."""

    @extend_schema(operation_id="online_payments_read", responses=OnlinePaymentDetailSerializer)
    def get(self, request: Request, payment_id: UUID) -> Response:
        """Read how far a payment has come, and have the address of the page where you pay it if it is yours to pay."""
        payment = selectors.get_online_payment(payment_id, actor=self.actor)
        return Response(_detail(payment, self.actor))


class OnlinePaymentInquiryView(HouseView):
    """The asking of the payment service about a payment."""

    @extend_schema(operation_id="online_payments_ask", request=None, responses=OnlinePaymentDetailSerializer)
    @idempotent
    def post(self, request: Request, payment_id: UUID) -> Response:
        """Have the payment service asked now how a payment stands; it answers in the background."""
        payment = services.ask_about_payment(actor=self.actor, payment_id=payment_id)
        return Response(_detail(payment, self.actor))


class OnlinePaymentEndingView(HouseView):
    """The ending of a payment before it is paid."""

    @extend_schema(operation_id="online_payments_end", request=None, responses=OnlinePaymentDetailSerializer)
    @idempotent
    def post(self, request: Request, payment_id: UUID) -> Response:
        """Have the page of a payment closed; if somebody has paid there by then, it stays paid."""
        payment = services.end_online_payment(actor=self.actor, payment_id=payment_id)
        return Response(_detail(payment, self.actor))


def _detail(payment: OnlinePayment, actor: Actor) -> Any:
    log_access("online_payment.viewed", actor=actor, subject=payment)
    steps = selectors.refund_steps(payment.refunds.all(), actor=actor)
    return OnlinePaymentDetailSerializer(payment, context={"actor": actor, "refund_steps": steps}).data


class InvoicePayingView(HouseView):
    """The paying of an invoice online."""

    @extend_schema(
        operation_id="invoices_pay_online",
        request=NewOnlinePaymentSerializer,
        responses={201: OnlinePaymentSerializer},
    )
    @idempotent
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Begin to pay an invoice online; what it is paid with is there as soon as the service has answered."""
        given = self.read(NewOnlinePaymentSerializer, request)
        payment = services.start_online_payment(
            actor=self.actor, invoice_id=invoice_id, amount_minor=given.get("amount_minor")
        )
        response = Response(OnlinePaymentSerializer(payment).data, status=201)
        response["Location"] = f"/api/v1/online-payments/{payment.pk}"
        return response


class PaymentOptionsView(HouseView):
    """How an invoice is paid."""

    @extend_schema(operation_id="invoices_payment_options", responses=PaymentOptionsSerializer)
    def get(self, request: Request, invoice_id: UUID) -> Response:
        """Read to which account an invoice is paid with which reference, and whether it can be paid online."""
        options = selectors.payment_options(invoice_id, actor=self.actor)
        log_access("invoice.viewed", actor=self.actor, subject=options.invoice)
        return Response(PaymentOptionsSerializer(options).data)


class OnlinePaymentRefundsView(HouseView):
    """The proposing of a refund."""

    @extend_schema(
        operation_id="online_payments_propose_refund",
        request=NewRefundSerializer,
        responses={201: OnlineRefundSerializer},
    )
    @idempotent
    def post(self, request: Request, payment_id: UUID) -> Response:
        """Propose to give back part of a payment; a second person decides."""
        refund = services.propose_refund(
            actor=self.actor, payment_id=payment_id, **self.read(NewRefundSerializer, request)
        )
        return Response(OnlineRefundSerializer(refund).data, status=201)


class OnlineRefundsView(HouseView):
    """Refunds of online payments."""

    orders = {"proposed": "proposed_at"}

    @extend_schema(
        operation_id="online_refunds_list",
        parameters=parameters_of(ids={"payment": "payment"}, texts=_TEXTS),
        responses=page_of(OnlineRefundSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the refunds you may see, the latest first."""
        rows = filtered(selectors.refunds(actor=self.actor), request, ids={"payment": "payment"}, texts=_TEXTS)
        return self.page(rows, OnlineRefundSerializer, default="-proposed", about=self._noted)

    def _noted(self, part: Sequence[OnlineRefund]) -> dict[str, Any]:
        name = "online_payment.exported" if self.exporting else "online_payment.listed"
        log_accesses(name, actor=self.actor, subjects=[refund.payment for refund in part])
        return {"refund_steps": selectors.refund_steps(part, actor=self.actor)}


class OnlineRefundDecisionView(HouseView):
    """The decision on a refund."""

    @extend_schema(
        operation_id="online_refunds_decide", request=RefundDecisionSerializer, responses=OnlineRefundSerializer
    )
    @idempotent
    def post(self, request: Request, refund_id: UUID) -> Response:
        """Approve or refuse, as the second person, to give money back."""
        given = self.read(RefundDecisionSerializer, request)
        refund = services.decide_refund(actor=self.actor, refund_id=refund_id, approve=given["approve"])
        return Response(OnlineRefundSerializer(refund).data)
