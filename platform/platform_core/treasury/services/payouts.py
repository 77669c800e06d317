"""Payments: drafted by one, released by two, put into a file for the bank, and paid when the bank says so."""

import hashlib
from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid5

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.identity.roles import Purpose
from platform_core.ledger.calculation import LARGEST_MINOR, Line
from platform_core.ledger.kinds import AccountClass, account_kinds
from platform_core.ledger.models import Account, Entry
from platform_core.ledger.selectors import balances_of
from platform_core.ledger.services import NewEntry, open_account, post_entry, reverse_entry
from platform_core.ledger.services.holding import hold_books
from platform_core.models import Record
from platform_core.money import exponent
from platform_core.problems import Conflict, NotAllowed, WrongState
from platform_core.realtime.services import announce
from platform_core.treasury.calculation import Payment, is_plain, payment_file
from platform_core.treasury.events import PAYOUT_ASKED, PAYOUT_CANCELLED, PAYOUT_RETURNED
from platform_core.treasury.kinds import IN_TRANSIT
from platform_core.treasury.lifecycle import PAYOUT_LIFECYCLE
from platform_core.treasury.models import BankAccount, PayeeAccount, Payout, PayoutFile, PayoutState
from platform_core.treasury.policies import (
    DRAFT_PAYOUT,
    END_PAYOUT,
    MAKE_PAYOUT_FILE,
    RELEASE_PAYOUT,
    TAKE_PAYOUT_FILE,
)
from platform_core.treasury.selectors import get_bank_account, get_payout, get_payout_file, where_to_pay


@transaction.atomic
def draft_payout(
    *,
    actor: Actor,
    bank_account_id: UUID,
    owed_account_id: UUID,
    amount_minor: int,
    due_on: date,
    text: str = "",
    subject: Record | None = None,
) -> Payout:
    """Draft the payment of what the books say is owed to somebody; nothing moves before two people released it.

    `subject` is what it is for; the account that it is owed on where nothing else is said.
    """
    bank = get_bank_account(bank_account_id, actor=actor)
    require(actor, DRAFT_PAYOUT, bank)
    owed = get_visible(Account, owed_account_id, actor=actor)
    checks = Checks()
    checks.text("text", text, needed=False, longest=100)
    if text.strip() and not is_plain(text.strip()):
        checks.wrong("text", "invalid", "A text for the payee begins with a letter or a digit.")
    if (owed.operating_entity_id, owed.purpose, owed.currency) != (
        bank.operating_entity_id,
        bank.purpose,
        bank.currency,
    ):
        checks.wrong("owed_account_id", "other_money", "What is owed is paid from money of its purpose and currency.")
    elif (
        owed.holder_id == bank.operating_entity.organisation_id
        or account_kinds()[owed.kind].side is not AccountClass.LIABILITY
    ):
        checks.wrong("owed_account_id", "not_owed", "Nothing is owed to anybody on this account.")
    if not 1 <= amount_minor <= LARGEST_MINOR:
        checks.wrong("amount_minor", "no_amount", "An amount is above zero.")
    checks.refuse()
    about = subject or owed
    payout = Payout.objects.create(
        operating_entity=bank.operating_entity,
        purpose=bank.purpose,
        bank_account=bank,
        payee_id=owed.holder_id,
        owed_account=owed,
        amount_minor=amount_minor,
        text=text.strip(),
        due_on=due_on,
        subject_type=about._meta.label_lower,
        subject_id=about.pk,
        drafted_at=actor.clock.now(),
        drafted_by_id=actor.user_id,
    )
    record_event("payout.drafted", actor=actor, subject=payout, changes={"amount_minor": (None, amount_minor)})
    announce(payout)
    PAYOUT_ASKED.tell(actor, payout)
    return payout


@transaction.atomic
def release_payout(*, actor: Actor, payout_id: UUID) -> Payout:
    """Release a payment: the first person says so, the second one has it booked as on its way."""
    payout = get_payout(payout_id, actor=actor, for_change=True)
    require(actor, RELEASE_PAYOUT, payout)
    before = PayoutState(payout.state)
    is_second = before == PayoutState.HALF_RELEASED
    payout.state = PAYOUT_LIFECYCLE.after("release" if is_second else "release first", current=before)
    account = _payable(actor, payout)
    if account.entered_by_id == actor.person_id:
        raise NotAllowed("You entered the account that this goes to: somebody else releases it.")
    payout.payee_account = account
    if not is_second:
        payout.first_released_by_id = actor.person_id
    else:
        payout.released_by_id = actor.person_id
        payout.released_at = actor.clock.now()
    payout.save(update_fields=["state", "payee_account", "first_released_by", "released_by", "released_at"])
    record_event("payout.released", actor=actor, subject=payout, changes={"state": (before, payout.state)})
    announce(payout)
    if is_second:
        transit = in_transit(actor=actor, payout=payout)
        hold_books(payout.operating_entity_id)
        if -balances_of([payout.owed_account]).get(payout.owed_account_id, 0) < payout.amount_minor:
            raise Conflict("Less is owed on the account than is to be paid: cancel this, and draft a smaller one.")
        PAYOUT_ASKED.tell(actor, payout)
        book_payout(
            actor=actor,
            payout=payout,
            key=payout.pk,
            name="payout.released",
            lines=[Line(payout.owed_account_id, payout.amount_minor), Line(transit.pk, -payout.amount_minor)],
            on=today(actor.clock, payout.operating_entity.alliance.zone),
        )
    return payout


@transaction.atomic
def cancel_payout(*, actor: Actor, payout_id: UUID, reason: str) -> Payout:
    """Give up a payment that no bank has heard of, and say why; what was booked as on its way is owed again."""
    payout = _to_end(actor, payout_id, reason)
    before = PayoutState(payout.state)
    payout.state = PAYOUT_LIFECYCLE.after("cancel payout", current=before)
    _end(actor, payout, reason)
    record_event(
        "payout.cancelled",
        actor=actor,
        subject=payout,
        changes={"state": (before, payout.state), "reason": (None, payout.reason)},
    )
    announce(payout)
    if before == PayoutState.RELEASED:
        _unbook(actor, payout)
    PAYOUT_CANCELLED.tell(actor, payout)
    return payout


@transaction.atomic
def return_payout(*, actor: Actor, payout_id: UUID, reason: str) -> Payout:
    """Note that a bank refused a payment of its file, and say why; it is owed again.

    One that had left the account comes back by a line of the bank.
    """
    payout = _to_end(actor, payout_id, reason)
    before = PayoutState(payout.state)
    if before == PayoutState.PAID:
        raise WrongState("It left the account: assign the bank's line by which it came back.")
    payout.state = PAYOUT_LIFECYCLE.after("take back", current=before)
    _end(actor, payout, reason)
    record_event(
        "payout.returned",
        actor=actor,
        subject=payout,
        changes={"state": (before, payout.state), "reason": (None, payout.reason)},
    )
    announce(payout)
    _unbook(actor, payout)
    PAYOUT_RETURNED.tell(actor, payout)
    return payout


@transaction.atomic
def make_payout_file(*, actor: Actor, bank_account_id: UUID) -> PayoutFile:
    """Put all released payments of a bank account into a file for the bank.

    Those whose payee's account changed since are left where they are: nothing is paid while a change is not settled.
    """
    bank = get_bank_account(bank_account_id, actor=actor, for_change=True)
    require(actor, MAKE_PAYOUT_FILE, bank)
    rows = Payout.objects.filter(bank_account=bank, state=PayoutState.RELEASED).order_by("due_on", "pk")
    released = list(rows.select_for_update(of=("self",), no_key=True).select_related("payee_account"))
    now = actor.clock.now()
    going = [row for row in released if where_to_pay(row.payee_id, bank.currency, at=now) == row.payee_account]
    if not going:
        raise WrongState("No payment of this account is released, or the accounts they go to have changed.")
    last = PayoutFile.objects.filter(bank_account=bank).order_by("-number").first()
    file = PayoutFile.objects.create(
        bank_account=bank,
        number=last.number + 1 if last else 1,
        payouts_count=len(going),
        total_minor=sum(row.amount_minor for row in going),
        content_sha256=hashlib.sha256(_content(going, bank)).hexdigest(),
        made_at=now,
        made_by_id=actor.user_id,
    )
    for row in going:
        row.state = PAYOUT_LIFECYCLE.after("put in file", current=PayoutState(row.state))
        row.file = file
    Payout.objects.bulk_update(going, ["state", "file"])
    record_event(
        "payout_file.made",
        actor=actor,
        subject=file,
        changes={"payouts_count": (None, file.payouts_count), "total_minor": (None, file.total_minor)},
    )
    announce(file)
    return file


@transaction.atomic
def take_payout_file(*, actor: Actor, file_id: UUID) -> tuple[PayoutFile, bytes]:
    """Hand out the file for the bank, once: a second one could be paid a second time.

    What was given up since, or goes to an account that has changed, is left out, and nothing else is. The latter is
    released still, and goes into a later file if its account is the same again; else it is cancelled and drafted anew.
    """
    file = get_payout_file(file_id, actor=actor, for_change=True)
    require(actor, TAKE_PAYOUT_FILE, file)
    if file.taken_at is not None:
        raise WrongState("This file was taken already: a bank that gets it twice pays twice.")
    rows = list(
        Payout.objects.filter(file=file)
        .order_by("due_on", "pk")
        .select_for_update(of=("self",), no_key=True)
        .select_related("payee_account")
    )
    if hashlib.sha256(_content(rows, file.bank_account)).hexdigest() != file.content_sha256:
        raise Conflict("The payments of this file are not those it was made of: it is not handed out.")
    now = actor.clock.now()
    going = [
        row
        for row in rows
        if row.state == PayoutState.IN_FILE
        and where_to_pay(row.payee_id, file.bank_account.currency, at=now) == row.payee_account
    ]
    if not going:
        raise Conflict("No payment of this file is to be made any more: return those in it, and draft them anew.")
    content = _content(going, file.bank_account)
    held = [row for row in rows if row not in going]
    _leave_out([row for row in held if row.state == PayoutState.IN_FILE])
    if held:
        file.held_count, file.held_minor = len(held), sum(row.amount_minor for row in held)
        file.taken_sha256 = hashlib.sha256(content).hexdigest()
    file.taken_at = now
    file.taken_by_id = actor.user_id
    file.save(update_fields=["taken_at", "taken_by", "held_count", "held_minor", "taken_sha256"])
    changes: dict[str, tuple[object, object]] = {}
    if held:
        changes = {
            "payouts_count": (file.payouts_count, len(going)),
            "total_minor": (file.total_minor, file.total_minor - file.held_minor),
            "left_out": (None, ", ".join(row.code for row in held)),
        }
    record_event("payout_file.taken", actor=actor, subject=file, changes=changes)
    announce(file)
    return file, content


def _leave_out(held: Sequence[Payout]) -> None:
    """Leave payments out of a file that no bank has: they stay released to where they were to go."""
    for row in held:
        row.state = PAYOUT_LIFECYCLE.after("leave out of file", current=PayoutState(row.state))
        row.file = None
        row.save(update_fields=["state", "file"])
        announce(row)


def _payable(actor: Actor, payout: Payout) -> PayeeAccount:
    account = where_to_pay(payout.payee_id, payout.bank_account.currency, at=actor.clock.now())
    if account is None:
        raise WrongState("Nobody has said where this organisation is paid, or a change of it is not settled yet.")
    if payout.payee_account_id not in (None, account.pk):
        raise WrongState("Where it goes has changed since it was released first: cancel it, and draft it anew.")
    return account


def _to_end(actor: Actor, payout_id: UUID, reason: str) -> Payout:
    payout = get_payout(payout_id, actor=actor, for_change=True)
    require(actor, END_PAYOUT, payout)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    return payout


def _end(actor: Actor, payout: Payout, reason: str) -> None:
    payout.reason = reason.strip()
    payout.ended_at = actor.clock.now()
    payout.save(update_fields=["state", "reason", "ended_at"])


def in_transit(*, actor: Actor, payout: Payout) -> Account:
    """Return where the books keep what was released and has not left the bank account yet."""
    return open_account(
        actor=actor,
        operating_entity_id=payout.operating_entity_id,
        holder_id=payout.operating_entity.organisation_id,
        kind=IN_TRANSIT.code,
        purpose=Purpose(payout.purpose),
        currency=payout.bank_account.currency,
    )


def book_payout(*, actor: Actor, payout: Payout, key: UUID, name: str, lines: Sequence[Line], on: date) -> None:
    """Book what happened to a payment; last in its transaction."""
    entry = NewEntry(key=key, name=name, effective_on=on, subject=payout, lines=lines, memo=payout.code)
    post_entry(actor=actor, operating_entity_id=payout.operating_entity_id, entry=entry)


def _unbook(actor: Actor, payout: Payout) -> None:
    entry = Entry.objects.get(operating_entity=payout.operating_entity_id, key=payout.pk)
    reverse_entry(
        actor=actor,
        entry_id=entry.pk,
        key=uuid5(payout.pk, "reversed"),
        effective_on=today(actor.clock, payout.operating_entity.alliance.zone),
        subject=payout,
        memo=payout.reason,
    )


def _content(payouts: Sequence[Payout], bank: BankAccount) -> bytes:
    return payment_file([_payment(payout, payout.payee_account, bank) for payout in payouts if payout.payee_account])


def _payment(payout: Payout, account: PayeeAccount, bank: BankAccount) -> Payment:
    digits = exponent(bank.currency)
    whole = str(payout.amount_minor).rjust(digits + 1, "0")
    return Payment(
        account_name=account.account_name,
        number=account.number,
        bank=" ".join(filter(None, (account.bank_name, account.branch))),
        currency=bank.currency,
        amount=f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole,
        text=" ".join(filter(None, (payout.text, payout.code))),
    )
