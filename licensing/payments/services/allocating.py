"""What arrived at a bank is for one invoice or several, less what banks kept; what is left over is paid ahead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction

from licensing.agreements.models import Licence
from licensing.billing.lifecycle import SettlementKind
from licensing.billing.models import Settlement
from licensing.billing.services import NewSettlement, hold_invoices, settle_invoice, take_settlement_back
from licensing.payments.models import BankAllocation, BankReceipt, MatchingTerms
from licensing.payments.policies import MATCH_LINES, SET_MATCHING_TERMS, USE_PREPAID
from licensing.payments.selectors import arrived_by, recognisers, tolerance_on
from licensing.payments.services.limiting import key_of_use, prepaid_account, waiting_account
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.identity.models import OperatingEntity, Organisation
from platform_core.identity.roles import Purpose
from platform_core.ids import new_id
from platform_core.ledger.calculation import Line
from platform_core.ledger.models import Account, Entry
from platform_core.ledger.selectors import balance_of
from platform_core.ledger.services import NewEntry, hold_books, post_entry
from platform_core.problems import Conflict, Problem, invalid
from platform_core.realtime.services import announce
from platform_core.treasury.lifecycle import LINE_LIFECYCLE
from platform_core.treasury.models import LineState, StatementLine
from platform_core.treasury.policies import SETTLE_STATEMENT_LINE
from platform_core.treasury.selectors import get_bank_account, get_statement_line, statement_lines
from platform_core.treasury.services import assign_line

RECEIPTS: Final = "bank_receipts"
"""The claimant of lines that were said to be for several things at once."""
MOST_PARTS: Final = 200
"""How many invoices one payment may be for."""


@dataclass(frozen=True, slots=True)
class Part:
    """What of a payment is for an invoice, and what banks on the way kept of what was sent for it."""

    invoice_id: UUID
    amount_minor: int
    charge_minor: int = 0


@transaction.atomic
def set_matching_terms(
    *, actor: Actor, operating_entity_id: UUID, currency: str, from_on: date, charge_tolerance_minor: int
) -> MatchingTerms:
    """Set how much of a payment banks on the way may keep from a day on without it being written off.

    Whoever sets it lets nothing be kept: giving up money takes two people here as well.
    """
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, SET_MATCHING_TERMS, entity)
    checks = Checks()
    checks.currency("currency", currency)
    if not 0 <= charge_tolerance_minor < 10**9:
        checks.wrong("charge_tolerance_minor", "bad_amount", "Write an amount of at least 0, in minor units.")
    checks.refuse()
    with told_as(_PROBLEMS):
        terms = MatchingTerms.objects.create(
            operating_entity=entity,
            currency=currency,
            from_on=from_on,
            charge_tolerance_minor=charge_tolerance_minor,
            set_at=actor.clock.now(),
            set_by_id=actor.user_id,
        )
    record_event(
        "matching_terms.set",
        actor=actor,
        subject=terms,
        changes={"currency": (None, currency), "charge_tolerance_minor": (None, charge_tolerance_minor)},
    )
    announce(terms)
    return terms


@transaction.atomic
def allocate_line(
    *,
    actor: Actor,
    line_id: UUID,
    parts: Sequence[Part],
    licensee_id: UUID | None = None,
    is_automatic: bool = False,
) -> BankReceipt:
    """Say which invoices a payment is for, and settle them; what is left over is the licensee's, paid ahead.

    One payment may be for invoices of several licensees that pay for each other. What banks kept settles the invoice
    too, within the tolerance. Raises InvalidInput where the parts come to more than arrived, or nobody is named for
    what is left over.
    """
    line = get_statement_line(line_id, actor=actor, for_change=True)
    require(actor, SETTLE_STATEMENT_LINE, line)
    LINE_LIFECYCLE.after("assign", current=LineState(line.state))
    _check_parts(line, parts)
    left = line.amount_minor - sum(part.amount_minor for part in parts)
    if left and licensee_id is None:
        raise invalid("/licensee_id", "required", "Say whose money it is that is left over.")
    receipt = BankReceipt(
        id=new_id(), line=line, is_automatic=is_automatic, at=actor.clock.now(), user_id=actor.user_id
    )
    _fill(actor, receipt, line, parts, licensee_id if left else None, left)
    assign_line(actor=actor, line_id=line.pk, claimant=RECEIPTS, subject_id=receipt.pk)
    return receipt


def take_for_receipt(*, actor: Actor, line: StatementLine, subject_id: UUID) -> None:
    """Take a line for what `allocate_line` has settled with it already; for nothing else."""
    if not BankReceipt.objects.filter(pk=subject_id, line=line, taken_back_at=None).exists():
        raise invalid("/subject_id", "unknown", "Say which invoices this payment is for.")


def take_for_invoice(*, actor: Actor, line: StatementLine, subject_id: UUID) -> None:
    """Take a line for the one invoice it was said to be for: what is open of it, the rest paid ahead."""
    invoice = hold_invoices(actor=actor, invoice_ids=[subject_id])[subject_id]
    amount = min(line.amount_minor, invoice.open_minor)
    if amount <= 0:
        raise Conflict("Nothing is open of this invoice.")
    receipt = BankReceipt(id=new_id(), line=line, at=actor.clock.now(), user_id=actor.user_id)
    left = line.amount_minor - amount
    part = Part(invoice.pk, amount)
    _check_parts(line, [part])
    _fill(actor, receipt, line, [part], invoice.licence.licensee_id if left else None, left)


def match_lines(*, actor: Actor, bank_account_id: UUID) -> int:
    """Settle what the open lines of a bank account pay beyond doubt, and return how many; others wait for people.

    Each line in a transaction of its own: whoever books holds the books until the end, and the invoices of the next
    line may be held by somebody who waits for them.
    """
    account = get_bank_account(bank_account_id, actor=actor)
    require(actor, MATCH_LINES, account)
    waiting = statement_lines(actor=actor).filter(bank_account=account, state=LineState.OPEN, amount_minor__gt=0)
    # A bank's day may have come where ours has not: such a line waits a day, and holds up no other.
    waiting = waiting.filter(booked_on__lte=today(actor.clock, account.operating_entity.alliance.zone))
    lines = list(waiting.order_by("booked_on", "place", "pk"))
    return sum(_match(actor, line.pk) for line in lines)


@transaction.atomic
def _match(actor: Actor, line_id: UUID) -> bool:
    line = StatementLine.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=line_id).first()
    if line is None or line.state != LineState.OPEN:
        # Somebody says this very moment what it is for.
        return False
    # Looked up anew for each: what one line settled is open no more for the next.
    known = recognisers([line], actor=actor)
    certain = known[line.bank_account.operating_entity_id, line.bank_account.currency].certain(arrived_by(line))
    if certain is None:
        return False
    parts = [Part(invoice_id, amount) for invoice_id, amount in certain.items()]
    allocate_line(actor=actor, line_id=line.pk, parts=parts, is_automatic=True)
    return True


@transaction.atomic
def use_prepaid(*, actor: Actor, invoice_id: UUID, amount_minor: int, key: UUID) -> Settlement:
    """Settle an invoice with what its licensee paid ahead. Raises InvalidInput for more than there is."""
    invoice = hold_invoices(actor=actor, invoice_ids=[invoice_id])[invoice_id]
    require(actor, USE_PREPAID, invoice)
    entity = invoice.licence.programme.operating_entity
    # Else two that use it at once for two invoices would both find it there; and before any account is opened.
    hold_books(entity.pk)
    prepaid = prepaid_account(
        actor=actor, entity=entity, holder_id=invoice.licence.licensee_id, currency=invoice.currency
    )
    if not 0 < amount_minor <= -balance_of(prepaid.pk, actor=actor):
        raise invalid("/amount_minor", "too_much", "Less than that was paid ahead.")
    waiting = waiting_account(actor=actor, entity=entity, currency=invoice.currency)
    on = today(actor.clock, entity.alliance.zone)
    post_entry(
        actor=actor,
        operating_entity_id=entity.pk,
        entry=NewEntry(
            key=key_of_use(key),
            name="prepaid.used",
            effective_on=on,
            subject=invoice,
            lines=[Line(prepaid.pk, amount_minor), Line(waiting.pk, -amount_minor)],
            memo=invoice.number_text,
        ),
    )
    return settle_invoice(
        actor=actor,
        invoice_id=invoice.pk,
        settlement=NewSettlement(key=key, kind=SettlementKind.PAYMENT, amount_minor=amount_minor, on=on),
        from_account_id=waiting.pk,
    )


def give_receipt_back(*, actor: Actor, line: StatementLine, reason: str) -> None:
    """Take back what a line was taken for: its invoices are open again, and its money waits."""
    receipt = BankReceipt.objects.select_for_update().filter(line=line, taken_back_at=None).first()
    if receipt is None:
        raise Conflict("What this line was taken for was taken back already.")
    on = today(actor.clock, line.bank_account.operating_entity.alliance.zone)
    receipt.taken_back_at = actor.clock.now()
    receipt.save(update_fields=["taken_back_at"])
    allocations = list(BankAllocation.objects.filter(receipt=receipt).select_related("settlement").order_by("pk"))
    # All of them before anything is booked, as everybody does who books for invoices.
    hold_invoices(actor=actor, invoice_ids=[allocation.settlement.invoice_id for allocation in allocations])
    hold_books(line.bank_account.operating_entity_id)
    waiting = waiting_account(
        actor=actor, entity=line.bank_account.operating_entity, currency=line.bank_account.currency
    )
    for allocation in allocations:
        for settlement_id in (allocation.charge_id, allocation.settlement_id):
            # One that was taken back by hand, when that was possible, waits already.
            if settlement_id is not None and not Settlement.objects.filter(reverses=settlement_id).exists():
                take_settlement_back(
                    actor=actor,
                    settlement_id=settlement_id,
                    key=uuid5(settlement_id, "taken back"),
                    on=on,
                    reason=reason,
                    to_account_id=waiting.pk if settlement_id == allocation.settlement_id else None,
                )
    if receipt.prepaid_minor and receipt.licensee_id is not None:
        prepaid = prepaid_account(
            actor=actor,
            entity=line.bank_account.operating_entity,
            holder_id=receipt.licensee_id,
            currency=line.bank_account.currency,
        )
        if -balance_of(prepaid.pk, actor=actor) < receipt.prepaid_minor:
            raise Conflict("What was paid ahead with this was used since: take that back first.")
        _post(
            actor,
            line,
            key=uuid5(receipt.pk, "taken back"),
            name="bank_receipt.taken_back",
            lines=[Line(prepaid.pk, receipt.prepaid_minor), Line(waiting.pk, -receipt.prepaid_minor)],
            on=on,
        )
    record_event("bank_receipt.taken_back", actor=actor, subject=receipt, changes={"reason": (None, reason)})
    announce(receipt)


def _fill(
    actor: Actor,
    receipt: BankReceipt,
    line: StatementLine,
    parts: Sequence[Part],
    licensee_id: UUID | None,
    left: int,
) -> None:
    entity, currency = line.bank_account.operating_entity, line.bank_account.currency
    made: list[tuple[Settlement, Settlement | None]] = []
    hold_invoices(actor=actor, invoice_ids=[part.invoice_id for part in parts])
    # Before any account is opened: else two that open the same one wait for each other.
    hold_books(entity.pk)
    waiting = waiting_account(actor=actor, entity=entity, currency=currency)
    for part in parts:
        made.append(_settle(actor, receipt, line, part, waiting))
    if licensee_id is not None:
        licensee = get_visible(Organisation, licensee_id, actor=actor)
        if not Licence.objects.filter(programme__operating_entity=entity, licensee=licensee).exists():
            raise invalid("/licensee_id", "no_licensee", "Name a licensee of this operating entity.")
        prepaid = prepaid_account(actor=actor, entity=entity, holder_id=licensee.pk, currency=currency)
        receipt.licensee, receipt.prepaid_minor = licensee, left
        receipt.entry = _post(
            actor,
            line,
            key=receipt.pk,
            name="bank_receipt.paid_ahead",
            lines=[Line(waiting.pk, left), Line(prepaid.pk, -left)],
            on=line.booked_on,
        )
    receipt.save(force_insert=True)
    BankAllocation.objects.bulk_create(
        BankAllocation(receipt=receipt, settlement=settlement, charge=charge) for settlement, charge in made
    )
    record_event(
        "bank_receipt.allocated",
        actor=actor,
        subject=receipt,
        changes={"invoices": (None, len(parts)), "prepaid_minor": (None, receipt.prepaid_minor)},
    )
    announce(receipt)


def _settle(
    actor: Actor, receipt: BankReceipt, line: StatementLine, part: Part, waiting: Account
) -> tuple[Settlement, Settlement | None]:
    reference = (line.serial or line.text)[:200]
    key = uuid5(receipt.pk, str(part.invoice_id))
    paid = settle_invoice(
        actor=actor,
        invoice_id=part.invoice_id,
        settlement=NewSettlement(
            key=key,
            kind=SettlementKind.PAYMENT,
            amount_minor=part.amount_minor,
            on=line.booked_on,
            reference=reference,
        ),
        from_account_id=waiting.pk,
    )
    if not part.charge_minor:
        return paid, None
    kept = settle_invoice(
        actor=actor,
        invoice_id=part.invoice_id,
        settlement=NewSettlement(
            key=uuid5(key, "charge"),
            kind=SettlementKind.BANK_CHARGE,
            amount_minor=part.charge_minor,
            on=max(line.booked_on, paid.invoice.issued_on or line.booked_on),
            reference=reference,
        ),
        # What was tolerated on the day the payment arrived, also where it was paid ahead of the invoice.
        charged_on=line.booked_on,
    )
    return paid, kept


def _check_parts(line: StatementLine, parts: Sequence[Part]) -> None:
    if line.bank_account.purpose != Purpose.ROYALTIES or line.amount_minor <= 0:
        raise invalid("/line_id", "not_royalties", "Invoices are paid by money that came in for royalties.")
    checks = Checks()
    if len(parts) > MOST_PARTS:
        checks.wrong("parts", "too_many", f"One payment is for at most {MOST_PARTS} invoices.")
    if len({part.invoice_id for part in parts}) < len(parts):
        checks.wrong("parts", "twice", "Name each invoice once.")
    # Of the payment, however many invoices it is for.
    tolerated = tolerance_on(line.bank_account.operating_entity_id, line.bank_account.currency, line.booked_on)
    for place, part in enumerate(parts):
        if part.amount_minor <= 0:
            checks.wrong(f"parts/{place}/amount_minor", "no_amount", "Write an amount above 0.")
        if part.charge_minor < 0 or sum(each.charge_minor for each in parts[: place + 1]) > tolerated:
            checks.wrong(
                f"parts/{place}/charge_minor", "too_much", "Banks on the way are not taken to keep more than agreed."
            )
    if sum(part.amount_minor for part in parts) > line.amount_minor:
        checks.wrong("parts", "too_much", "This is more than arrived.")
    checks.refuse()


def _post(actor: Actor, line: StatementLine, *, key: UUID, name: str, lines: Sequence[Line], on: date) -> Entry:
    return post_entry(
        actor=actor,
        operating_entity_id=line.bank_account.operating_entity_id,
        entry=NewEntry(key=key, name=name, effective_on=on, subject=line, lines=lines, memo=line.text[:500]),
    )


_PROBLEMS: dict[str, Problem] = {
    "matchingterms_once_from_a_day": Conflict("There are terms from that day already: choose another day."),
}
