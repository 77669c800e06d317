"""Invoices with their numbers, and what settled them; issued ones never change."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast

from licensing.agreements.interest import InterestKind
from licensing.agreements.models import Charge, Licence, Receipt
from licensing.billing.calculation import Amounts, number_text
from licensing.billing.lifecycle import InvoiceState, SettlementKind, TaxInvoiceState, WriteOffState
from licensing.billing.models.setting import BillingTerms, InvoiceSeries, TaxRule
from licensing.close.models import CloseRun
from platform_core.identity.models import User
from platform_core.ledger.models import Entry
from platform_core.models import Record
from platform_core.spans import no_overlap

NUMBERS_A_YEAR: Final = 1_000_000_000
"""More than a series gives numbers in a year, so that year and number make one number in their order."""


class Invoice(Record):
    """What a licensee owes for a closed period, or is credited where the amounts are below zero."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="invoices")
    run = models.ForeignKey(CloseRun, on_delete=models.PROTECT, related_name="invoices")
    """The posted close it bills; a correction bills its difference."""
    period = models.CharField(max_length=10)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    """The invoice that was credited whole because something on it was wrong."""
    credits = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="credited_by")
    """The invoice that this one takes back whole."""
    state = models.CharField(max_length=10, choices=InvoiceState, default=InvoiceState.DRAFT)
    currency = models.CharField(max_length=3)
    priced_minor = models.BigIntegerField()
    """What the close says is due."""
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    withheld_minor = models.BigIntegerField()
    """What the licensee takes off as tax and proves."""
    gross_minor = models.BigIntegerField()
    """Owed in all: net and tax."""
    open_minor = models.BigIntegerField()
    """What of it is not settled yet."""
    vat = models.ForeignKey(TaxRule, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withholding = models.ForeignKey(TaxRule, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    terms = models.ForeignKey(BillingTerms, on_delete=models.PROTECT, related_name="invoices")

    series = models.ForeignKey(InvoiceSeries, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices")
    year = models.PositiveIntegerField(null=True, blank=True)
    number = models.PositiveIntegerField(null=True, blank=True)
    """Its place in the series and year, without gaps."""
    outside_number = models.CharField(max_length=60, blank=True, default="")
    """The number it has elsewhere, where it was issued before its programme was billed here; blank: it is ours."""
    carried_on = models.DateField(null=True, blank=True)
    """From which day on an invoice from elsewhere is kept here, with what was open of it then."""
    reference = models.CharField(max_length=10, unique=True)
    """What the licensee writes on its transfer."""
    issued_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    plan: Any = models.OneToOneField(
        "billing.InstalmentPlan", on_delete=models.PROTECT, null=True, blank=True, related_name="in_force_for"
    )
    """How it is agreed to be paid in parts; blank: as a whole."""
    due_order = models.DateField(default=date.max, editable=False)
    """By which lists are ordered: the day it is due, or its earliest open part; the last of all days while a draft."""
    number_order = models.BigIntegerField(default=0, editable=False)
    """By which lists are ordered: year and number, 0 while there is none."""
    seller: Any = models.JSONField(default=dict)
    """The operating entity's tax identity as of the day of issue."""
    buyer: Any = models.JSONField(default=dict)
    """The licensee's tax identity as of the day of issue."""
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """What was booked at its issue."""
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    tax_invoice = models.CharField(max_length=12, choices=TaxInvoiceState, default=TaxInvoiceState.NOT_NEEDED)
    """Where the tax invoice (发票) stands."""
    tax_invoice_number = models.CharField(max_length=40, blank=True)
    tax_invoice_on = models.DateField(null=True, blank=True)
    disputed_at = models.DateTimeField(null=True, blank=True)
    """Since when the licensee disputes it; blank: it does not."""
    dispute = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-prepared_at", "-id")
        indexes = (
            models.Index(fields=("prepared_at", "id"), name="invoice_by_preparing"),
            models.Index(fields=("licence", "period"), name="invoice_by_licence"),
            models.Index(fields=("due_on", "id"), condition=~Q(open_minor=0), name="invoice_open_by_due"),
            models.Index(fields=("due_order", "id"), name="invoice_by_due"),
            models.Index(fields=("number_order", "id"), name="invoice_by_number"),
        )
        constraints = (
            models.UniqueConstraint(fields=("series", "year", "number"), name="invoice_numbered_once"),
            models.UniqueConstraint(
                fields=("run", "licence"),
                condition=Q(replaces=None, credits=None, outside_number="") & ~Q(state=InvoiceState.DISCARDED),
                name="invoice_once_for_a_run",
            ),
            # What was discarded stands in nobody's way.
            models.UniqueConstraint(
                fields=("replaces",), condition=~Q(state=InvoiceState.DISCARDED), name="invoice_replaced_once"
            ),
            models.UniqueConstraint(
                fields=("credits",), condition=~Q(state=InvoiceState.DISCARDED), name="invoice_credited_once"
            ),
            models.UniqueConstraint(
                fields=("licence", "outside_number"),
                condition=~Q(outside_number="") & ~Q(state=InvoiceState.DISCARDED),
                name="invoice_carried_once",
            ),
            models.CheckConstraint(condition=Q(state__in=InvoiceState.values), name="invoice_state_known"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="invoice_currency_is_a_code"),
            models.CheckConstraint(
                condition=Q(gross_minor=F("net_minor") + F("tax_minor")) & ~Q(gross_minor=0), name="invoice_adds_up"
            ),
            # Of one sign: an invoice is above zero and so are its parts, a credit note below.
            models.CheckConstraint(
                condition=Q(
                    gross_minor__gt=0,
                    priced_minor__gte=0,
                    net_minor__gte=0,
                    tax_minor__gte=0,
                    withheld_minor__gte=0,
                    open_minor__gte=0,
                    open_minor__lte=F("gross_minor"),
                    withheld_minor__lte=F("net_minor"),
                )
                | Q(
                    gross_minor__lt=0,
                    priced_minor__lte=0,
                    net_minor__lte=0,
                    tax_minor__lte=0,
                    withheld_minor__lte=0,
                    open_minor__lte=0,
                    open_minor__gte=F("gross_minor"),
                    withheld_minor__gte=F("net_minor"),
                ),
                name="invoice_of_one_sign",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=InvoiceState.ISSUED,
                    outside_number="",
                    carried_on=None,
                    series__isnull=False,
                    year__isnull=False,
                    number__gte=1,
                    issued_on__isnull=False,
                    due_on__gte=F("issued_on"),
                    entry__isnull=False,
                )
                | (
                    ~Q(state=InvoiceState.DRAFT)
                    & ~Q(outside_number="")
                    & Q(
                        series=None,
                        year=None,
                        number=None,
                        credits=None,
                        replaces=None,
                        issued_on__lt=F("carried_on"),
                        due_on__gte=F("issued_on"),
                        entry__isnull=False,
                    )
                )
                | (
                    ~Q(state=InvoiceState.ISSUED)
                    & Q(
                        outside_number="",
                        carried_on=None,
                        series=None,
                        year=None,
                        number=None,
                        issued_on=None,
                        due_on=None,
                        entry=None,
                        open_minor=F("gross_minor"),
                    )
                ),
                name="invoice_issued_is_numbered",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        due_on__isnull=False,
                        number_order=Cast(F("year"), models.BigIntegerField()) * NUMBERS_A_YEAR + F("number"),
                    )
                    & (Q(due_order=F("due_on")) | Q(plan__isnull=False))
                )
                | Q(due_on=None, plan=None, due_order=date.max, number_order=0)
                | (
                    ~Q(outside_number="")
                    & Q(due_on__isnull=False, number_order=0)
                    & (Q(due_order=F("due_on")) | Q(plan__isnull=False))
                ),
                name="invoice_ordered_as_it_is",
            ),
            models.CheckConstraint(
                condition=Q(tax_invoice__in=TaxInvoiceState.values), name="invoice_tax_invoice_known"
            ),
            models.CheckConstraint(
                condition=Q(tax_invoice__in=(TaxInvoiceState.NOT_NEEDED, TaxInvoiceState.AWAITED))
                | (~Q(tax_invoice_number="") & Q(tax_invoice_on__isnull=False)),
                name="invoice_tax_invoice_has_its_number",
            ),
            models.CheckConstraint(
                condition=Q(disputed_at=None, dispute="") | (Q(disputed_at__isnull=False) & ~Q(dispute="")),
                name="invoice_disputed_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return self.number_text or f"draft {self.reference}"

    @property
    def number_text(self) -> str:
        """Its number as it is written; blank while it has none."""
        if self.outside_number:
            return self.outside_number
        if self.series is None or self.year is None or self.number is None:
            return ""
        return number_text(self.series.code, self.year, self.number)

    def number_as(self, series: InvoiceSeries, number: int, *, issued_on: date, due_on: date) -> None:
        """Give it its number, and the days that go with it."""
        self.series, self.year, self.number = series, issued_on.year, number
        self.issued_on, self.due_on = issued_on, due_on
        self.due_order, self.number_order = due_on, issued_on.year * NUMBERS_A_YEAR + number

    @property
    def is_credit_note(self) -> bool:
        """Whether it is owed to the licensee."""
        return self.gross_minor < 0

    @property
    def amounts(self) -> Amounts:
        """What it comes to."""
        return Amounts(self.net_minor, self.tax_minor, self.withheld_minor)

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee, whose royalties it tells of."""
        return self.licence.licensee_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.licence.programme.operating_entity_id


class InvoiceLine(Record):
    """A line of an invoice: a product's royalty, a minimum, a charge, a credit or a correction."""

    # The first column of a unique key, it needs no index of its own.
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    product = models.TextField(blank=True)
    """As the close names it: a product, `~minimum:…`, `~charge:…`, `~credit` or `~correction`."""
    amount_minor = models.BigIntegerField()
    """Of what the close says is due."""

    class Meta:
        ordering = ("invoice", "position")
        constraints = (models.UniqueConstraint(fields=("invoice", "position"), name="invoiceline_numbered"),)

    def __str__(self) -> str:
        return f"{self.product}: {self.amount_minor}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the invoice."""
        return self.invoice.audit_operating_entity_id()


class Settlement(Record):
    """What settled part of an invoice: written once; what was wrong is taken back by another one."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="settlements")
    kind = models.CharField(max_length=12, choices=SettlementKind)
    amount_minor = models.BigIntegerField()
    """Of the sign of the invoice; the other one where it takes an earlier settlement back."""
    on = models.DateField()
    """The day it counts from, such as the day money arrived."""
    reference = models.CharField(max_length=200, blank=True)
    """What proves it: a bank's own number, a certificate's."""
    collected_minor = models.BigIntegerField()
    """What it added to the royalty that arrived."""
    lost_minor = models.BigIntegerField()
    """What it added to the royalty that will not."""
    key = models.UUIDField(unique=True)
    """The id by which whoever caused it knows it: nothing settles twice."""
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    plan: Any = models.ForeignKey(
        "billing.InstalmentPlan", on_delete=models.PROTECT, null=True, blank=True, related_name="settlements"
    )
    """The parts it fills, those that were agreed when it was written."""
    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, null=True, blank=True, related_name="settlement")
    """The money received for the period that follows from it."""
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("invoice", "at", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(amount_minor=0), name="settlement_moves_something"),
            models.CheckConstraint(condition=Q(kind__in=SettlementKind.values), name="settlement_kind_known"),
            models.CheckConstraint(condition=~Q(reverses=F("id")), name="settlement_reverses_another"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} of {self.invoice_id}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee."""
        return self.invoice.licence.licensee_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the invoice."""
        return self.invoice.audit_operating_entity_id()


class WriteOff(Record):
    """A proposal to give up what is open of an invoice: one person proposes it, another decides."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="write_offs")
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=WriteOffState, default=WriteOffState.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-proposed_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="writeoff_gives_something_up"),
            models.CheckConstraint(condition=~Q(reason=""), name="writeoff_has_a_reason"),
            models.CheckConstraint(condition=Q(state__in=WriteOffState.values), name="writeoff_state_known"),
            models.UniqueConstraint(
                fields=("invoice",), condition=Q(state=WriteOffState.PROPOSED), name="writeoff_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state=WriteOffState.PROPOSED, decided_by=None, decided_at=None)
                | (~Q(state=WriteOffState.PROPOSED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="writeoff_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state=WriteOffState.WITHDRAWN) | Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="writeoff_two_people",
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount_minor} of {self.invoice_id}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the invoice."""
        return self.invoice.audit_operating_entity_id()


class InterestNote(Record):
    """Interest on what was paid late of an invoice for some days, charged with the next close like anything else."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="interest_notes")
    from_on = models.DateField()
    """First day that bears interest."""
    until_on = models.DateField()
    """The day after the last one."""
    kind = models.CharField(max_length=20, choices=[(each.value, each.value) for each in InterestKind])
    percent = models.DecimalField(max_digits=9, decimal_places=6)
    year_days = models.PositiveIntegerField()
    spans: Any = models.JSONField()
    """What it is made of: days with the same amount open, each rounded by itself: `[from, until, open, interest]`."""
    amount_minor = models.BigIntegerField()
    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="interest_note")
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("invoice", "from_on")
        constraints = (
            no_overlap("interestnote_days_once", keys=["invoice"], first="from_on", end="until_on"),
            models.CheckConstraint(condition=Q(from_on__lt=F("until_on")), name="interestnote_days_in_order"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="interestnote_charges_something"),
        )

    def __str__(self) -> str:
        return f"interest on {self.invoice_id} from {self.from_on}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee."""
        return self.invoice.licence.licensee_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the invoice."""
        return self.invoice.audit_operating_entity_id()
