"""Carrying over what is open of invoices that were issued before a programme was billed here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from licensing.agreements.models import Licence
from licensing.billing.calculation import CARRIED
from licensing.billing.events import carried_returning
from licensing.billing.kinds import BILLED, RECEIVABLE, account_of
from licensing.billing.lifecycle import INVOICE_LIFECYCLE, InvoiceState
from licensing.billing.models import InterestNote, Invoice, InvoiceLine, Settlement
from licensing.billing.policies import CARRY_INVOICES
from licensing.billing.selectors import tax_identity_on, terms_on
from licensing.billing.services.preparing import new_reference
from licensing.close.models import CloseRun
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import told_as
from platform_core.ids import new_id
from platform_core.ledger.calculation import Line
from platform_core.ledger.kinds import OPENING
from platform_core.ledger.services import NewEntry, hold_books, post_entries, reverse_entry
from platform_core.problems import Conflict, Problem, invalid
from platform_core.realtime.services import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedInvoice:
    """What is open of an invoice that was issued elsewhere, in minor units; below zero of a credit note."""

    licence_id: UUID
    run_id: UUID
    """The posted close of its period, by whose shares money for it is given out."""
    number: str
    issued_on: date
    due_on: date
    net_minor: int
    tax_minor: int = 0
    withheld_minor: int = 0


@transaction.atomic
def carry_invoices(
    *, actor: Actor, programme_id: UUID, invoices: Sequence[CarriedInvoice], on_day: date, effective_on: date
) -> list[Invoice]:
    """Carry over what is open of a programme's invoices from a day on, each booked against the opening account.

    They keep their numbers, and are due, chased, matched and settled like our own.
    """
    programme = get_visible(Programme, programme_id, actor=actor)
    require(actor, CARRY_INVOICES, programme)
    licences = Licence.objects.filter(programme=programme).select_related("licensee").in_bulk()
    runs = CloseRun.objects.filter(programme=programme).in_bulk([each.run_id for each in invoices])
    if any(each.licence_id not in licences or each.run_id not in runs for each in invoices):
        raise invalid("/invoices", "unknown", "Licences and closes are of the programme.")
    # Before any account is opened: else two that open the same one wait for each other.
    hold_books(programme.operating_entity_id)
    terms = terms_on(licences.values(), on_day)
    if lacking := sorted({licences[each.licence_id].code for each in invoices if each.licence_id not in terms}):
        raise Conflict(f"Nothing says how these licences are billed: {', '.join(lacking)}. Set billing terms first.")
    made = [
        Invoice(
            id=new_id(),
            licence=licences[each.licence_id],
            run=runs[each.run_id],
            period=runs[each.run_id].period,
            state=InvoiceState.ISSUED,
            currency=programme.currency,
            priced_minor=each.net_minor,
            net_minor=each.net_minor,
            tax_minor=each.tax_minor,
            withheld_minor=each.withheld_minor,
            gross_minor=each.net_minor + each.tax_minor,
            open_minor=each.net_minor + each.tax_minor,
            terms=terms[each.licence_id],
            outside_number=each.number,
            carried_on=on_day,
            reference=new_reference(),
            issued_on=each.issued_on,
            due_on=each.due_on,
            due_order=each.due_on,
            seller=_party(programme, programme.operating_entity.organisation_id, on_day),
            buyer=_party(programme, licences[each.licence_id].licensee_id, on_day),
            prepared_at=actor.clock.now(),
            prepared_by_id=actor.person_id,
            issued_by_id=actor.person_id,
        )
        for each in invoices
    ]
    entries = [_entry_of(actor, programme, invoice, effective_on) for invoice in made]
    posted = post_entries(actor=actor, operating_entity_id=programme.operating_entity_id, entries=entries)
    for invoice, entry in zip(made, posted, strict=True):
        invoice.entry = entry
    with told_as(_PROBLEMS):
        Invoice.objects.bulk_create(made)
    InvoiceLine.objects.bulk_create(
        InvoiceLine(invoice=invoice, position=1, product=CARRIED, amount_minor=invoice.net_minor) for invoice in made
    )
    record_event("programme.invoices_carried", actor=actor, subject=programme, changes={"invoices": (None, len(made))})
    announce(programme)
    return made


@transaction.atomic
def take_carried_back(
    *, actor: Actor, programme_id: UUID, invoice_ids: Sequence[UUID], effective_on: date, reason: str
) -> None:
    """Take back invoices that were carried over, as if they had not been.

    Refused once one is settled in part, once interest was charged on one that stands, and while money for one of them
    is on its way.
    """
    programme = get_visible(Programme, programme_id, actor=actor)
    require(actor, CARRY_INVOICES, programme)
    rows = Invoice.objects.select_for_update(of=("self",)).filter(pk__in=invoice_ids).order_by("pk")
    invoices = list(rows)
    if any(not each.outside_number or each.licence.programme_id != programme.pk for each in invoices):
        raise invalid("/invoice_ids", "ours", "Only invoices that were carried over are taken back.")
    if Settlement.objects.filter(invoice__in=invoices).exists():
        raise Conflict("One of these invoices was settled since: take the settlement back first.")
    # Carried over anew, it would bear interest of the same days once more.
    charged = InterestNote.objects.filter(invoice__in=invoices, charge__cancelled_at=None).select_related("invoice")
    if (note := charged.order_by("pk").first()) is not None:
        raise Conflict(f"{note.invoice.number_text}: interest was charged on it. Cancel that charge first.")
    carried_returning.tell(actor, invoices)
    for invoice in invoices:
        invoice.state = INVOICE_LIFECYCLE.after("take back", current=InvoiceState(invoice.state))
        invoice.save(update_fields=["state"])
        if invoice.entry is not None:
            reverse_entry(
                actor=actor,
                entry_id=invoice.entry.pk,
                key=new_id(),
                effective_on=effective_on,
                subject=invoice,
                memo=reason,
            )
    record_event(
        "programme.carried_invoices_taken_back",
        actor=actor,
        subject=programme,
        changes={"invoices": (len(invoices), 0), "reason": (None, reason)},
    )
    announce(programme)


def _party(programme: Programme, organisation_id: UUID, on: date) -> dict[str, Any]:
    known = tax_identity_on(programme.operating_entity_id, organisation_id, on)
    return {} if known is None else {"name": known.name, "country": known.country, "tax_number": known.tax_number}


def _entry_of(actor: Actor, programme: Programme, invoice: Invoice, effective_on: date) -> NewEntry:
    currency = invoice.currency
    owed = account_of(programme, RECEIVABLE, actor=actor, currency=currency, holder_id=invoice.licence.licensee_id)
    billed = account_of(programme, BILLED, actor=actor, currency=currency)
    opening = account_of(programme, OPENING, actor=actor, currency=currency)
    lines = [
        Line(owed.pk, invoice.gross_minor),
        Line(billed.pk, -invoice.net_minor),
        # The tax was declared when the invoice was issued: what of it is owed to the office is a balance of its own.
        Line(opening.pk, -invoice.tax_minor),
    ]
    return NewEntry(
        key=invoice.pk,
        name="invoice.carried_over",
        effective_on=effective_on,
        subject=invoice,
        lines=[line for line in lines if line.amount_minor],
        memo=invoice.outside_number,
    )


_PROBLEMS: dict[str, Problem] = {
    "invoice_carried_once": Conflict("An invoice of this number was carried over for the licence already."),
}
