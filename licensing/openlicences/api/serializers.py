"""Declarations of open licences and licences under them, as they stand in answers and requests."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from licensing.dealings.models import RecordalResult
from licensing.openlicences import selectors
from licensing.openlicences.models import (
    OpenConsent,
    OpenDeclaration,
    OpenLicence,
    OpenPayment,
    OpenStatement,
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
        found = selectors.own_licence(declaration, actor=self.context["actor"])
        return None if found is None else str(found.pk)

    def get_allowed_steps(self, declaration: OpenDeclaration) -> list[str]:
        """Say what the reader may do with it."""
        return selectors.declaration_steps(declaration, actor=self.context["actor"])


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
    practised_since = serializers.DateField(
        allow_null=True, help_text="since when the office knows by a recordal that a licence is in force"
    )


class OpenChecksSerializer(serializers.Serializer[Any]):
    """What stands against a declaration, what guidance says to its price, and what it takes off the annuities."""

    findings = OpenFindingSerializer(many=True)
    guidance = PriceGuidanceSerializer(allow_null=True)
    reduction = OpenReductionSerializer(allow_null=True)


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


class OpenLicenceLineSerializer(serializers.ModelSerializer[OpenLicence]):
    """A licence under a declaration as it stands in a list of one of its sides."""

    licensee_name = serializers.CharField(source="licensee")
    owner_id = serializers.UUIDField(source="declaration.owner_id")
    owner_name = serializers.CharField(source="declaration.owner")
    publication = serializers.CharField(source="declaration.patent.publication")
    title = serializers.CharField(source="declaration.patent.title")
    office_answer = serializers.ChoiceField(
        source="recordal_result", choices=RecordalResult.choices, allow_blank=True, help_text="blank: none yet"
    )

    class Meta:
        model = OpenLicence
        fields = (
            "id",
            "declaration_id",
            "number",
            "owner_id",
            "owner_name",
            "licensee_id",
            "licensee_name",
            "publication",
            "title",
            "state",
            "noticed_on",
            "in_force_from",
            "ends_on",
            "recordal_due_on",
            "recordal_filed_on",
            "office_answer",
        )


class OpenStatementSerializer(serializers.ModelSerializer[OpenStatement]):
    """What a licensee stated that it used in a period."""

    rate_percent = serializers.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        model = OpenStatement
        fields = (
            "id",
            "period_from",
            "period_to",
            "base_minor",
            "rate_percent",
            "royalty_minor",
            "due_on",
            "document_id",
            "replaces_id",
            "stated_at",
        )


class OpenPaymentSerializer(serializers.ModelSerializer[OpenPayment]):
    """A payment that a licensee advised, and what the owner says to it."""

    class Meta:
        model = OpenPayment
        fields = (
            "id",
            "period_from",
            "amount_minor",
            "paid_on",
            "proof_id",
            "received_on",
            "receipt_id",
            "contested_on",
            "contest_reason",
        )


class OpenDueSerializer(serializers.Serializer[Any]):
    """What is owed by a day, and how far that is settled."""

    period_from = serializers.DateField(source="period.first", allow_null=True, default=None)
    period_to = serializers.DateField(source="period.last", allow_null=True, default=None)
    due_on = serializers.DateField()
    amount_minor = serializers.IntegerField(allow_null=True, help_text="null: not stated yet")
    advised_minor = serializers.IntegerField()
    received_minor = serializers.IntegerField()
    due_standing = serializers.ChoiceField(source="standing", choices=["to_state", "open", "advised", "received"])
    statement = OpenStatementSerializer(allow_null=True)


class OpenLicenceSerializer(OpenLicenceLineSerializer):
    """A licence under a declaration, whole, for one of its sides."""

    currency = serializers.CharField(source="declaration.currency")
    scheme = serializers.ChoiceField(source="declaration.scheme", choices=PriceScheme.choices)
    base = serializers.ChoiceField(source="declaration.base", choices=RoyaltyBase.choices, allow_blank=True)
    rate_percent = serializers.DecimalField(
        source="declaration.rate_percent", max_digits=7, decimal_places=4, allow_null=True
    )
    dues = serializers.SerializerMethodField()
    payments = serializers.SerializerMethodField()
    allowed_steps = serializers.SerializerMethodField(
        help_text="give, cancel, end, state, advise payment, confirm payment, record recordal"
    )

    class Meta(OpenLicenceLineSerializer.Meta):
        fields = (  # type: ignore[assignment]  # many more
            *OpenLicenceLineSerializer.Meta.fields,
            "from_paper",
            "letter_id",
            "letter_sha256",
            "sum_minor",
            "sum_due_on",
            "end_reason",
            "recordal_rule",
            "recordal_result_on",
            "recordal_number",
            "currency",
            "scheme",
            "base",
            "rate_percent",
            "dues",
            "payments",
            "allowed_steps",
        )

    @extend_schema_field(OpenDueSerializer(many=True))
    def get_dues(self, licence: OpenLicence) -> Any:
        """List what is due up to today."""
        return OpenDueSerializer(selectors.dues(licence, actor=self.context["actor"]), many=True).data

    @extend_schema_field(OpenPaymentSerializer(many=True))
    def get_payments(self, licence: OpenLicence) -> Any:
        """List the payments."""
        rows = OpenPayment.objects.visible_to(self.context["actor"]).filter(licence=licence)
        return OpenPaymentSerializer(rows.order_by("paid_on", "pk"), many=True).data

    def get_allowed_steps(self, licence: OpenLicence) -> list[str]:
        """Say what the reader may do with it."""
        return selectors.licence_steps(licence, actor=self.context["actor"])


class NewOpenNoticeSerializer(serializers.Serializer[Any]):
    """A notice to prepare: the own organisation's, or one that came to the owner on paper."""

    licensee_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="whose notice came on paper; for the owner alone"
    )


class OpenNoticeSerializer(serializers.Serializer[Any]):
    """The written notice."""

    letter_id = serializers.UUIDField(help_text="a paper of the licence")
    noticed_on = serializers.DateField(
        required=False, allow_null=True, help_text="when a letter came on paper; otherwise today"
    )


class OpenEndSerializer(serializers.Serializer[Any]):
    """The end of a licence that its licensee gives up, and why."""

    ends_on = serializers.DateField(help_text="last day in force")
    reason = serializers.CharField(max_length=500)


class NewOpenStatementSerializer(serializers.Serializer[Any]):
    """What was used in a period that is over."""

    period_from = serializers.DateField()
    base_minor = serializers.IntegerField(min_value=0, max_value=_LARGEST)
    document_id = serializers.UUIDField(help_text="a paper of the licence")


class NewOpenPaymentSerializer(serializers.Serializer[Any]):
    """A payment to advise."""

    amount_minor = serializers.IntegerField(min_value=1, max_value=_LARGEST)
    paid_on = serializers.DateField()
    document_id = serializers.UUIDField(help_text="its proof, a paper of the licence")
    period_from = serializers.DateField(
        required=False, allow_null=True, help_text="the period that is paid; none: the sum after the notice"
    )


class OpenReceiptSerializer(serializers.Serializer[Any]):
    """That a payment came."""

    received_on = serializers.DateField()
    document_id = serializers.UUIDField(help_text="what shows it, a paper of the licence")


class OpenContestSerializer(serializers.Serializer[Any]):
    """That a payment did not come, and why one says so."""

    reason = serializers.CharField(max_length=500)


class OpenRecordalSerializer(serializers.Serializer[Any]):
    """The filing of a recordal, and its result once that is there."""

    filed_on = serializers.DateField()
    office_answer = serializers.ChoiceField(choices=RecordalResult.choices, required=False, allow_null=True)
    result_on = serializers.DateField(required=False, allow_null=True)
    number = serializers.CharField(max_length=40, required=False, allow_blank=True)
