"""Rates and conversions over HTTP."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.distribution.exchange import selectors, services
from licensing.distribution.exchange.lifecycle import ConversionState, RatesState
from licensing.distribution.exchange.models import Conversion, RateSheet, ReferenceRate
from licensing.distribution.stepping import StepReasonSerializer, StepView
from platform_core.access.log import log_access, log_readings
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView

_ENTITY: Final = {"operating_entity": "operating_entity_id"}
_IDS: Final = {"distribution": "item__run_id", "statement": "item_id", "membership": "membership_id"}


class RateSheetSerializer(serializers.ModelSerializer[RateSheet]):
    """A table of rates of exchange."""

    entered_by = serializers.CharField(allow_null=True, help_text="null: fetched by the site")
    confirmed_by = serializers.CharField(allow_null=True)

    class Meta:
        model = RateSheet
        fields: tuple[str, ...] = (
            "id",
            "operating_entity_id",
            "source",
            "name",
            "content_sha256",
            "first_on",
            "last_on",
            "rates_count",
            "state",
            "entered_at",
            "entered_by",
            "confirmed_at",
            "confirmed_by",
            "withdrawn_at",
            "reason",
        )


class RateSheetDetailSerializer(RateSheetSerializer):
    """A table of rates with what can be done with it now."""

    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta(RateSheetSerializer.Meta):
        fields = (*RateSheetSerializer.Meta.fields, "allowed_steps")

    def get_allowed_steps(self, sheet: RateSheet) -> list[str]:
        """List the steps."""
        return selectors.rates_steps(sheet, actor=self.context["actor"])


class ReferenceRateSerializer(serializers.ModelSerializer[ReferenceRate]):
    """What one unit of the first currency is in the second one on a day."""

    rate = serializers.DecimalField(max_digits=30, decimal_places=12, normalize_output=True)

    class Meta:
        model = ReferenceRate
        fields = ("id", "on", "base", "quote", "rate")


class NewRateSerializer(serializers.Serializer[Any]):
    """One rate: what one unit of the first currency is in the second one."""

    on = serializers.DateField()
    base = serializers.CharField(max_length=3)
    quote = serializers.CharField(max_length=3)
    rate = serializers.DecimalField(max_digits=24, decimal_places=12)


class NewRateSheetSerializer(serializers.Serializer[Any]):
    """A table of rates written down by hand."""

    operating_entity_id = serializers.UUIDField()
    name = serializers.CharField(max_length=200, help_text="who publishes the rates; members read it")
    rates = NewRateSerializer(many=True)


class RateFileSerializer(serializers.Serializer[Any]):
    """A file of reference rates of the European Central Bank."""

    operating_entity_id = serializers.UUIDField()
    file = serializers.FileField(help_text="eurofxref as CSV or XML, of one day or many; the latest 120 are taken in")


class ConversionSerializer(serializers.ModelSerializer[Conversion]):
    """What a member is owed, converted to the currency it is paid in; amounts in minor units of each."""

    statement_id = serializers.UUIDField(source="item_id")
    distribution_id = serializers.UUIDField(source="item.run_id")
    programme_code = serializers.CharField(source="item.run.programme.code")
    distribution_number = serializers.IntegerField(source="item.run.number")
    member = serializers.CharField(source="membership.organisation")
    rate = serializers.DecimalField(
        max_digits=30, decimal_places=12, normalize_output=True, help_text="of the second currency for one of the first"
    )
    rate_source = serializers.CharField(source="sheet.name", help_text="who publishes the rates")
    drafted_by = serializers.CharField()
    confirmed_by = serializers.CharField(allow_null=True)

    class Meta:
        model = Conversion
        fields: tuple[str, ...] = (
            "id",
            "statement_id",
            "distribution_id",
            "programme_code",
            "distribution_number",
            "membership_id",
            "member",
            "source_currency",
            "source_minor",
            "target_currency",
            "target_minor",
            "rate",
            "rate_on",
            "rate_source",
            "made_of",
            "state",
            "drafted_at",
            "drafted_by",
            "confirmed_at",
            "confirmed_by",
            "reason",
        )


class ConversionDetailSerializer(ConversionSerializer):
    """A conversion with what can be done with it now."""

    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta(ConversionSerializer.Meta):
        fields = (*ConversionSerializer.Meta.fields, "allowed_steps")

    def get_allowed_steps(self, conversion: Conversion) -> list[str]:
        """List the steps."""
        return selectors.conversion_steps(conversion, actor=self.context["actor"])


class NewConversionsSerializer(serializers.Serializer[Any]):
    """To which currency what members of a distribution are owed is converted."""

    currency = serializers.CharField(max_length=3)


class DraftedConversionsSerializer(serializers.Serializer[Any]):
    """The conversions that were drafted."""

    conversions = ConversionSerializer(many=True)


class ExchangePairSerializer(serializers.Serializer[Any]):
    """Two currencies between which was converted."""

    operating_entity_id = serializers.UUIDField()
    source_currency = serializers.CharField(max_length=3)
    target_currency = serializers.CharField(max_length=3)


class ExchangePositionSerializer(serializers.Serializer[Any]):
    """What was converted between two currencies and is not bought or settled yet."""

    source_currency = serializers.CharField()
    target_currency = serializers.CharField()
    source_minor = serializers.IntegerField(help_text="kept for it; once all is bought: what it cost less, or more")
    target_minor = serializers.IntegerField(help_text="still to be bought")


class ExchangePositionsSerializer(serializers.Serializer[Any]):
    """What is open between currencies."""

    positions = ExchangePositionSerializer(many=True)


class ExchangeSettledSerializer(serializers.Serializer[Any]):
    """What a currency cost less than it was converted at; below 0: more."""

    difference_minor = serializers.IntegerField()


class _SheetAnswer(StepView):
    detail = RateSheetDetailSerializer
    fetch = staticmethod(selectors.get_rate_sheet)


class RateSheetsView(_SheetAnswer):
    """Tables of rates."""

    orders = {"entered": "entered_at"}

    @extend_schema(
        operation_id="rate_sheets_list",
        parameters=[
            *parameters_of(ids=_ENTITY),
            OpenApiParameter("state", str, description="only in this state: " + ", ".join(RatesState.values)),
        ],
        responses=page_of(RateSheetSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the tables of rates, the latest first."""
        rows = filtered(selectors.rate_sheets(actor=self.actor), request, ids=_ENTITY, texts={"state": "state"})
        return self.page(rows, RateSheetSerializer, default="-entered")

    @extend_schema(
        operation_id="rate_sheets_enter", request=NewRateSheetSerializer, responses={201: RateSheetDetailSerializer}
    )
    def post(self, request: Request) -> Response:
        """Write down a table of rates; another person confirms it."""
        asked = self.read(NewRateSheetSerializer, request)
        made = services.enter_rates(
            actor=self.actor,
            operating_entity_id=asked["operating_entity_id"],
            name=asked["name"],
            rates=[services.NewRate(**each) for each in asked["rates"]],
        )
        return self.answer(made.pk, status=201)


class RateFilesView(_SheetAnswer):
    """Files of reference rates."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="rate_files_take", request=RateFileSerializer, responses={201: RateSheetDetailSerializer}
    )
    def post(self, request: Request) -> Response:
        """Take in a file of the European Central Bank's reference rates; another person confirms it."""
        asked = self.read(RateFileSerializer, request)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "rates"
            with path.open("wb") as target:
                for part in asked["file"].chunks():
                    target.write(part)
            made = services.take_reference_rates(
                actor=self.actor, operating_entity_id=asked["operating_entity_id"], path=path
            )
        return self.answer(made.pk, status=201)


class RateSheetView(_SheetAnswer):
    """One table of rates."""

    @extend_schema(operation_id="rate_sheets_read", responses=RateSheetDetailSerializer)
    def get(self, request: Request, sheet_id: UUID) -> Response:
        """Read whose rates a table has, and whether they are confirmed."""
        return self.answer(sheet_id)


class RatesView(HouseView):
    """The rates of a table."""

    orders = {"on": "on"}

    @extend_schema(
        operation_id="rate_sheets_rates",
        parameters=parameters_of(texts={"base": "base", "quote": "quote"}),
        responses=page_of(ReferenceRateSerializer),
    )
    def get(self, request: Request, sheet_id: UUID) -> Response:
        """List the rates of a table, the latest first."""
        sheet = selectors.get_rate_sheet(sheet_id, actor=self.actor)
        rows = filtered(selectors.rates_of(sheet, actor=self.actor), request, texts={"base": "base", "quote": "quote"})
        return self.page(rows, ReferenceRateSerializer, default="-on")


class RateSheetConfirmationView(_SheetAnswer):
    """The confirmation of a table of rates."""

    @extend_schema(operation_id="rate_sheets_confirm", request=None, responses={200: RateSheetDetailSerializer})
    def post(self, request: Request, sheet_id: UUID) -> Response:
        """Confirm as a second person that rates are as published."""
        services.confirm_rates(actor=self.actor, sheet_id=sheet_id)
        return self.answer(sheet_id)


class RateSheetWithdrawalView(_SheetAnswer):
    """The withdrawal of a table of rates."""

    @extend_schema(
        operation_id="rate_sheets_withdraw",
        request=StepReasonSerializer,
        responses={200: RateSheetDetailSerializer},
    )
    def post(self, request: Request, sheet_id: UUID) -> Response:
        """Have nothing converted at these rates any more, and say why."""
        reason = self.reason_in(request)
        services.withdraw_rates(actor=self.actor, sheet_id=sheet_id, reason=reason)
        return self.answer(sheet_id)


class _ConversionAnswer(StepView):
    detail = ConversionDetailSerializer
    fetch = staticmethod(selectors.get_conversion)


class ConversionsView(HouseView):
    """Conversions."""

    orders = {"drafted": "drafted_at"}

    @extend_schema(
        operation_id="conversions_list",
        parameters=[
            *parameters_of(ids=_IDS),
            OpenApiParameter("state", str, description="only in this state: " + ", ".join(ConversionState.values)),
        ],
        responses=page_of(ConversionSerializer),
    )
    def get(self, request: Request) -> Response:
        """List what was converted, the latest first: a member's is its own, once confirmed. The reading is logged."""
        rows = filtered(selectors.conversions(actor=self.actor), request, ids=_IDS, texts={"state": "state"})
        name = "conversion.exported" if self.exporting else "conversion.viewed"

        def noted(part: Sequence[Conversion]) -> dict[str, Any]:
            log_readings([(name, row) for row in part], actor=self.actor)
            return {}

        return self.page(rows, ConversionSerializer, default="-drafted", about=noted)


class DistributionConversionsView(HouseView):
    """Conversions of what a distribution gave."""

    @extend_schema(
        operation_id="distribution_runs_convert",
        request=NewConversionsSerializer,
        responses={201: DraftedConversionsSerializer},
    )
    @idempotent
    def post(self, request: Request, run_id: UUID) -> Response:
        """Draft conversions for members whose account is in another currency; another person confirms each."""
        currency = self.read(NewConversionsSerializer, request)["currency"]
        drafted = services.draft_conversions(actor=self.actor, run_id=run_id, currency=currency)
        rows = selectors.conversions(actor=self.actor).filter(pk__in=[one.pk for one in drafted]).order_by("pk")
        return Response(DraftedConversionsSerializer({"conversions": rows}).data, status=201)


class ConversionView(_ConversionAnswer):
    """One conversion."""

    @extend_schema(operation_id="conversions_read", responses=ConversionDetailSerializer)
    def get(self, request: Request, conversion_id: UUID) -> Response:
        """Read what was converted at which rate; the reading is logged."""
        log_access(
            "conversion.viewed",
            actor=self.actor,
            subject=selectors.get_conversion(conversion_id, actor=self.actor),
        )
        return self.answer(conversion_id)


class ConversionConfirmationView(_ConversionAnswer):
    """The confirmation of a conversion."""

    @extend_schema(operation_id="conversions_confirm", request=None, responses={200: ConversionDetailSerializer})
    def post(self, request: Request, conversion_id: UUID) -> Response:
        """Confirm a conversion as a second person: the member is owed the other currency from then on."""
        services.confirm_conversion(actor=self.actor, conversion_id=conversion_id)
        return self.answer(conversion_id)


class ConversionCancellationView(_ConversionAnswer):
    """The cancellation of a conversion."""

    @extend_schema(
        operation_id="conversions_cancel",
        request=StepReasonSerializer,
        responses={200: ConversionDetailSerializer},
    )
    def post(self, request: Request, conversion_id: UUID) -> Response:
        """Give up a conversion that nobody confirmed, and say why."""
        reason = self.reason_in(request)
        services.cancel_conversion(actor=self.actor, conversion_id=conversion_id, reason=reason)
        return self.answer(conversion_id)


class ExchangePositionsView(HouseView):
    """What is open between currencies."""

    @extend_schema(operation_id="exchange_positions_read", responses=ExchangePositionsSerializer)
    def get(self, request: Request, operating_entity_id: UUID) -> Response:
        """Tell what was converted and is not bought or settled yet."""
        found = selectors.positions(operating_entity_id, actor=self.actor)
        return Response(ExchangePositionsSerializer({"positions": found}).data)


class ExchangeSettlementView(HouseView):
    """The settlement of what a currency cost."""

    @extend_schema(
        operation_id="exchange_positions_settle",
        request=ExchangePairSerializer,
        responses={201: ExchangeSettledSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Book what a currency cost more or less than it was converted at, once all of it is bought."""
        asked = self.read(ExchangePairSerializer, request)
        difference = services.settle_exchange(
            actor=self.actor,
            operating_entity_id=asked["operating_entity_id"],
            source=asked["source_currency"],
            target=asked["target_currency"],
        )
        return Response(ExchangeSettledSerializer({"difference_minor": difference}).data, status=201)
