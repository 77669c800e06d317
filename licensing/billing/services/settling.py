"""Settling invoices: by money that arrived, by credit notes, by certificates, and by what is given up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Sum

from licensing.agreements.models import Licence, Receipt
from licensing.agreements.services import NewReceipt, record_receipt
from licensing.billing.calculation import Meaning, meaning_of
from licensing.billing.events import bank_charge_asked, settlement_returned, settlement_returning
from licensing.billing.kinds import BILLED, COLLECTED, RECEIVABLE, TAX_GIVEN_UP, account_of
from licensing.billing.lifecycle import InvoiceState, SettlementKind
from licensing.billing.models import Invoice, Settlement
from licensing.billing.policies import SETTLE_INVOICE
from licensing.billing.selectors import get_invoice, next_due_on, settled_by_kind, settled_of, unassigned_receipts
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.ids import new_id
from platform_core.ledger.calculation import Line
from platform_core.ledger.models import Entry
from platform_core.ledger.selectors import balance_of
from platform_core.ledger.services import NewEntry, hold_books, post_entry
from platform_core.problems import Conflict, WrongState, invalid
from platform_core.realtime.services import announce

_OTHER_UNDER_KEY: Final = "Something else was settled under this key. Take it back, and settle anew under another one."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSettlement:
    """What settles part of an invoice: who caused it knows it by `key`, and it settles once."""

    key: UUID
    kind: SettlementKind
    amount_minor: int
    """Of the sign of the invoice."""
    on: date
    reference: str = ""


@transaction.atomic
def settle_invoice(
    *,
    actor: Actor,
    invoice_id: UUID,
    settlement: NewSettlement,
    from_account_id: UUID | None = None,
    may_go_back: bool = False,
    charged_on: date | None = None,
) -> Settlement:
    """Settle part of an issued invoice, or all of it, and book it.

    Money comes from an account, such as that of unassigned receipts; a certificate, a charge of a bank and a write-off
    come from nowhere. The same settlement asked for again is answered with the one that is there; another one under
    its key is refused. What of it is royalty becomes money received for the invoice's period. Only where money `may go
    back`, because whoever moved it says so, an amount of the other sign opens the invoice again. What a bank kept of
    one payment is told with the day it was `charged on` by whoever matched that payment; what people say that banks
    kept of an invoice is looked at as a whole, in however many pieces it was paid.
    """
    invoice = hold_invoices(actor=actor, invoice_ids=[invoice_id])[invoice_id]
    require(actor, SETTLE_INVOICE, invoice)
    if (there := _there(invoice, settlement)) is not None:
        return there
    if (settlement.kind == SettlementKind.PAYMENT) != (from_account_id is not None):
        raise invalid("/from_account_id", "account", "A payment comes from an account, anything else from none.")
    if settlement.kind in (SettlementKind.CREDIT, SettlementKind.WRITE_OFF):
        raise invalid("/settled_by", "by_other_means", "Set it off against a credit note, or propose to write it off.")
    if not may_go_back and settlement.amount_minor * invoice.gross_minor < 0:
        raise invalid("/amount_minor", "other_sign", "To open an invoice again, take back what settled it.")
    if settlement.kind == SettlementKind.CERTIFICATE and not settlement.reference.strip():
        raise invalid("/reference", "required", "Write the number of the certificate that proves it.")
    if settlement.kind == SettlementKind.BANK_CHARGE:
        _check_charge(actor, invoice, settlement, charged_on)
    if from_account_id is not None:
        _check_account(actor, invoice, from_account_id)
    return _settle(actor, invoice, settlement, from_account_id)


@transaction.atomic
def set_off(
    *, actor: Actor, credit_note_id: UUID, invoice_id: UUID, amount_minor: int, key: UUID, on: date
) -> tuple[Settlement, Settlement]:
    """Settle an invoice with a credit note of the same licensee and currency, both by the same amount above 0.

    What was not paid settles nothing: a credit note of a period goes to invoices of others only as far as its own
    period was paid. Raises Conflict beyond.
    """
    held = hold_invoices(actor=actor, invoice_ids=[credit_note_id, invoice_id])
    note, invoice = held[credit_note_id], held[invoice_id]
    for each in (note, invoice):
        require(actor, SETTLE_INVOICE, each)
    if not note.is_credit_note or invoice.is_credit_note:
        raise invalid("/credit_note_id", "no_credit_note", "A credit note is set off against an invoice.")
    if note.licence.licensee_id != invoice.licence.licensee_id or note.currency != invoice.currency:
        raise invalid("/credit_note_id", "other_licensee", "Both are of one licensee and in one currency.")
    if note.licence.programme.operating_entity_id != invoice.licence.programme.operating_entity_id:
        raise invalid("/credit_note_id", "other_entity", "Both are of one operating entity.")
    if amount_minor <= 0:
        raise invalid("/amount_minor", "no_amount", "Write an amount above 0.")
    asked = [
        NewSettlement(key=key, kind=SettlementKind.CREDIT, amount_minor=amount, on=on, reference=str(other))
        for amount, other in ((-amount_minor, invoice), (amount_minor, note))
    ]
    # One key names the pair: the invoice's half is found by the note's.
    if (taken := _there(note, asked[0])) is not None:
        other = Settlement.objects.filter(entry=taken.entry_id, invoice=invoice).first()
        if other is None:
            raise Conflict(_OTHER_UNDER_KEY)
        return taken, other
    _hold_books(note)
    halves = [_Half.of(actor, row, each) for row, each in zip((note, invoice), asked, strict=True)]
    lines = [line for half in halves for line in half.lines]
    entry = _book(actor, note, key=key, on=on, name="invoice.set_off", lines=lines)
    made = (
        halves[0].save(actor, entry, key=key),
        halves[1].save(actor, entry, key=new_id()),
    )
    _check_received(halves)
    record_event("invoice.set_off", actor=actor, subject=note, changes={"amount_minor": (None, amount_minor)})
    return made


@transaction.atomic
def take_settlement_back(
    *, actor: Actor, settlement_id: UUID, key: UUID, on: date, reason: str, to_account_id: UUID | None = None
) -> list[Settlement]:
    """Take a settlement back that was wrong: the invoice is open by it again, and money goes back where it came from.

    What was set off is taken back on both papers. A settlement is taken back once.
    """
    seen = get_visible(Settlement, settlement_id, actor=actor)
    pair = list(Settlement.objects.filter(entry=seen.entry_id, kind=seen.kind).order_by("invoice"))
    invoices = hold_invoices(actor=actor, invoice_ids=[row.invoice_id for row in pair])
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    for row in pair:
        require(actor, SETTLE_INVOICE, invoices[row.invoice_id])
        if row.reverses_id is not None:
            raise WrongState("This takes a settlement back itself: settle the invoice anew.")
        if Settlement.objects.filter(reverses=row).exists():
            raise WrongState("This settlement was taken back already.")
        if on < row.on:
            # More would have been open on the days between than was ever billed, and would bear interest.
            raise invalid("/on", "before_settled", f"It counted from {row.on}: take it back from that day or later.")
        settlement_returning.tell(actor, row)
    if (seen.kind == SettlementKind.PAYMENT) != (to_account_id is not None):
        raise invalid("/to_account_id", "account", "Money goes back to an account, anything else to none.")
    _hold_books(invoices[seen.invoice_id])
    halves = [
        _Half.of(
            actor,
            invoices[row.invoice_id],
            NewSettlement(
                key=key,
                kind=SettlementKind(row.kind),
                amount_minor=-row.amount_minor,
                on=on,
                reference=row.reference,
            ),
            account_id=to_account_id,
            reverses=row,
        )
        for row in pair
    ]
    entry = _book(
        actor,
        invoices[seen.invoice_id],
        key=key,
        on=on,
        name="settlement.taken_back",
        lines=[line for half in halves for line in half.lines],
        memo=reason,
    )
    made = [half.save(actor, entry, key=key if place == 0 else new_id()) for place, half in enumerate(halves)]
    _check_received(halves)
    record_event("settlement.taken_back", actor=actor, subject=seen, changes={"reason": (None, reason)})
    settlement_returned.tell(actor, seen, on)
    return made


def hold_invoices(*, actor: Actor, invoice_ids: Sequence[UUID]) -> dict[UUID, Invoice]:
    """Hold invoices that are to be settled, and what was received under their licences, until the transaction ends."""
    seen = [get_visible(Invoice, pk, actor=actor) for pk in sorted(set(invoice_ids))]
    licences = {invoice.licence_id for invoice in seen}
    list(Licence.objects.select_for_update(no_key=True).filter(pk__in=licences).order_by("pk"))
    return {invoice.pk: get_invoice(invoice.pk, actor=actor, for_change=True) for invoice in seen}


def settle_by_decision(*, actor: Actor, invoice: Invoice, settlement: NewSettlement) -> Settlement:
    """Settle what two people decided to give up; the caller holds the invoice."""
    return _settle(actor, invoice, settlement, None)


def _there(invoice: Invoice, settlement: NewSettlement) -> Settlement | None:
    there = Settlement.objects.filter(key=settlement.key).first()
    if there is None:
        return None
    said = (there.invoice_id, there.kind, there.amount_minor, there.on)
    if said != (invoice.pk, settlement.kind, settlement.amount_minor, settlement.on):
        raise Conflict(_OTHER_UNDER_KEY)
    return there


def _check_account(actor: Actor, invoice: Invoice, account_id: UUID) -> None:
    """Refuse money from an account on which none waits that could be this licensee's."""
    account = unassigned_receipts(actor=actor).filter(pk=account_id).first()
    if account is None:
        raise invalid("/from_account_id", "unknown", "There is no such account of unassigned receipts.")
    if account.operating_entity_id != invoice.licence.programme.operating_entity_id:
        raise invalid("/from_account_id", "other_entity", "Choose an account of the operating entity that bills.")
    if account.holder_id not in (account.operating_entity.organisation_id, invoice.licence.licensee_id):
        raise invalid("/from_account_id", "other_holder", "The money on this account is somebody else's.")
    if account.currency != invoice.currency:
        raise invalid("/from_account_id", "other_currency", f"Choose an account in {invoice.currency}.")


def _check_waited(actor: Actor, account_id: UUID) -> None:
    """Refuse to take more from an account than waited on it: what never came would be shared out."""
    if balance_of(account_id, actor=actor) > 0:
        raise invalid("/from_account_id", "too_little", "Less money than that waits on this account.")


def _settle(actor: Actor, invoice: Invoice, asked: NewSettlement, account_id: UUID | None) -> Settlement:
    _hold_books(invoice)
    half = _Half.of(actor, invoice, asked, account_id=account_id)
    entry = _book(actor, invoice, key=asked.key, on=asked.on, name="invoice.settled", lines=half.lines)
    if account_id is not None:
        # The books are held, so that nobody takes the same money meanwhile.
        _check_waited(actor, account_id)
    made = half.save(actor, entry, key=asked.key)
    _check_received([half])
    record_event(
        "invoice.settled",
        actor=actor,
        subject=invoice,
        changes={"kind": (None, asked.kind), "amount_minor": (None, asked.amount_minor)},
    )
    return made


@dataclass(frozen=True, slots=True)
class _Half:
    """One settlement of one invoice that is held: what it means, and the lines it takes in the books."""

    invoice: Invoice
    asked: NewSettlement
    collected_minor: int
    lost_minor: int
    lines: list[Line]
    reverses: Settlement | None

    @classmethod
    def of(
        cls,
        actor: Actor,
        invoice: Invoice,
        asked: NewSettlement,
        *,
        account_id: UUID | None = None,
        reverses: Settlement | None = None,
    ) -> "_Half":
        """Work a settlement out beside all that settled the invoice before. Raises InvalidInput for too much of it."""
        _check_amount(actor, invoice, asked)
        kinds = settled_by_kind(invoice)
        before = settled_of(kinds)
        kinds[asked.kind] = kinds.get(asked.kind, 0) + asked.amount_minor
        after = settled_of(kinds)
        low, high = sorted((0, invoice.gross_minor))
        if not low <= kinds[asked.kind] <= high:
            # Money would come out of what never was money, and be shared out.
            raise Conflict("Less than that was settled in this way: take back what settled the invoice otherwise.")
        if abs(after.withheld_minor) > abs(invoice.net_minor):
            raise invalid("/amount_minor", "too_much", "More is proven as withheld than the royalty on this invoice.")
        was, now = meaning_of(invoice.amounts, before), meaning_of(invoice.amounts, after)
        return cls(
            invoice=invoice,
            asked=asked,
            collected_minor=now.collected_minor - was.collected_minor,
            lost_minor=now.lost_minor - was.lost_minor,
            lines=_lines(actor, invoice, asked, was, now, account_id),
            reverses=reverses,
        )

    def save(self, actor: Actor, entry: Entry, *, key: UUID) -> Settlement:
        """Write the settlement, what follows from it for the period, and what is open now."""
        made = Settlement(
            invoice=self.invoice,
            kind=self.asked.kind,
            amount_minor=self.asked.amount_minor,
            on=self.asked.on,
            reference=self.asked.reference,
            collected_minor=self.collected_minor,
            lost_minor=self.lost_minor,
            key=key,
            reverses=self.reverses,
            plan=self.invoice.plan,
            receipt=self._receipt(actor),
            entry=entry,
            at=actor.clock.now(),
            user_id=actor.user_id,
        )
        made.save(force_insert=True)
        self.invoice.open_minor -= self.asked.amount_minor
        zone = self.invoice.licence.programme.alliance.zone
        self.invoice.due_order = next_due_on(self.invoice, on=today(actor.clock, zone))
        self.invoice.save(update_fields=["open_minor", "due_order"])
        announce(self.invoice)
        return made

    def _receipt(self, actor: Actor) -> Receipt | None:
        if not self.collected_minor:
            return None
        return record_receipt(
            actor=actor,
            receipt=NewReceipt(
                licence_id=self.invoice.licence_id,
                period=self.invoice.period,
                amount_minor=self.collected_minor,
                received_on=self.asked.on,
                reference=self.invoice.number_text,
            ),
        )


def _check_received(halves: Sequence[_Half]) -> None:
    """Refuse what would leave less than nothing received for a period: money that never came would be shared out."""
    for invoice in {half.invoice.pk: half.invoice for half in halves if half.collected_minor < 0}.values():
        rows = Receipt.objects.filter(licence=invoice.licence_id, period=invoice.period)
        if (rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0) < 0:
            raise Conflict(
                f"{invoice.period} was not paid that far: set the credit note off against its own period's invoice, "
                "or take back first what was settled with it."
            )


def _check_charge(actor: Actor, invoice: Invoice, asked: NewSettlement, charged_on: date | None) -> None:
    """Refuse what no bank keeps: giving up more than the entity tolerates takes two people."""
    rows = Settlement.objects.filter(invoice=invoice, reverses=None, reversed_by=None)
    payments = rows.filter(kind=SettlementKind.PAYMENT).count()
    kept = rows.filter(kind=SettlementKind.BANK_CHARGE).aggregate(sum=Sum("amount_minor"), count=Count("pk"))
    if kept["count"] >= payments:
        raise invalid("/settled_by", "no_payment", "Banks keep something of a payment, of each once: note it first.")
    # Of the invoice, however many payments it came in: cutting one up must not give up more.
    bank_charge_asked.tell(actor, invoice, charged_on or asked.on, int(kept["sum"] or 0) + asked.amount_minor)


def _hold_books(invoice: Invoice) -> None:
    """Hold the books before any account is opened: else two that open the same one wait for each other."""
    hold_books(invoice.licence.programme.operating_entity_id)


def _check_amount(actor: Actor, invoice: Invoice, asked: NewSettlement) -> None:
    if invoice.state != InvoiceState.ISSUED:
        raise WrongState("Only an issued invoice is settled.", current=invoice.state)
    if asked.amount_minor == 0:
        raise invalid("/amount_minor", "no_amount", "Write an amount other than 0.")
    left = invoice.open_minor - asked.amount_minor
    low, high = sorted((0, invoice.gross_minor))
    if not low <= left <= high:
        raise invalid("/amount_minor", "too_much", "This is more than is open of the invoice.")
    if asked.on < (invoice.issued_on or asked.on) and asked.kind != SettlementKind.PAYMENT:
        raise invalid("/on", "before_issue", "Nothing settles an invoice before it was issued, but money paid ahead.")
    if asked.on > today(actor.clock, invoice.licence.programme.alliance.zone):
        raise invalid("/on", "in_the_future", "Nothing settles an invoice on a day that has not come yet.")


def _lines(
    actor: Actor, invoice: Invoice, asked: NewSettlement, was: Meaning, now: Meaning, account_id: UUID | None
) -> list[Line]:
    programme, currency = invoice.licence.programme, invoice.currency
    collected = now.collected_minor - was.collected_minor
    lost = now.lost_minor - was.lost_minor
    expense = now.expense_minor - was.expense_minor
    owed = account_of(programme, RECEIVABLE, actor=actor, currency=currency, holder_id=invoice.licence.licensee_id)
    lines = [Line(owed.pk, -asked.amount_minor)]
    if account_id is not None:
        lines.append(Line(account_id, asked.amount_minor))
    for kind, amount in ((BILLED, collected + lost), (COLLECTED, -collected), (TAX_GIVEN_UP, expense)):
        if amount:
            lines.append(Line(account_of(programme, kind, actor=actor, currency=currency).pk, amount))
    return lines


def _book(
    actor: Actor, invoice: Invoice, *, key: UUID, on: date, name: str, lines: Iterable[Line], memo: str = ""
) -> Entry:
    return post_entry(
        actor=actor,
        operating_entity_id=invoice.licence.programme.operating_entity_id,
        entry=NewEntry(
            key=key,
            name=name,
            effective_on=on,
            subject=invoice,
            lines=list(lines),
            memo=memo or invoice.number_text,
        ),
    )
