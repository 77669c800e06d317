"""How invoices came to their amounts, over HTTP. Every reading is logged, with the licensee it is of."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.billing import selectors
from licensing.billing.api.serializers import InterestNoteSerializer
from licensing.billing.models import InterestNote
from licensing.close.bills import BillRow, Untold
from licensing.terms.api.reasons import ReasonSerializer
from platform_core.access.log import log_access
from platform_core.api.views import HouseView

_MICROS: Final = "exact, in millionths of the minor unit of the invoice's currency"


class BandUsedSerializer(serializers.Serializer[Any]):
    """Units of the month that fell into a band, of all products that count in it together."""

    above = serializers.CharField(help_text="the band begins above so many units")
    per_unit = serializers.CharField(help_text="price of a unit in it, in the currency of the rate")
    units = serializers.CharField()


class LimitReachedSerializer(serializers.Serializer[Any]):
    """A waiver or a cap that bears on a row."""

    kind = serializers.ChoiceField(choices=["waiver", "cap"])
    id = serializers.CharField()
    limit_micros = serializers.CharField(help_text="of a calendar year; " + _MICROS)
    before_month_micros = serializers.CharField(help_text="royalties of the year before this month")
    change_micros = serializers.CharField(help_text="what it takes off this row, below 0")


class BillRowSerializer(serializers.Serializer[BillRow]):
    """What one product bears in a month on its way from one country to another."""

    product = serializers.CharField(help_text="~minimum:… and ~charge:… are what is owed without sales")
    made_in = serializers.CharField()
    sold_in = serializers.CharField()
    month = serializers.CharField(help_text="blank where rows are only summed")
    units = serializers.CharField()
    sales_currency = serializers.CharField()
    net_amount = serializers.SerializerMethodField(help_text="net sales in their currency; null: not told")
    rate = ReasonSerializer(allow_null=True, help_text="the entry of the terms that applied, in its words")
    reason = serializers.CharField(help_text="why it bears nothing: no_patent_in_force; blank: it does")
    rated_micros = serializers.SerializerMethodField(help_text="before waivers and caps; null: not told")
    bands = serializers.SerializerMethodField()
    limits = serializers.SerializerMethodField()
    royalty_micros = serializers.CharField(help_text=_MICROS)
    billed_micros = serializers.CharField(help_text="its part of the invoice, which is rounded once; " + _MICROS)
    credit_micros = serializers.CharField(help_text="credited for licences held from members; " + _MICROS)

    def get_net_amount(self, row: BillRow) -> str | None:
        """Return the net sales."""
        return None if row.detail is None else row.detail.get("net_amount")

    def get_rated_micros(self, row: BillRow) -> str | None:
        """Return what the rate gives."""
        found = None if row.detail is None else row.detail.get("rated_micros")
        return None if found is None else str(found)

    @extend_schema_field(BandUsedSerializer(many=True))
    def get_bands(self, row: BillRow) -> Any:
        """List the bands that the month's units fell into."""
        rate: Mapping[str, Any] = (row.detail or {}).get("rate", {})
        return BandUsedSerializer(rate.get("bands", []), many=True).data

    @extend_schema_field(LimitReachedSerializer(many=True))
    def get_limits(self, row: BillRow) -> Any:
        """List the waivers and caps that took something off."""
        limits = [each for each in (row.detail or {}).get("limits", []) if each["change_micros"]]
        return LimitReachedSerializer(limits, many=True).data


class ChargedInterestSerializer(InterestNoteSerializer):
    """Interest that an invoice charges, and the invoice that was paid late."""

    late_invoice_id = serializers.UUIDField(source="invoice_id")
    late_invoice_number = serializers.CharField(source="invoice.number_text")

    class Meta:
        model = InterestNote
        fields = (*InterestNoteSerializer.Meta.fields, "late_invoice_id", "late_invoice_number")


class InvoiceWorkingsSerializer(serializers.Serializer[Any]):
    """How an invoice came to its amount before tax, from its licensee's own sales; minor units of its currency."""

    invoice_id = serializers.UUIDField(source="invoice.pk")
    currency = serializers.CharField(source="invoice.currency")
    period = serializers.CharField(source="invoice.period")
    royalty_minor = serializers.IntegerField(allow_null=True, help_text="null: only what the invoice says is told")
    credit_minor = serializers.IntegerField(allow_null=True, help_text="null: only what the invoice says is told")
    due_minor = serializers.IntegerField(source="bill.due_minor")
    before_minor = serializers.IntegerField(
        source="bill.before_minor", allow_null=True, help_text="of a correction: what was owed before it"
    )
    untold = serializers.ChoiceField(
        source="bill.untold",
        allow_null=True,
        choices=[each.value for each in Untold],
        help_text="why the rows are no more than the invoice's own lines, with the units of each: sales of affiliates "
        "count in bands and caps, files are missing, there are too many rows, or they come to another amount",
    )
    rows = BillRowSerializer(many=True)
    rest_count = serializers.IntegerField(source="bill.rest_count", help_text="rows that are not listed")
    rest_micros = serializers.CharField(source="bill.rest_micros", help_text="what they bear; " + _MICROS)
    interest = ChargedInterestSerializer(many=True)


class InvoiceWorkingsView(HouseView):
    """The working of one invoice."""

    @extend_schema(operation_id="invoices_workings", responses=InvoiceWorkingsSerializer)
    def get(self, request: Request, invoice_id: UUID) -> Response:
        """Read how an invoice came to its amount: products, months, units, rates, waivers, caps, credits, interest."""
        found = selectors.invoice_workings(invoice_id, actor=self.actor)
        log_access("invoice.workings_viewed", actor=self.actor, subject=found.invoice)
        return Response(InvoiceWorkingsSerializer(found).data)
