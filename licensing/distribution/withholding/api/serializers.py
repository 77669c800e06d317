"""What tax withheld is said to be, over HTTP."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from licensing.distribution.withholding import selectors
from licensing.distribution.withholding.models import (
    RemittanceUndoing,
    TaxRemittance,
    TreatyRelief,
    Withholding,
    WithholdingRule,
)
from licensing.distribution.withholding.papers import certificate_number


class WithholdingRuleSerializer(serializers.ModelSerializer[WithholdingRule]):
    """The tax withheld from members of a country from a day on, with what you may do: the context has the steps."""

    percent = serializers.DecimalField(max_digits=9, decimal_places=6, normalize_output=True)
    treaty_percent = serializers.DecimalField(
        max_digits=9, decimal_places=6, normalize_output=True, allow_null=True, help_text="null: there is no treaty"
    )
    recorded_by = serializers.CharField(allow_null=True)
    confirmed_by = serializers.CharField(allow_null=True)
    allowed_steps = serializers.SerializerMethodField(help_text="confirm or withdraw, as you may now")

    class Meta:
        model = WithholdingRule
        fields = (
            "id",
            "operating_entity_id",
            "country",
            "from_on",
            "until_on",
            "percent",
            "treaty_percent",
            "treaty",
            "basis",
            "recorded_at",
            "recorded_by",
            "confirmed_at",
            "confirmed_by",
            "replaced_at",
            "withdrawn_at",
            "allowed_steps",
        )

    def get_allowed_steps(self, rule: WithholdingRule) -> list[str]:
        """List what the reader may do with it now."""
        steps: list[str] = self.context["steps"].get(rule.pk, [])
        return steps


class WithholdingRuleSetSerializer(serializers.Serializer[Any]):
    """The tax to be withheld from members of a country from a day on."""

    operating_entity_id = serializers.UUIDField()
    country = serializers.CharField(max_length=2)
    from_on = serializers.DateField()
    until_on = serializers.DateField(allow_null=True, default=None, help_text="last day; null: until the next rule")
    percent = serializers.DecimalField(max_digits=9, decimal_places=6)
    basis = serializers.CharField(max_length=300, help_text="what law the rate is from")
    treaty_percent = serializers.DecimalField(max_digits=9, decimal_places=6, allow_null=True, default=None)
    treaty = serializers.CharField(max_length=300, allow_blank=True, default="", help_text="which, and which article")


class TreatyReliefSerializer(serializers.ModelSerializer[TreatyRelief]):
    """A member's proof of residence, by which a treaty's rate holds for it."""

    member = serializers.CharField(source="membership.organisation")
    member_code = serializers.CharField(source="membership.code")
    entered_by = serializers.CharField()
    confirmed_by = serializers.CharField(allow_null=True)

    class Meta:
        model = TreatyRelief
        fields: tuple[str, ...] = (
            "id",
            "operating_entity_id",
            "membership_id",
            "member",
            "member_code",
            "country",
            "from_on",
            "until_on",
            "certificate",
            "state",
            "entered_at",
            "entered_by",
            "confirmed_at",
            "confirmed_by",
            "withdrawn_at",
            "reason",
        )


class TreatyReliefDetailSerializer(TreatyReliefSerializer):
    """A proof of residence with what can be done with it now."""

    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta(TreatyReliefSerializer.Meta):
        fields = (*TreatyReliefSerializer.Meta.fields, "allowed_steps")

    def get_allowed_steps(self, relief: TreatyRelief) -> list[str]:
        """List the steps."""
        return selectors.relief_steps(relief, actor=self.context["actor"])


class NewTreatyReliefSerializer(serializers.Serializer[Any]):
    """A member's certificate of residence; its file hangs on it as a document."""

    operating_entity_id = serializers.UUIDField()
    membership_id = serializers.UUIDField()
    country = serializers.CharField(max_length=2)
    from_on = serializers.DateField()
    until_on = serializers.DateField()
    certificate = serializers.CharField(max_length=100, help_text="its number")


class WithholdingSerializer(serializers.ModelSerializer[Withholding]):
    """The tax withheld from a member's share; amounts in minor units of the distribution's currency."""

    number = serializers.SerializerMethodField(help_text="of the certificate")
    statement_id = serializers.UUIDField(source="item_id")
    programme_code = serializers.CharField(source="item.run.programme.code")
    distribution_number = serializers.IntegerField(source="item.run.number")
    currency = serializers.CharField(source="item.run.currency")
    member = serializers.CharField(source="membership.organisation")
    member_code = serializers.CharField(source="membership.code")
    set_off_minor = serializers.IntegerField(
        help_text="of the share, what pays back what was given too much: not taxed"
    )
    percent = serializers.DecimalField(max_digits=9, decimal_places=6, normalize_output=True)
    is_by_treaty = serializers.SerializerMethodField()
    basis = serializers.SerializerMethodField(help_text="the law, or the treaty")
    paid_on = serializers.SerializerMethodField(help_text="when the tax office was paid; null: not yet")
    receipt = serializers.SerializerMethodField(help_text="number of the tax office's certificate; blank: not yet")

    class Meta:
        model = Withholding
        fields = (
            "id",
            "number",
            "statement_id",
            "programme_code",
            "distribution_number",
            "currency",
            "membership_id",
            "member",
            "member_code",
            "on",
            "country",
            "gross_minor",
            "set_off_minor",
            "base_minor",
            "percent",
            "is_by_treaty",
            "basis",
            "tax_minor",
            "paid_on",
            "receipt",
        )

    def get_number(self, row: Withholding) -> str:
        """Return the number."""
        return certificate_number(row)

    def get_is_by_treaty(self, row: Withholding) -> bool:
        """Say whether a treaty lowered the rate."""
        return row.relief_id is not None

    def get_basis(self, row: Withholding) -> str:
        """Name what the rate is from."""
        return row.rule.treaty if row.relief_id is not None else row.rule.basis

    def get_paid_on(self, row: Withholding) -> str | None:
        """Return when it was paid on."""
        return row.remittance.paid_on.isoformat() if row.remittance and row.remittance.paid_on else None

    def get_receipt(self, row: Withholding) -> str:
        """Return the tax office's certificate."""
        return row.remittance.receipt if row.remittance else ""


class TaxRemittanceSerializer(serializers.ModelSerializer[TaxRemittance]):
    """Tax withheld on its way to the tax office."""

    prepared_by = serializers.CharField()
    confirmed_by = serializers.CharField(allow_null=True)
    cancelled_by = serializers.CharField(allow_null=True)

    class Meta:
        model = TaxRemittance
        fields: tuple[str, ...] = (
            "id",
            "operating_entity_id",
            "currency",
            "through_on",
            "amount_minor",
            "reference",
            "state",
            "prepared_at",
            "prepared_by",
            "confirmed_at",
            "confirmed_by",
            "paid_on",
            "entry_id",
            "receipt",
            "reason",
            "cancelled_at",
            "cancelled_by",
        )


class RemittanceUndoingSerializer(serializers.ModelSerializer[RemittanceUndoing]):
    """What somebody asked to take back of a remittance: its confirmation, or that it was paid."""

    undoes = serializers.ChoiceField(choices=["confirmed", "paid"], help_text="what is taken back")
    asked_by = serializers.CharField()

    class Meta:
        model = RemittanceUndoing
        fields = ("undoes", "reason", "asked_at", "asked_by")


class TaxRemittanceDetailSerializer(TaxRemittanceSerializer):
    """A remittance with what can be done with it now."""

    undoing = serializers.SerializerMethodField(help_text="what somebody asked to take back, and another decides")
    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta(TaxRemittanceSerializer.Meta):
        fields = (*TaxRemittanceSerializer.Meta.fields, "undoing", "allowed_steps")

    @extend_schema_field(RemittanceUndoingSerializer(allow_null=True))
    def get_undoing(self, remittance: TaxRemittance) -> Any:
        """Return what waits to be decided."""
        waiting = selectors.waiting_undoing(remittance)
        return None if waiting is None else RemittanceUndoingSerializer(waiting).data

    def get_allowed_steps(self, remittance: TaxRemittance) -> list[str]:
        """List the steps."""
        return selectors.remittance_steps(remittance, actor=self.context["actor"])


class NewTaxRemittanceSerializer(serializers.Serializer[Any]):
    """What is to be paid to the tax office: all that was withheld by a day and is in no remittance yet."""

    operating_entity_id = serializers.UUIDField()
    currency = serializers.CharField(max_length=3)
    through_on = serializers.DateField()
    reference = serializers.CharField(max_length=100, help_text="of the declaration at the tax office")


class TaxReceiptSerializer(serializers.Serializer[Any]):
    """The tax office's certificate that it was paid."""

    receipt = serializers.CharField(max_length=100, help_text="its number")
