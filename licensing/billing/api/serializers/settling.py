"""How what settles invoices looks on the wire; amounts in minor units of their currency."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from licensing.agreements.interest import InterestKind
from licensing.billing import selectors
from licensing.billing.api.serializers.people import ActingPersonSerializer
from licensing.billing.lifecycle import SettlementKind
from licensing.billing.models import InterestNote, Settlement, WriteOff
from platform_core.ledger.models import Account


class SettlementSerializer(serializers.ModelSerializer[Settlement]):
    """What settled part of an invoice, or took an earlier settlement back."""

    settled_by = serializers.ChoiceField(source="kind", choices=SettlementKind.choices)
    reverses_id = serializers.UUIDField(allow_null=True)
    is_taken_back = serializers.SerializerMethodField()
    person = ActingPersonSerializer(source="user", allow_null=True)

    class Meta:
        model = Settlement
        fields = (
            "id",
            "settled_by",
            "amount_minor",
            "on",
            "reference",
            "collected_minor",
            "lost_minor",
            "reverses_id",
            "is_taken_back",
            "at",
            "person",
        )

    def get_is_taken_back(self, settlement: Settlement) -> bool:
        """Say whether another one took it back."""
        return settlement.pk in self.context["taken_back"]


class InterestSpanSerializer(serializers.Serializer[Any]):
    """Days with the same amount open, and the interest on it, rounded by itself."""

    from_on = serializers.DateField()
    until_on = serializers.DateField(help_text="the day after the last one")
    open_minor = serializers.IntegerField()
    interest_minor = serializers.IntegerField()


class InterestNoteSerializer(serializers.ModelSerializer[InterestNote]):
    """Interest that was charged on what was paid late."""

    interest_kind = serializers.ChoiceField(source="kind", choices=[(each.value, each.value) for each in InterestKind])
    percent = serializers.DecimalField(max_digits=9, decimal_places=6, normalize_output=True)
    spans = serializers.SerializerMethodField()

    class Meta:
        model = InterestNote
        fields = ("id", "from_on", "until_on", "interest_kind", "percent", "year_days", "spans", "amount_minor", "at")

    @extend_schema_field(InterestSpanSerializer(many=True))
    def get_spans(self, note: InterestNote) -> Any:
        """List what it is made of."""
        names = ("from_on", "until_on", "open_minor", "interest_minor")
        return [dict(zip(names, span, strict=True)) for span in note.spans]


class WriteOffSerializer(serializers.ModelSerializer[WriteOff]):
    """A proposal to give up what is open of an invoice, and what was decided."""

    invoice_number = serializers.CharField(source="invoice.number_text")
    licensee_id = serializers.UUIDField(source="invoice.licence.licensee_id")
    licensee_name = serializers.CharField(source="invoice.licence.licensee")
    currency = serializers.CharField(source="invoice.currency")
    proposed_by = ActingPersonSerializer()
    decided_by = ActingPersonSerializer(allow_null=True)
    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta:
        model = WriteOff
        fields = (
            "id",
            "invoice_id",
            "invoice_number",
            "licensee_id",
            "licensee_name",
            "currency",
            "amount_minor",
            "reason",
            "state",
            "proposed_at",
            "proposed_by",
            "decided_at",
            "decided_by",
            "allowed_steps",
        )

    def get_allowed_steps(self, proposal: WriteOff) -> list[str]:
        """List the steps that lead on, and that the reader may take."""
        steps: dict[Any, list[str]] = self.context["write_off_steps"]
        return steps.get(proposal.pk, [])


class NewSettlementSerializer(serializers.Serializer[Any]):
    """What settles part of an invoice; a payment says on which account of unassigned receipts the money waits."""

    settled_by = serializers.ChoiceField(
        choices=[(kind.value, kind.label) for kind in selectors.SETTLED_BY_HAND],
    )
    amount_minor = serializers.IntegerField(help_text="above 0 for an invoice, below for a credit note")
    on = serializers.DateField(help_text="the day it counts from, such as the day money arrived")
    reference = serializers.CharField(max_length=200, required=False, allow_blank=True, help_text="what proves it")
    from_account_id = serializers.UUIDField(required=False, allow_null=True)


class SettlementReturnSerializer(serializers.Serializer[Any]):
    """Why a settlement is taken back, and from which day on."""

    reason = serializers.CharField(max_length=500)
    on = serializers.DateField()


class SetOffSerializer(serializers.Serializer[Any]):
    """A credit note that settles an invoice, and with how much."""

    credit_note_id = serializers.UUIDField()
    amount_minor = serializers.IntegerField(min_value=1, help_text="above 0")
    on = serializers.DateField()


class NewWriteOffSerializer(serializers.Serializer[Any]):
    """An amount to give up, and why."""

    amount_minor = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=500)


class InterestChargeSerializer(serializers.Serializer[Any]):
    """Up to which day interest is charged."""

    until_on = serializers.DateField(help_text="the day after the last that bears interest")


class UnassignedReceiptsSerializer(serializers.ModelSerializer[Account]):
    """An account on which money waits that belongs to no invoice yet."""

    holder_name = serializers.CharField(source="holder")
    waiting_minor = serializers.SerializerMethodField()

    class Meta:
        model = Account
        fields = ("id", "operating_entity_id", "holder_id", "holder_name", "currency", "label", "waiting_minor")

    def get_waiting_minor(self, account: Account) -> int:
        """Return what waits on it, in minor units."""
        waiting: dict[Any, int] = self.context["waiting"]
        return waiting.get(account.pk, 0)
