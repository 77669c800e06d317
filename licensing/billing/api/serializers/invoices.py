"""How invoices look on the wire; amounts in minor units of their currency, those of credit notes below zero."""

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from licensing.billing import selectors
from licensing.billing.api.serializers.instalments import InstalmentPlanSerializer, plan_context
from licensing.billing.api.serializers.people import ActingPersonSerializer
from licensing.billing.api.serializers.settling import InterestNoteSerializer, SettlementSerializer, WriteOffSerializer
from licensing.billing.models import Invoice, InvoiceLine
from licensing.close.selectors import estimates_of, trues_up
from platform_core.clock import today

PARTY = ("name", "country", "tax_number", "address", "phone", "bank_name", "bank_account")


class InvoiceSerializer(serializers.ModelSerializer[Invoice]):
    """An invoice, or a credit note where its amounts are below zero, as lists show it."""

    number = serializers.CharField(source="number_text", help_text="blank while it has none")
    is_credit_note = serializers.BooleanField()
    licence_code = serializers.CharField(source="licence.code")
    licensee_id = serializers.UUIDField(source="licence.licensee_id")
    licensee_name = serializers.CharField(source="licence.licensee")
    programme_id = serializers.UUIDField(source="licence.programme_id")
    programme_code = serializers.CharField(source="licence.programme.code")
    payable_minor = serializers.IntegerField(
        source="amounts.payable_minor", help_text="what is to arrive: gross less what is withheld and proven"
    )
    next_due_on = serializers.SerializerMethodField(
        help_text="the day it is due, or its earliest open part where it is paid in parts; null while it is a draft"
    )
    is_in_parts = serializers.SerializerMethodField(help_text="whether it is agreed to be paid in parts")
    overdue_days = serializers.SerializerMethodField(help_text="days since it was due and something is open; or 0")
    disputed = serializers.SerializerMethodField()

    class Meta:
        model = Invoice
        fields: tuple[str, ...] = (
            "id",
            "number",
            "is_credit_note",
            "state",
            "licence_id",
            "licence_code",
            "licensee_id",
            "licensee_name",
            "programme_id",
            "programme_code",
            "run_id",
            "period",
            "currency",
            "net_minor",
            "tax_minor",
            "gross_minor",
            "withheld_minor",
            "payable_minor",
            "open_minor",
            "issued_on",
            "due_on",
            "next_due_on",
            "is_in_parts",
            "overdue_days",
            "tax_invoice",
            "disputed",
            "prepared_at",
        )

    def get_next_due_on(self, invoice: Invoice) -> date | None:
        """Return by when something is to be paid next."""
        return None if invoice.due_on is None else invoice.due_order

    def get_is_in_parts(self, invoice: Invoice) -> bool:
        """Say whether parts are agreed."""
        return invoice.plan_id is not None

    def get_overdue_days(self, invoice: Invoice) -> int:
        """Count the days since it was due, as long as something of it is to be paid."""
        if invoice.due_on is None or invoice.open_minor <= 0:
            return 0
        return max(0, (today_of(self, invoice) - invoice.due_order).days)

    def get_disputed(self, invoice: Invoice) -> bool:
        """Say whether the licensee disputes it."""
        return invoice.disputed_at is not None


def today_of(serializer: serializers.BaseSerializer[Any], invoice: Invoice) -> date:
    """Return today where the invoice's alliance is."""
    return today(serializer.context["actor"].clock, invoice.licence.programme.alliance.zone)


class InvoiceLineSerializer(serializers.ModelSerializer[InvoiceLine]):
    """A line of an invoice, as the close names it."""

    class Meta:
        model = InvoiceLine
        fields = ("id", "position", "product", "amount_minor")


class PartySerializer(serializers.Serializer[Any]):
    """A party of an invoice as it stands on the paper; nothing of it before it is issued."""

    name = serializers.CharField()
    country = serializers.CharField()
    tax_number = serializers.CharField()
    address = serializers.CharField()
    phone = serializers.CharField()
    bank_name = serializers.CharField()
    bank_account = serializers.CharField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Represent what is known, and leave the rest blank."""
        return {name: instance.get(name, "") for name in PARTY}


class InvoiceDetailSerializer(InvoiceSerializer):
    """An invoice with its lines, what settled it, the interest on it, and what can be done with it now."""

    reference = serializers.CharField(help_text="what the licensee writes on its transfer")
    replaces_id = serializers.UUIDField(allow_null=True)
    replaced_by_id = serializers.SerializerMethodField()
    credits_id = serializers.UUIDField(allow_null=True)
    credited_by_id = serializers.SerializerMethodField()
    vat_percent = serializers.DecimalField(
        source="vat.percent",
        max_digits=9,
        decimal_places=6,
        normalize_output=True,
        allow_null=True,
        default=None,
    )
    withholding_percent = serializers.DecimalField(
        source="withholding.percent",
        max_digits=9,
        decimal_places=6,
        normalize_output=True,
        allow_null=True,
        default=None,
    )
    seller = PartySerializer()
    buyer = PartySerializer()
    prepared_by = ActingPersonSerializer(allow_null=True)
    issued_by = ActingPersonSerializer(allow_null=True)
    lines = serializers.SerializerMethodField()
    settlements = serializers.SerializerMethodField()
    interest = serializers.SerializerMethodField()
    write_offs = serializers.SerializerMethodField()
    plans = serializers.SerializerMethodField()
    is_estimate = serializers.SerializerMethodField(help_text="it bills an estimate, which the actual report replaces")
    trues_up = serializers.SerializerMethodField(help_text="it bills or credits what an estimate differed by")
    has_workings = serializers.SerializerMethodField(
        help_text="whether a close here worked it out, and you may read how"
    )
    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta(InvoiceSerializer.Meta):
        fields = (
            *InvoiceSerializer.Meta.fields,
            "priced_minor",
            "reference",
            "replaces_id",
            "replaced_by_id",
            "credits_id",
            "credited_by_id",
            "vat_percent",
            "withholding_percent",
            "seller",
            "buyer",
            "prepared_by",
            "issued_by",
            "tax_invoice_number",
            "tax_invoice_on",
            "disputed_at",
            "dispute",
            "lines",
            "settlements",
            "interest",
            "write_offs",
            "plans",
            "is_estimate",
            "trues_up",
            "has_workings",
            "allowed_steps",
        )

    def get_replaced_by_id(self, invoice: Invoice) -> str | None:
        """Return the invoice that was written in its place."""
        return selectors.successor_id(invoice, "replaces", actor=self.context["actor"])

    def get_credited_by_id(self, invoice: Invoice) -> str | None:
        """Return the credit note that takes it back."""
        return selectors.successor_id(invoice, "credits", actor=self.context["actor"])

    @extend_schema_field(InvoiceLineSerializer(many=True))
    def get_lines(self, invoice: Invoice) -> Any:
        """List its lines."""
        return InvoiceLineSerializer(selectors.lines_of(invoice, actor=self.context["actor"]), many=True).data

    @extend_schema_field(SettlementSerializer(many=True))
    def get_settlements(self, invoice: Invoice) -> Any:
        """List what settled it, the earliest first."""
        rows = list(selectors.settlements(actor=self.context["actor"]).filter(invoice=invoice).order_by("at", "id"))
        taken_back = {row.reverses_id for row in rows}
        return SettlementSerializer(rows, many=True, context={"taken_back": taken_back}).data

    @extend_schema_field(InterestNoteSerializer(many=True))
    def get_interest(self, invoice: Invoice) -> Any:
        """List the interest that was charged."""
        rows = selectors.interest_notes(actor=self.context["actor"]).filter(invoice=invoice)
        return InterestNoteSerializer(rows, many=True).data

    @extend_schema_field(WriteOffSerializer(many=True))
    def get_write_offs(self, invoice: Invoice) -> Any:
        """List the proposals to write it off, the latest first; those who may not see any get none."""
        actor = self.context["actor"]
        rows = list(selectors.write_offs(actor=actor).filter(invoice=invoice))
        steps = selectors.write_off_steps(rows, actor=actor)
        return WriteOffSerializer(rows, many=True, context={"write_off_steps": steps}).data

    @extend_schema_field(InstalmentPlanSerializer(many=True))
    def get_plans(self, invoice: Invoice) -> Any:
        """List the plans to pay it in parts, the latest first; licensees get those that were confirmed."""
        actor = self.context["actor"]
        rows = list(selectors.instalment_plans(actor=actor).filter(invoice=invoice))
        return InstalmentPlanSerializer(rows, many=True, context=plan_context(rows, actor=actor)).data

    def get_is_estimate(self, invoice: Invoice) -> bool:
        """Return whether what it bills is estimated."""
        return estimates_of(invoice.run, licence_id=invoice.licence_id)

    def get_trues_up(self, invoice: Invoice) -> bool:
        """Return whether the run it bills put the actual report in the place of an estimate."""
        return trues_up(invoice.run, licence_id=invoice.licence_id)

    def get_has_workings(self, invoice: Invoice) -> bool:
        """Return whether its workings can be read."""
        return selectors.has_workings(invoice, actor=self.context["actor"])

    def get_allowed_steps(self, invoice: Invoice) -> list[str]:
        """List the steps that lead on, and that the reader may take."""
        return selectors.allowed_steps(invoice, actor=self.context["actor"])


class InvoicesMadeSerializer(serializers.Serializer[Any]):
    """Invoices that came out of one step."""

    count = serializers.IntegerField()
    invoice_ids = serializers.ListField(child=serializers.UUIDField())


class InvoiceIssueSerializer(serializers.Serializer[Any]):
    """Drafts to issue, in the order of their numbers."""

    invoice_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=500)
    series_id = serializers.UUIDField()
    on = serializers.DateField(required=False, allow_null=True, help_text="today, if nothing is said")


class InvoiceReasonSerializer(serializers.Serializer[Any]):
    """Why something is done with an invoice."""

    reason = serializers.CharField(max_length=500)


class CreditedSerializer(serializers.Serializer[Any]):
    """The draft of a credit note that takes an invoice back whole, and that of the invoice in its place."""

    credit_note_id = serializers.UUIDField()
    invoice_id = serializers.UUIDField()


class TaxInvoiceStepSerializer(serializers.Serializer[Any]):
    """What became of the tax invoice (发票) outside: it is awaited, was issued, or was cancelled by a red one."""

    step = serializers.ChoiceField(choices=[("record", "record"), ("cancel", "cancel"), ("await", "await")])
    number = serializers.CharField(max_length=40, required=False, allow_blank=True, help_text="needed unless awaited")
    on = serializers.DateField(required=False, allow_null=True, help_text="needed unless awaited")


class AgeingRowSerializer(serializers.Serializer[Any]):
    """What is open of a licensee's invoices in one currency, by how long it is overdue."""

    licensee_id = serializers.UUIDField(allow_null=True, help_text="null: all licensees together")
    licensee_name = serializers.CharField(help_text="blank: all licensees together")
    currency = serializers.CharField()
    invoices = serializers.IntegerField()
    not_due_minor = serializers.IntegerField()
    to_30_minor = serializers.IntegerField(help_text="overdue for 1 to 30 days")
    to_60_minor = serializers.IntegerField(help_text="overdue for 31 to 60 days")
    to_90_minor = serializers.IntegerField(help_text="overdue for 61 to 90 days")
    over_90_minor = serializers.IntegerField(help_text="overdue for more than 90 days")
    total_minor = serializers.IntegerField()
    credit_minor = serializers.IntegerField(help_text="open of credit notes, which is not taken off the total")


class AgeingSerializer(serializers.Serializer[Any]):
    """What is open, by how long it is overdue: the sums of each currency, and each licensee's part."""

    on = serializers.DateField()
    totals = AgeingRowSerializer(many=True)
    licensees = AgeingRowSerializer(many=True)
