"""Declarations of open licences, as they stand in answers and requests."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from licensing.openlicences import selectors
from licensing.openlicences.models import (
    OpenConsent,
    OpenDeclaration,
    OpenLicence,
    PriceScheme,
    ReportFinding,
    RoyaltyBase,
)
from licensing.openlicences.policies import READ_OPEN_WORKINGS
from platform_core.access.kernel import can

OPEN_FINDINGS = (
    "not_chinese",
    "not_granted",
    "not_alive",
    "longer_than_patent",
    "term_over",
    "fees_unpaid",
    "fees_unconfirmed",
    "not_owner",
    "no_consent",
    "pledged",
    "register_alone",
    "preserved",
    "disputed",
    "licensed_alone",
    "declared_already",
    "right_unknown",
    "no_report",
    "report_against",
    "price_missing",
    "above_guidance",
    "statement_incomplete",
)
"""What may stand against a declaration, or has to be looked at."""
_LARGEST = 10**15


class OpenDeclarationLineSerializer(serializers.ModelSerializer[OpenDeclaration]):
    """A declaration as the office announces it."""

    owner_name = serializers.CharField(source="owner")
    publication = serializers.CharField(source="patent.publication")
    title = serializers.CharField(source="patent.title")
    right = serializers.CharField(source="patent.right")
    rate_percent = serializers.DecimalField(max_digits=7, decimal_places=4, allow_null=True)

    class Meta:
        model = OpenDeclaration
        fields = (
            "id",
            "alliance_id",
            "owner_id",
            "owner_name",
            "patent_id",
            "publication",
            "title",
            "right",
            "scheme",
            "currency",
            "sum_minor",
            "sum_within_days",
            "base",
            "rate_percent",
            "period_months",
            "pays_within_days",
            "ends_on",
            "state",
            "filed_on",
            "announced_on",
            "announcement_number",
            "withdrawn_on",
            "withdrawal_number",
        )


class OpenConsentSerializer(serializers.ModelSerializer[OpenConsent]):
    """A co-owner's or a pledgee's consent, with the paper that shows it."""

    name = serializers.SerializerMethodField(help_text="who consents")
    is_current = serializers.SerializerMethodField(help_text="whether it is to the declaration as it is now")

    class Meta:
        model = OpenConsent
        fields = ("id", "owner_id", "pledge_id", "name", "given_on", "document_id", "is_current")

    def get_name(self, consent: OpenConsent) -> str:
        """Say who consents."""
        if consent.owner is not None:
            return str(consent.owner)
        return consent.pledge.holder if consent.pledge is not None else ""

    def get_is_current(self, consent: OpenConsent) -> bool:
        """Say whether what was consented to is what the declaration says now."""
        return consent.contents_sha256 == selectors.contents_of(consent.declaration)


class OpenWorkingsSerializer(serializers.ModelSerializer[OpenDeclaration]):
    """The owner's side of a declaration."""

    consents = serializers.SerializerMethodField()

    class Meta:
        model = OpenDeclaration
        fields = (
            "guidance_reason",
            "report_id",
            "report_on",
            "report_finding",
            "statement_sha256",
            "refused_on",
            "refusal_reason",
            "withdrawal_filed_on",
            "withdrawal_reason",
            "consents",
        )

    @extend_schema_field(OpenConsentSerializer(many=True))
    def get_consents(self, declaration: OpenDeclaration) -> Any:
        """List the consents."""
        consents = list(selectors.open_consents(declaration, actor=self.context["actor"]))
        for consent in consents:
            # Of one declaration, which is read once.
            consent.declaration = declaration
        return OpenConsentSerializer(consents, many=True).data


class OpenDeclarationSerializer(OpenDeclarationLineSerializer):
    """A declaration, whole, with what its reader may do with it."""

    workings = serializers.SerializerMethodField(help_text="the owner's side of it; null for everybody else")
    own_licence_id = serializers.SerializerMethodField(help_text="the reader's own licence or notice under it")
    allowed_steps = serializers.SerializerMethodField(
        help_text="edit, file, cancel, announce, refuse, withdraw, announce withdrawal, take, record notice"
    )

    class Meta(OpenDeclarationLineSerializer.Meta):
        fields = (  # type: ignore[assignment]  # five more
            *OpenDeclarationLineSerializer.Meta.fields,
            "basis",
            "contact",
            "workings",
            "own_licence_id",
            "allowed_steps",
        )

    @extend_schema_field(OpenWorkingsSerializer(allow_null=True))
    def get_workings(self, declaration: OpenDeclaration) -> Any:
        """Return the owner's side, for those who may see it."""
        if not can(self.context["actor"], READ_OPEN_WORKINGS, declaration):
            return None
        return OpenWorkingsSerializer(declaration, context=self.context).data

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_own_licence_id(self, declaration: OpenDeclaration) -> Any:
        """Name the licence or notice of the reader's organisation."""
        own: OpenLicence | None = self.context["own"]
        return None if own is None else str(own.pk)

    def get_allowed_steps(self, declaration: OpenDeclaration) -> list[str]:
        """Say what the reader may do with it."""
        return selectors.declaration_steps(declaration, actor=self.context["actor"], own=self.context["own"])


class NewOpenDeclarationSerializer(serializers.Serializer[Any]):
    """A declaration to draft."""

    alliance_id = serializers.UUIDField(help_text="the alliance that keeps the patent")
    patent_id = serializers.UUIDField()
    scheme = serializers.ChoiceField(choices=PriceScheme.choices)


class OpenDeclarationEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a draft; what is left out stays."""

    scheme = serializers.ChoiceField(choices=PriceScheme.choices, required=False)
    sum_minor = serializers.IntegerField(
        min_value=1, max_value=_LARGEST, required=False, allow_null=True, help_text="lump sum or entry fee, in fen"
    )
    sum_within_days = serializers.IntegerField(min_value=0, max_value=366, required=False, allow_null=True)
    base = serializers.ChoiceField(choices=RoyaltyBase.choices, required=False, allow_blank=True)
    rate_percent = serializers.DecimalField(
        max_digits=7, decimal_places=4, min_value=0, max_value=100, required=False, allow_null=True
    )
    period_months = serializers.ChoiceField(choices=[1, 3, 6, 12], required=False, allow_null=True)
    pays_within_days = serializers.IntegerField(min_value=0, max_value=366, required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="last day of the licences")
    basis = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    contact = serializers.CharField(max_length=500, required=False, allow_blank=True)
    guidance_reason = serializers.CharField(max_length=500, required=False, allow_blank=True)
    report_id = serializers.UUIDField(required=False, allow_null=True, help_text="a paper of the declaration")
    report_on = serializers.DateField(required=False, allow_null=True)
    report_finding = serializers.ChoiceField(choices=ReportFinding.choices, required=False, allow_blank=True)


class OpenFindingSerializer(serializers.Serializer[Any]):
    """Something that stands against a declaration, or that people have to look at."""

    code = serializers.ChoiceField(choices=OPEN_FINDINGS)
    blocks = serializers.BooleanField(help_text="whether it is not filed before this is settled")
    detail = serializers.CharField(allow_blank=True)
    licence_id = serializers.UUIDField(source="licence.pk", allow_null=True, default=None)


class PriceGuidanceSerializer(serializers.Serializer[Any]):
    """Up to which prices open licences normally go, with the source; guidance, and no law."""

    from_on = serializers.DateField()
    lump_minor = serializers.IntegerField()
    net_sales_percent = serializers.DecimalField(max_digits=7, decimal_places=4)
    profit_percent = serializers.DecimalField(max_digits=7, decimal_places=4)
    rule_source = serializers.CharField(source="source")
    is_verified = serializers.BooleanField()
    is_above = serializers.BooleanField(help_text="whether the price lies above it")


class OpenReductionSerializer(serializers.Serializer[Any]):
    """What is taken off the annuities while an open licence is practised, by a dated rule."""

    percent = serializers.IntegerField()
    from_on = serializers.DateField(allow_null=True)
    rule_source = serializers.CharField(source="source")
    is_verified = serializers.BooleanField()
    is_practised = serializers.BooleanField(
        help_text="whether it counts today, for the office knows by a recordal that a licence is in force"
    )
    practised_since = serializers.DateField(allow_null=True, help_text="since when; null for all but the declarant")


class OpenChecksSerializer(serializers.Serializer[Any]):
    """What stands against a declaration, what guidance says to its price, and what it takes off the annuities."""

    findings = OpenFindingSerializer(many=True)
    guidance = PriceGuidanceSerializer(allow_null=True)
    reduction = OpenReductionSerializer(allow_null=True)
    is_ready = serializers.BooleanField(help_text="whether it may be had on paper")


class NewOpenConsentSerializer(serializers.Serializer[Any]):
    """A consent to record: of a co-owner, or of the holder of a pledge."""

    owner_id = serializers.UUIDField(required=False, allow_null=True)
    pledge_id = serializers.UUIDField(required=False, allow_null=True)
    given_on = serializers.DateField()
    document_id = serializers.UUIDField(help_text="a paper of the declaration")


class OpenFilingSerializer(serializers.Serializer[Any]):
    """The day on which a declaration was filed."""

    filed_on = serializers.DateField()


class OpenAnnouncementSerializer(serializers.Serializer[Any]):
    """The announcement of a declaration."""

    announced_on = serializers.DateField()
    announcement_number = serializers.CharField(max_length=60)


class OpenRefusalSerializer(serializers.Serializer[Any]):
    """That a declaration is not announced, and why."""

    refused_on = serializers.DateField()
    reason = serializers.CharField(max_length=500)


class OpenWithdrawalSerializer(serializers.Serializer[Any]):
    """The filing of a withdrawal."""

    filed_on = serializers.DateField()
    reason = serializers.CharField(max_length=500)


class OpenWithdrawalAnnouncementSerializer(serializers.Serializer[Any]):
    """The announcement of a withdrawal."""

    withdrawn_on = serializers.DateField()
    withdrawal_number = serializers.CharField(max_length=60)
