"""How an invoice came to its amount."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from licensing.billing.calculation import CORRECTION
from licensing.billing.models import InterestNote, Invoice, InvoiceLine
from licensing.billing.policies import READ_INVOICE_WORKINGS
from licensing.billing.selectors.invoices import get_invoice, interest_notes, lines_of
from licensing.close.bills import Bill, BillRow, bill_of
from licensing.close.models import CloseBucket
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, require
from platform_core.problems import NotFound

_MICROS: Final = 10**6
_CHARGE: Final = "~charge:"


@dataclass(frozen=True, slots=True)
class InvoiceWorkings:
    """What an invoice's close found of its licence, and what interest was charged with it."""

    invoice: Invoice
    bill: Bill
    rows: Sequence[BillRow]
    interest: Sequence[InterestNote]

    @property
    def royalty_minor(self) -> int | None:
        """What the close found before credits; None where only what the invoice says is told."""
        return None if self.bill.untold else self.bill.royalty_minor

    @property
    def credit_minor(self) -> int | None:
        """What is credited; None where only what the invoice says is told."""
        return None if self.bill.untold else self.bill.credit_minor


def has_workings(invoice: Invoice, *, actor: Actor) -> bool:
    """Say whether a close here worked an invoice out, and the actor may read how."""
    return not _why_none(invoice) and can(actor, READ_INVOICE_WORKINGS, invoice)


def invoice_workings(invoice_id: UUID, *, actor: Actor) -> InvoiceWorkings:
    """Tell whom it is made out to, and who bills, how an invoice came to its amount: from the licensee's own sales.

    Where the way is not told, there is nothing but the invoice's own lines, with the units of each product. Raises
    NotFound where no close here worked it out: of what was carried over, and of credit notes, which take an invoice
    back as it is.
    """
    invoice = get_invoice(invoice_id, actor=actor)
    require(actor, READ_INVOICE_WORKINGS, invoice)
    if why := _why_none(invoice):
        raise NotFound(why)
    bill = bill_of(invoice.run, invoice.licence)
    rows = [_summed(line, bill) for line in lines_of(invoice, actor=actor)] if bill.untold else bill.rows
    return InvoiceWorkings(invoice, bill, rows, list(_interest_of(invoice, actor)))


def _why_none(invoice: Invoice) -> str:
    if invoice.outside_number:
        return "This invoice was issued before the programme came here: no close here worked it out."
    if invoice.credits_id is not None:
        return "A credit note takes an invoice back as it is: look at how that one was worked out."
    return ""


def _summed(line: InvoiceLine, bill: Bill) -> BillRow:
    amount = line.amount_minor * _MICROS
    return BillRow(
        product=line.product,
        made_in="",
        sold_in="",
        month="",
        sales_currency="",
        units=_units_of(line, bill),
        rate=None,
        reason="",
        royalty_micros=amount,
        billed_micros=amount,
        credit_micros=0,
        detail=None,
    )


def _units_of(line: InvoiceLine, bill: Bill) -> int:
    """Return what was sold of what a line is of: of a correction, which bills all products in one sum, all of them."""
    if line.product == CORRECTION:
        return sum(bill.units.values())
    return bill.units.get(line.product, 0)


def _interest_of(invoice: Invoice, actor: Actor) -> QuerySet[InterestNote]:
    """Find the interest that an invoice's run charged and that, of a correction, the run before it did not.

    A run charges what it billed under the name of the charge, of what was raised before its calculation began: ids sort
    by when they were made.
    """
    run = invoice.run
    months = (run.first_month, run.last_month)
    notes = interest_notes(actor=actor).filter(charge__licence=invoice.licence_id, charge__month__range=months)
    billed = CloseBucket.objects.filter(run=run, licence=invoice.licence_id, product__startswith=_CHARGE)
    counted = Q(pk__in=[])
    for product, month in billed.order_by().values_list("product", "month").distinct():
        year, number = month.split("-")
        counted |= Q(charge__kind=product.removeprefix(_CHARGE), charge__month__year=year, charge__month__month=number)
    notes = notes.filter(counted, charge__lt=run.results_claim)
    notes = notes.filter(Q(charge__cancelled_at=None) | Q(charge__cancelled_at__gt=run.calculated_at))
    if run.corrects is not None:
        notes = notes.exclude(charge__lt=run.corrects.results_claim)
    return notes.order_by("from_on", "pk")
