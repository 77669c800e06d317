"""Charges, receipts, bilateral licences and exchange rates over HTTP; what moves money happens once per key."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.agreements import selectors, services
from licensing.agreements.models import BilateralLicence, Charge, ExchangeRate, Receipt
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView


class ChargeSerializer(serializers.ModelSerializer[Charge]):
    """Money owed without sales; a cancelled charge stays on record."""

    licence_code = serializers.CharField(source="licence.code")
    month = serializers.DateField(format="%Y-%m")
    amount = serializers.DecimalField(
        max_digits=21, decimal_places=6, normalize_output=True, help_text="in major units of the currency"
    )

    class Meta:
        model = Charge
        fields = (
            "id",
            "licence_id",
            "licence_code",
            "month",
            "kind",
            "amount",
            "currency",
            "note",
            "created_at",
            "cancelled_at",
        )


class NewChargeSerializer(serializers.Serializer[Any]):
    """An amount to charge."""

    licence_id = serializers.UUIDField()
    month = serializers.DateField(input_formats=["%Y-%m"], help_text="such as 2025-04")
    kind = serializers.CharField(max_length=200, help_text="entry, lump_sum, instalment, interest, audit, …")
    amount = serializers.DecimalField(max_digits=21, decimal_places=6, help_text="above 0, in major units")
    currency = serializers.CharField(max_length=3, help_text="ISO 4217")
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class ChargeCancellationSerializer(serializers.Serializer[Any]):
    """Why a charge is cancelled."""

    reason = serializers.CharField(max_length=500)


class ReceiptSerializer(serializers.ModelSerializer[Receipt]):
    """Money received for a period, in minor units of the programme's currency."""

    licence_code = serializers.CharField(source="licence.code")
    currency = serializers.CharField(source="licence.programme.currency")

    class Meta:
        model = Receipt
        fields = (
            "id",
            "licence_id",
            "licence_code",
            "period",
            "amount_minor",
            "currency",
            "received_on",
            "reference",
            "created_at",
        )


class NewReceiptSerializer(serializers.Serializer[Any]):
    """Money that was received; below 0 corrects an earlier receipt."""

    licence_id = serializers.UUIDField()
    period = serializers.CharField(max_length=7, help_text="2025-03, 2025Q1, 2025H1 or 2025")
    amount_minor = serializers.IntegerField(help_text="minor units of the programme's currency")
    received_on = serializers.DateField(required=False, allow_null=True)
    reference = serializers.CharField(max_length=200, required=False, allow_blank=True)


class BilateralLicenceSerializer(serializers.ModelSerializer[BilateralLicence]):
    """A licence a licensee holds from a member of the pool already."""

    licence_code = serializers.CharField(source="licence.code")
    member_code = serializers.CharField(source="member.membership.code")
    member_name = serializers.CharField(source="member.membership.organisation")

    class Meta:
        model = BilateralLicence
        fields = ("id", "licence_id", "licence_code", "member_id", "member_code", "member_name", "starts_on", "ends_on")


class BilateralEndSerializer(serializers.Serializer[Any]):
    """The end of a bilateral licence."""

    ends_on = serializers.DateField(help_text="last day")


class ExchangeRateSerializer(serializers.ModelSerializer[ExchangeRate]):
    """What one unit of a currency is worth in the programme's own, for a month."""

    month = serializers.DateField(format="%Y-%m")
    rate = serializers.DecimalField(max_digits=30, decimal_places=12, normalize_output=True)
    quoted_by = serializers.CharField(source="source", help_text="where the rate is from")

    class Meta:
        model = ExchangeRate
        fields = ("id", "programme_id", "month", "currency", "rate", "quoted_by")


class NewExchangeRateSerializer(serializers.Serializer[Any]):
    """A rate to set."""

    programme_id = serializers.UUIDField()
    month = serializers.DateField(input_formats=["%Y-%m"], help_text="such as 2025-04")
    currency = serializers.CharField(max_length=3, help_text="ISO 4217")
    rate = serializers.DecimalField(
        max_digits=30, decimal_places=12, help_text="units of the programme's currency per unit of this one"
    )
    quoted_by = serializers.CharField(max_length=200, required=False, allow_blank=True, source="source")


_OF_LICENCE = {"licence": "licence", "programme": "licence__programme"}


class ChargesView(HouseView):
    """Charges."""

    orders = {"month": "month", "created": "created_at"}

    @extend_schema(
        operation_id="charges_list",
        parameters=parameters_of(ids=_OF_LICENCE, texts={"kind": "kind"}),
        responses=page_of(ChargeSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the charges you may see, the latest month first."""
        rows = filtered(selectors.charges(actor=self.actor), request, ids=_OF_LICENCE, texts={"kind": "kind"})
        return self.page(rows, ChargeSerializer, default="-month")

    @extend_schema(operation_id="charges_raise", request=NewChargeSerializer, responses={201: ChargeSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Charge a licensee an amount without sales."""
        charge = services.NewCharge(**self.read(NewChargeSerializer, request))
        return Response(ChargeSerializer(services.raise_charge(actor=self.actor, charge=charge)).data, status=201)


class ChargeCancellationView(HouseView):
    """The cancellation of a charge."""

    @extend_schema(operation_id="charges_cancel", request=ChargeCancellationSerializer, responses=ChargeSerializer)
    @idempotent
    def post(self, request: Request, charge_id: UUID) -> Response:
        """Cancel a charge that was raised in error."""
        given = self.read(ChargeCancellationSerializer, request)
        return Response(ChargeSerializer(services.cancel_charge(actor=self.actor, charge_id=charge_id, **given)).data)


class ReceiptsView(HouseView):
    """Receipts."""

    orders = {"created": "created_at"}

    @extend_schema(
        operation_id="receipts_list",
        parameters=parameters_of(ids=_OF_LICENCE, texts={"period": "period"}),
        responses=page_of(ReceiptSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the receipts you may see, the latest first."""
        rows = filtered(selectors.receipts(actor=self.actor), request, ids=_OF_LICENCE, texts={"period": "period"})
        return self.page(rows, ReceiptSerializer, default="-created")

    @extend_schema(operation_id="receipts_record", request=NewReceiptSerializer, responses={201: ReceiptSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Record money received from a licensee for a period."""
        receipt = services.NewReceipt(**self.read(NewReceiptSerializer, request))
        recorded = services.record_receipt(actor=self.actor, receipt=receipt)
        return Response(ReceiptSerializer(recorded).data, status=201)


class BilateralLicencesView(HouseView):
    """Bilateral licences."""

    orders = {"id": "id"}

    @extend_schema(
        operation_id="bilateral_licences_list",
        parameters=parameters_of(ids={**_OF_LICENCE, "member": "member"}),
        responses=page_of(BilateralLicenceSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the bilateral licences you may see."""
        rows = filtered(selectors.bilaterals(actor=self.actor), request, ids={**_OF_LICENCE, "member": "member"})
        return self.page(rows, BilateralLicenceSerializer, default="id")


class BilateralEndView(HouseView):
    """The end of a bilateral licence."""

    @extend_schema(
        operation_id="bilateral_licences_end", request=BilateralEndSerializer, responses=BilateralLicenceSerializer
    )
    @idempotent
    def post(self, request: Request, bilateral_id: UUID) -> Response:
        """Set an earlier last day of a bilateral licence."""
        given = self.read(BilateralEndSerializer, request)
        ended = services.end_bilateral(actor=self.actor, bilateral_id=bilateral_id, **given)
        return Response(BilateralLicenceSerializer(ended).data)


class ExchangeRatesView(HouseView):
    """Exchange rates."""

    orders = {"month": "month"}

    @extend_schema(
        operation_id="exchange_rates_list",
        parameters=parameters_of(ids={"programme": "programme"}, texts={"currency": "currency"}),
        responses=page_of(ExchangeRateSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the exchange rates you may see, the latest month first."""
        rows = filtered(
            selectors.exchange_rates(actor=self.actor),
            request,
            ids={"programme": "programme"},
            texts={"currency": "currency"},
        )
        return self.page(rows, ExchangeRateSerializer, default="-month")

    @extend_schema(
        operation_id="exchange_rates_set", request=NewExchangeRateSerializer, responses={201: ExchangeRateSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Set the rate of a currency for a month; closes made before keep theirs."""
        given = self.read(NewExchangeRateSerializer, request)
        programme_id = given.pop("programme_id")
        rate = services.set_exchange_rate(actor=self.actor, programme_id=programme_id, rate=services.NewRate(**given))
        return Response(ExchangeRateSerializer(rate).data, status=201)
