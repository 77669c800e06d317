"""How an invoice came to its amount."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from licensing.billing.models import InterestNote, Invoice
from licensing.billing.policies import READ_INVOICE_WORKINGS
from licensing.billing.selectors.invoices import get_invoice, interest_notes
from licensing.close.bills import Bill, bill_of
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.problems import NotFound


@dataclass(frozen=True, slots=True)
class InvoiceWorkings:
    """What an invoice's close found of its licence, and what interest was charged with it."""

    invoice: Invoice
    bill: Bill
    interest: Sequence[InterestNote]


def invoice_workings(invoice_id: UUID, *, actor: Actor) -> InvoiceWorkings:
    """Tell whom it is made out to, and who bills, how an invoice came to its amount: from the licensee's own sales.

    Raises NotFound where no close here worked it out: of what was carried over, and of credit notes, which take an
    invoice back as it is.
    """
    invoice = get_invoice(invoice_id, actor=actor)
    require(actor, READ_INVOICE_WORKINGS, invoice)
    if invoice.outside_number:
        raise NotFound("This invoice was issued before the programme came here: no close here worked it out.")
    if invoice.credits_id is not None:
        raise NotFound("A credit note takes an invoice back as it is: look at how that one was worked out.")
    months = (invoice.run.first_month, invoice.run.last_month)
    charged = interest_notes(actor=actor).filter(charge__licence=invoice.licence_id, charge__month__range=months)
    return InvoiceWorkings(invoice, bill_of(invoice.run, invoice.licence), list(charged.order_by("from_on", "pk")))
