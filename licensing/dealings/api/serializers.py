"""How dealings, offers and conduct are represented."""

from itertools import pairwise
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from licensing.agreements.models import Standing
from licensing.dealings import selectors
from licensing.dealings.lifecycle import DealingState
from licensing.dealings.models import (
    LONGEST_TEXT,
    ConductKind,
    ConductStep,
    Contract,
    ContractSignature,
    Dealing,
    Offer,
    Recordal,
    SealRequest,
    TaxBearer,
    TaxPath,
)
from licensing.dealings.models.dealing import NOTED_KINDS
from platform_core.signatures.api import SignatureCheckSerializer

_LISTED: Final[tuple[str, ...]] = (
    "id",
    "programme_id",
    "programme_code",
    "programme_name",
    "prospect_id",
    "prospect_name",
    "state",
    "turn",
    "next_by",
    "applied_at",
    "moved_at",
    "licence_id",
)


class DealingSerializer(serializers.ModelSerializer[Dealing]):
    """A dealing as a list has it: with whom, under which programme, how far it is, and whose step is next."""

    programme_code = serializers.CharField(source="programme.code")
    programme_name = serializers.CharField(source="programme.name")
    prospect_name = serializers.CharField(source="prospect")

    class Meta:
        model = Dealing
        fields: tuple[str, ...] = _LISTED


class OfferDifferenceSerializer(serializers.Serializer[Any]):
    """What an offer says otherwise than the one before it."""

    field = serializers.ChoiceField(choices=selectors.OFFERED)
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class OfferSerializer(serializers.ModelSerializer[Offer]):
    """One version of what is offered, and what became of it."""

    list_number = serializers.IntegerField(source="list_version.number")
    list_effective_on = serializers.DateField(source="list_version.effective_on")
    list_patents = serializers.IntegerField(source="list_version.patents")
    terms_number = serializers.IntegerField(source="terms_version.number")
    made_by_name = serializers.CharField(source="made_by.name")
    differences = serializers.SerializerMethodField()

    class Meta:
        model = Offer
        fields = (
            "id",
            "number",
            "side",
            "made_at",
            "made_by_name",
            "list_version_id",
            "list_number",
            "list_effective_on",
            "list_patents",
            "terms_version_id",
            "terms_number",
            "option",
            "standing",
            "fee_basis",
            "starts_on",
            "ends_on",
            "prices_include_tax",
            "tax_path",
            "tax_bearer",
            "cure_days",
            "run_off_days",
            "conditions",
            "reply_by",
            "state",
            "answered_at",
            "reason",
            "differences",
        )

    @extend_schema_field(OfferDifferenceSerializer(many=True))
    def get_differences(self, offer: Offer) -> Any:
        """List what it says otherwise than the offer before."""
        before = self.context["before"].get(offer.number)
        found = [] if before is None else selectors.differences_between(before, offer)
        return OfferDifferenceSerializer(found, many=True).data


class ConductStepSerializer(serializers.ModelSerializer[ConductStep]):
    """What one side did, on its day."""

    recorded_by_name = serializers.CharField(source="recorded_by.name")
    document_name = serializers.CharField(source="document.name", allow_null=True, default=None)

    class Meta:
        model = ConductStep
        fields = (
            "id",
            "kind",
            "side",
            "happened_on",
            "recorded_at",
            "recorded_by_name",
            "offer_number",
            "text",
            "document_id",
            "document_name",
        )


class ContractSignatureSerializer(serializers.ModelSerializer[ContractSignature]):
    """Who signed on which day, and the file that proves it."""

    document_name = serializers.CharField(source="document.name")
    sha256 = serializers.CharField(source="document.sha256")
    recorded_by_name = serializers.CharField(source="recorded_by.name")
    checks = serializers.SerializerMethodField(
        help_text="what its electronic signatures were found to be worth, each time it was asked, the latest first"
    )

    class Meta:
        model = ContractSignature
        fields = (
            "id",
            "side",
            "text_sha256",
            "form",
            "document_id",
            "document_name",
            "sha256",
            "signed_on",
            "signatory",
            "original_on",
            "recorded_by_name",
            "checks",
        )

    @extend_schema_field(SignatureCheckSerializer(many=True))
    def get_checks(self, signature: ContractSignature) -> Any:
        """List what was found out about its electronic signatures."""
        rows = [row for row in self.context["checks"] if row.document_id == signature.document_id]
        return SignatureCheckSerializer(rows, many=True).data


class SealRequestSerializer(serializers.ModelSerializer[SealRequest]):
    """Who asked for the seal, and who decided."""

    asked_by_name = serializers.CharField(source="asked_by.name")
    decided_by_name = serializers.CharField(source="decided_by.name", allow_null=True, default=None)

    class Meta:
        model = SealRequest
        fields = ("id", "state", "asked_at", "asked_by_name", "decided_at", "decided_by_name", "reason")


class ContractSerializer(serializers.ModelSerializer[Contract]):
    """A contract's text with its hashes, who signed it, and how it stands with the seal."""

    template_number = serializers.IntegerField(source="template.number")
    text_zh_name = serializers.CharField(source="text_zh.name")
    text_en_name = serializers.CharField(source="text_en.name")
    text_zh_sha256 = serializers.CharField(source="text_zh.sha256")
    text_en_sha256 = serializers.CharField(source="text_en.sha256")
    made_by_name = serializers.CharField(source="made_by.name")
    signatures = serializers.SerializerMethodField()
    seals = serializers.SerializerMethodField()

    class Meta:
        model = Contract
        fields = (
            "id",
            "number",
            "template_number",
            "text_zh_id",
            "text_zh_name",
            "text_zh_sha256",
            "text_en_id",
            "text_en_name",
            "text_en_sha256",
            "made_at",
            "made_by_name",
            "signatures",
            "seals",
        )

    @extend_schema_field(ContractSignatureSerializer(many=True))
    def get_signatures(self, contract: Contract) -> Any:
        """List who signed it."""
        rows = [row for row in self.context["signatures"] if row.contract_id == contract.pk]
        return ContractSignatureSerializer(rows, many=True, context=self.context).data

    @extend_schema_field(SealRequestSerializer(many=True))
    def get_seals(self, contract: Contract) -> Any:
        """List how it stands with the seal; nothing for the other side."""
        rows = [row for row in self.context["seals"] if row.contract_id == contract.pk]
        return SealRequestSerializer(rows, many=True).data


class RecordalSerializer(serializers.ModelSerializer[Recordal]):
    """Until when the licence is to be recorded, by which rule, and what came of it."""

    office_answer = serializers.CharField(source="result", allow_blank=True, help_text="recorded, refused, or blank")

    class Meta:
        model = Recordal
        fields = ("patents", "due_on", "rule", "filed_on", "office_answer", "result_on", "number")


class DealingDetailSerializer(DealingSerializer):
    """A whole dealing, as either side reads it."""

    pool_id = serializers.UUIDField(source="programme.pool_id")
    applied_by_name = serializers.CharField(source="applied_by.name")
    side = serializers.SerializerMethodField(help_text="on which side of it you are")
    offers = serializers.SerializerMethodField()
    conduct = serializers.SerializerMethodField()
    licence_code = serializers.CharField(source="licence.code", allow_null=True, default=None)
    contracts = serializers.SerializerMethodField()
    missing = serializers.SerializerMethodField(help_text="what stands before the countersignature")
    recordal = serializers.SerializerMethodField()
    allowed_steps = serializers.SerializerMethodField(help_text="addresses below this one to post to")

    class Meta(DealingSerializer.Meta):
        fields = (
            *_LISTED,
            "pool_id",
            "products",
            "volumes",
            "territory",
            "message",
            "contact",
            "applied_by_name",
            "acknowledged_at",
            "agreed_at",
            "closed_at",
            "closed_by_side",
            "close_reason",
            "side",
            "offers",
            "conduct",
            "licence_code",
            "contracts",
            "missing",
            "recordal",
            "allowed_steps",
        )

    def get_side(self, dealing: Dealing) -> str:
        """Say on which side the reader is."""
        return str(self.context["side"] or "")

    @extend_schema_field(OfferSerializer(many=True))
    def get_offers(self, dealing: Dealing) -> Any:
        """List the offers, each with what it changed."""
        rows: list[Offer] = self.context["offers"]
        before = {later.number: earlier for earlier, later in pairwise(rows)}
        return OfferSerializer(rows, many=True, context={"before": before}).data

    @extend_schema_field(ConductStepSerializer(many=True))
    def get_conduct(self, dealing: Dealing) -> Any:
        """List what both sides did, by its day."""
        return ConductStepSerializer(self.context["conduct"], many=True).data

    @extend_schema_field(ContractSerializer(many=True))
    def get_contracts(self, dealing: Dealing) -> Any:
        """List the texts that were drawn up."""
        return ContractSerializer(self.context["contracts"], many=True, context=self.context).data

    def get_missing(self, dealing: Dealing) -> list[str]:
        """List what is missing before the contract can be countersigned: signature, original, seal."""
        contracts: list[Contract] = self.context["contracts"]
        if not contracts or dealing.state not in (DealingState.DRAWN_UP, DealingState.SIGNED):
            return []
        return selectors.missing_for_countersignature(contracts[-1])

    @extend_schema_field(RecordalSerializer(allow_null=True))
    def get_recordal(self, dealing: Dealing) -> Any:
        """Say how it stands with the recordal."""
        found = self.context["recordal"]
        return None if found is None else RecordalSerializer(found).data

    def get_allowed_steps(self, dealing: Dealing) -> list[str]:
        """List the steps that are the reader's to take."""
        return selectors.allowed_steps(dealing, self.context["offers"], actor=self.context["actor"])


class LicenceApplicationSerializer(serializers.Serializer[Any]):
    """What is applied for, under which programme."""

    programme_id = serializers.UUIDField()
    products = serializers.CharField(max_length=LONGEST_TEXT, help_text="what is made or sold")
    volumes = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)
    territory = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)
    message = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)
    contact = serializers.CharField(max_length=200, help_text="whom to speak to, and how")


class NewOfferSerializer(serializers.Serializer[Any]):
    """An offer: which patents, by which terms, until when it can be accepted."""

    list_version_id = serializers.UUIDField()
    terms_version_id = serializers.UUIDField()
    option = serializers.CharField(max_length=200, required=False, allow_blank=True)
    standing = serializers.ChoiceField(choices=Standing.choices, required=False)
    fee_basis = serializers.CharField(max_length=LONGEST_TEXT, help_text="how the fee comes about")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="last day in force")
    prices_include_tax = serializers.BooleanField(required=False)
    tax_path = serializers.ChoiceField(choices=TaxPath.choices)
    tax_bearer = serializers.ChoiceField(choices=TaxBearer.choices)
    cure_days = serializers.IntegerField(required=False, min_value=1, max_value=366)
    run_off_days = serializers.IntegerField(required=False, min_value=0, max_value=366)
    conditions = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)
    reply_by = serializers.DateField(help_text="last day on which it can be accepted")


class OfferAcceptanceSerializer(serializers.Serializer[Any]):
    """Which offer is accepted."""

    number = serializers.IntegerField(min_value=1)


class OfferRefusalSerializer(OfferAcceptanceSerializer):
    """Which offer is refused, and why."""

    reason = serializers.CharField(max_length=LONGEST_TEXT)


class DealingClosingSerializer(serializers.Serializer[Any]):
    """Why a dealing ends without a licence; the other side reads it."""

    reason = serializers.CharField(max_length=LONGEST_TEXT)


class NewConductSerializer(serializers.Serializer[Any]):
    """What one's own side did outside of the platform."""

    kind = serializers.ChoiceField(choices=[(kind.value, kind.label) for kind in NOTED_KINDS])
    happened_on = serializers.DateField()
    text = serializers.CharField(max_length=LONGEST_TEXT)
    document_id = serializers.UUIDField(required=False, allow_null=True)

    def validate_kind(self, value: str) -> ConductKind:
        """Read the kind."""
        return ConductKind(value)
