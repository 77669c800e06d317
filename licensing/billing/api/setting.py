"""What billing goes by over HTTP: tax identities, taxes, terms and series of numbers."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.agreements.interest import InterestKind
from licensing.billing import selectors, services
from licensing.billing.calculation import Bearer, Rounded
from licensing.billing.models import BillingTerms, InvoiceSeries, TaxIdentity, TaxKind, TaxRule
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView


class TaxIdentitySerializer(serializers.ModelSerializer[TaxIdentity]):
    """Who an organisation is to the tax office from a day on, as an operating entity knows it."""

    organisation_name = serializers.CharField(source="organisation")

    class Meta:
        model = TaxIdentity
        fields = (
            "id",
            "operating_entity_id",
            "organisation_id",
            "organisation_name",
            "from_on",
            "name",
            "country",
            "tax_number",
            "address",
            "phone",
            "bank_name",
            "bank_account",
        )


class NewTaxIdentitySerializer(serializers.Serializer[Any]):
    """Who an organisation is to the tax office from a day on."""

    operating_entity_id = serializers.UUIDField(help_text="the operating entity that bills, or is billed by itself")
    organisation_id = serializers.UUIDField()
    from_on = serializers.DateField(help_text="first day of the invoices it stands on")
    name = serializers.CharField(max_length=200, help_text="as it stands on tax invoices")
    country = serializers.CharField(max_length=2, help_text="ISO 3166-1, such as CN")
    tax_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    address = serializers.CharField(max_length=300, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    bank_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    bank_account = serializers.CharField(max_length=64, required=False, allow_blank=True)


class TaxRuleSerializer(serializers.ModelSerializer[TaxRule]):
    """A tax at a rate from a day on; it holds until the next one of its code."""

    tax_kind = serializers.ChoiceField(source="kind", choices=TaxKind.choices)
    percent = serializers.DecimalField(max_digits=9, decimal_places=6, normalize_output=True)
    rounded = serializers.ChoiceField(
        choices=[(each.value, each.value) for each in Rounded],
        help_text="the figure that is rounded where prices include the tax; the other is the difference",
    )
    bearer = serializers.ChoiceField(
        choices=[("", "")] + [(each.value, each.value) for each in Bearer],
        help_text="who bears a tax that is withheld; blank for value added tax",
    )

    class Meta:
        model = TaxRule
        fields = ("id", "operating_entity_id", "code", "tax_kind", "from_on", "percent", "rounded", "bearer", "basis")


class NewTaxRuleSerializer(serializers.Serializer[Any]):
    """A tax to set from a day on."""

    operating_entity_id = serializers.UUIDField()
    code = serializers.CharField(max_length=20, help_text="what terms name it by, such as vat6 or wht-kr")
    tax_kind = serializers.ChoiceField(source="kind", choices=TaxKind.choices)
    from_on = serializers.DateField()
    percent = serializers.DecimalField(max_digits=9, decimal_places=6)
    rounded = serializers.ChoiceField(choices=[(each.value, each.value) for each in Rounded], required=False)
    bearer = serializers.ChoiceField(
        choices=[(each.value, each.value) for each in Bearer], required=False, allow_null=True
    )
    basis = serializers.CharField(max_length=300, required=False, allow_blank=True, help_text="the law or treaty")


class BillingTermsSerializer(serializers.ModelSerializer[BillingTerms]):
    """How a programme, or one licence of it, is billed from a day on."""

    programme_code = serializers.CharField(source="programme.code")
    licence_code = serializers.CharField(source="licence.code", allow_null=True, default=None)
    interest_kind = serializers.ChoiceField(
        choices=[("", "")] + [(each.value, each.value) for each in InterestKind],
        help_text="for which span the percentage is written; blank: no interest",
    )
    interest_percent = serializers.DecimalField(max_digits=9, decimal_places=6, normalize_output=True)

    class Meta:
        model = BillingTerms
        fields = (
            "id",
            "programme_id",
            "programme_code",
            "licence_id",
            "licence_code",
            "from_on",
            "payment_days",
            "prices_include_tax",
            "vat_code",
            "withholding_code",
            "interest_kind",
            "interest_percent",
            "interest_year_days",
        )


class NewBillingTermsSerializer(serializers.Serializer[Any]):
    """How a programme, or one licence of it, is to be billed from a day on."""

    programme_id = serializers.UUIDField()
    licence_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="none: all of the programme without terms of their own"
    )
    from_on = serializers.DateField()
    payment_days = serializers.IntegerField(min_value=0, max_value=366, help_text="days after issue")
    prices_include_tax = serializers.BooleanField(required=False)
    vat_code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    withholding_code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    interest_kind = serializers.ChoiceField(
        choices=[(each.value, each.value) for each in InterestKind], required=False, allow_null=True
    )
    interest_percent = serializers.DecimalField(max_digits=9, decimal_places=6, required=False)
    interest_year_days = serializers.ChoiceField(choices=[(365, "365"), (360, "360")], required=False)


class InvoiceSeriesSerializer(serializers.ModelSerializer[InvoiceSeries]):
    """A row of invoice numbers."""

    class Meta:
        model = InvoiceSeries
        fields = ("id", "operating_entity_id", "code", "name", "opened_at", "closed_at")


class NewInvoiceSeriesSerializer(serializers.Serializer[Any]):
    """A row of invoice numbers to open."""

    operating_entity_id = serializers.UUIDField()
    code = serializers.CharField(max_length=11, help_text="what numbers begin with: capital letters and digits")
    name = serializers.CharField(max_length=100, required=False, allow_blank=True)


_IDENTITY_IDS = {"operating_entity": "operating_entity", "organisation": "organisation"}
_RULE_TEXTS = {"code": "code", "tax_kind": "kind"}
_ENTITY_ID = {"operating_entity": "operating_entity"}
_TERMS_IDS = {"programme": "programme", "licence": "licence"}


class TaxIdentitiesView(HouseView):
    """Who organisations are to the tax office."""

    orders = {"from": "from_on", "name": "name"}

    @extend_schema(
        operation_id="tax_identities_list",
        parameters=parameters_of(ids=_IDENTITY_IDS),
        responses=page_of(TaxIdentitySerializer),
    )
    def get(self, request: Request) -> Response:
        """List who organisations are to the tax office, the latest first."""
        rows = filtered(selectors.tax_identities(actor=self.actor), request, ids=_IDENTITY_IDS)
        return self.page(rows, TaxIdentitySerializer, default="-from")

    @extend_schema(
        operation_id="tax_identities_set", request=NewTaxIdentitySerializer, responses={201: TaxIdentitySerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Note who an organisation is to the tax office from a day on."""
        given = self.read(NewTaxIdentitySerializer, request)
        noted = services.set_tax_identity(
            actor=self.actor,
            operating_entity_id=given.pop("operating_entity_id"),
            identity=services.NewTaxIdentity(**given),
        )
        return Response(TaxIdentitySerializer(noted).data, status=201)


class TaxRulesView(HouseView):
    """Taxes."""

    orders = {"from": "from_on", "code": "code"}

    @extend_schema(
        operation_id="tax_rules_list",
        parameters=parameters_of(ids=_ENTITY_ID, texts=_RULE_TEXTS),
        responses=page_of(TaxRuleSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the taxes that invoices are worked out by."""
        rows = filtered(selectors.tax_rules(actor=self.actor), request, ids=_ENTITY_ID, texts=_RULE_TEXTS)
        return self.page(rows, TaxRuleSerializer, default="code")

    @extend_schema(operation_id="tax_rules_set", request=NewTaxRuleSerializer, responses={201: TaxRuleSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Set a tax from a day on; invoices issued before keep theirs."""
        given = self.read(NewTaxRuleSerializer, request)
        entity_id = given.pop("operating_entity_id")
        bearer = Bearer(given.pop("bearer")) if given.get("bearer") else given.pop("bearer", None)
        rule = services.NewTaxRule(
            **{**given, "kind": TaxKind(given["kind"]), "rounded": Rounded(given.get("rounded", "tax"))}, bearer=bearer
        )
        noted = services.set_tax_rule(actor=self.actor, operating_entity_id=entity_id, rule=rule)
        return Response(TaxRuleSerializer(noted).data, status=201)


class BillingTermsView(HouseView):
    """How programmes and licences are billed."""

    orders = {"from": "from_on"}

    @extend_schema(
        operation_id="billing_terms_list",
        parameters=parameters_of(ids=_TERMS_IDS),
        responses=page_of(BillingTermsSerializer),
    )
    def get(self, request: Request) -> Response:
        """List how programmes and licences are billed, the latest first."""
        rows = filtered(selectors.billing_terms(actor=self.actor), request, ids=_TERMS_IDS)
        return self.page(rows, BillingTermsSerializer, default="-from")

    @extend_schema(
        operation_id="billing_terms_set", request=NewBillingTermsSerializer, responses={201: BillingTermsSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Set how a programme, or one licence of it, is billed from a day on."""
        given = self.read(NewBillingTermsSerializer, request)
        programme_id = given.pop("programme_id")
        if given.get("interest_kind"):
            given["interest_kind"] = InterestKind(given["interest_kind"])
        noted = services.set_billing_terms(
            actor=self.actor, programme_id=programme_id, terms=services.NewBillingTerms(**given)
        )
        return Response(BillingTermsSerializer(noted).data, status=201)


class InvoiceSeriesView(HouseView):
    """Rows of invoice numbers."""

    orders = {"code": "code", "opened": "opened_at"}

    @extend_schema(
        operation_id="invoice_series_list",
        parameters=parameters_of(ids=_ENTITY_ID),
        responses=page_of(InvoiceSeriesSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the rows of invoice numbers."""
        rows = filtered(selectors.invoice_series(actor=self.actor), request, ids=_ENTITY_ID)
        return self.page(rows, InvoiceSeriesSerializer, default="code")

    @extend_schema(
        operation_id="invoice_series_open", request=NewInvoiceSeriesSerializer, responses={201: InvoiceSeriesSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Open a row of invoice numbers."""
        opened = services.open_invoice_series(actor=self.actor, **self.read(NewInvoiceSeriesSerializer, request))
        return Response(InvoiceSeriesSerializer(opened).data, status=201)


class InvoiceSeriesClosingView(HouseView):
    """The closing of a row of invoice numbers."""

    @extend_schema(operation_id="invoice_series_close", request=None, responses=InvoiceSeriesSerializer)
    @idempotent
    def post(self, request: Request, series_id: UUID) -> Response:
        """Close a row of invoice numbers: no invoice gets a number of it any more."""
        closed = services.close_invoice_series(actor=self.actor, series_id=series_id)
        return Response(InvoiceSeriesSerializer(closed).data)
