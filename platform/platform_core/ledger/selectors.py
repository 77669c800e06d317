"""Balances at any day, the lines of an account, and the trial balance."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible, require
from platform_core.access.querysets import VisibleQuerySet
from platform_core.access.registry import Permission
from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Purpose
from platform_core.ledger.calculation import BEFORE_THE_FIRST, Content, Line, entry_hash
from platform_core.ledger.lifecycle import REOPENING_LIFECYCLE
from platform_core.ledger.models import Account, BookClosing, BookReopening, Entry, Posting, ReopeningState
from platform_core.ledger.policies import (
    GRANT_BOOK_REOPENING,
    READ_BOOKS,
    REFUSE_BOOK_REOPENING,
    WITHDRAW_BOOK_REOPENING,
)


@dataclass(frozen=True, slots=True)
class Balance:
    """What all lines of an account come to by a day, in minor units: above zero is a debit."""

    account: Account
    debit_minor: int
    credit_minor: int

    @property
    def balance_minor(self) -> int:
        """Debits less credits."""
        return self.debit_minor - self.credit_minor


def visible_accounts(*, actor: Actor) -> QuerySet[Account]:
    """Return the accounts an actor may see."""
    return Account.objects.visible_to(actor).select_related("holder", "operating_entity")


def get_account(account_id: UUID, *, actor: Actor) -> Account:
    """Return one account the actor may see. Raises NotFound."""
    return get_visible(Account, account_id, actor=actor)


def balances_of(accounts: Collection[Account], *, on: date | None = None) -> dict[UUID, int]:
    """Return what accounts that were fetched as visible come to at the end of a day, in minor units."""
    lines = Posting.objects.filter(account__in=[account.pk for account in accounts])
    if on is not None:
        lines = lines.filter(effective_on__lte=on)
    sums = lines.order_by().values("account").annotate(sum=Sum("amount_minor")).values_list("account", "sum")
    return {account_id: int(sum_) for account_id, sum_ in sums}


def visible_entries(*, actor: Actor) -> VisibleQuerySet[Entry]:
    """Return the entries an actor may see whole."""
    return Entry.objects.visible_to(actor).select_related("user")


def get_entry(entry_id: UUID, *, actor: Actor) -> Entry:
    """Return one entry the actor may see. Raises NotFound."""
    return get_visible(Entry, entry_id, actor=actor)


def lines_of(entry: Entry, *, actor: Actor) -> list[Posting]:
    """Return the lines of an entry on accounts that the actor may see, in their order."""
    rows = Posting.objects.visible_to(actor).filter(entry=entry).select_related("account__holder").order_by("place")
    return list(rows)


def turnovers_of(entries: Sequence[Entry], *, actor: Actor) -> dict[UUID, dict[str, int]]:
    """Return what entries move by currency, as far as one may see their lines: the sum of the debits."""
    rows = (
        Posting.objects.visible_to(actor)
        .filter(entry__in=[entry.pk for entry in entries], amount_minor__gt=0)
        .order_by()
        .values("entry", "account__currency")
        .annotate(sum=Sum("amount_minor"))
        .values_list("entry", "account__currency", "sum")
    )
    found: dict[UUID, dict[str, int]] = {}
    for entry_id, currency, sum_ in rows:
        found.setdefault(entry_id, {})[currency] = int(sum_)
    return found


def is_as_booked(entry: Entry) -> bool:
    """Say whether an entry still says what it said when it was booked, and follows the one before it."""
    found = entry_hash(
        entity_id=entry.operating_entity_id,
        number=entry.number,
        previous=entry.previous_hash,
        booked_at=entry.booked_at,
        content=content_of(entry),
    )
    before = Entry.objects.filter(operating_entity=entry.operating_entity_id, number=entry.number - 1)
    head = before.values_list("hash", flat=True).first() or BEFORE_THE_FIRST
    return found == entry.hash and head == entry.previous_hash


def running_balances(account_id: UUID, part: Sequence[Posting]) -> dict[int, int]:
    """Return what an account came to after each of some of its lines, which follow one another up or down its order."""
    if not part:
        return {}
    rows = sorted(part, key=lambda row: (row.effective_on, row.pk))
    first = rows[0]
    before = Q(effective_on__lt=first.effective_on) | Q(effective_on=first.effective_on, pk__lt=first.pk)
    lines = Posting.objects.filter(before, account=account_id)
    balance = int(lines.aggregate(sum=Sum("amount_minor"))["sum"] or 0)
    found: dict[int, int] = {}
    for row in rows:
        balance += row.amount_minor
        found[row.pk] = balance
    return found


def postings_of(account_id: UUID, *, actor: Actor) -> QuerySet[Posting]:
    """Return the lines on an account in the order of the days from which they count. Raises NotFound."""
    account = get_visible(Account, account_id, actor=actor)
    return Posting.objects.filter(account=account).select_related("entry").order_by("effective_on", "id")


def balance_of(account_id: UUID, *, actor: Actor, on: date | None = None) -> int:
    """Return what an account comes to at the end of a day (None: with all that is booked), in minor units."""
    account = get_visible(Account, account_id, actor=actor)
    lines = Posting.objects.filter(account=account)
    if on is not None:
        lines = lines.filter(effective_on__lte=on)
    return int(lines.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def trial_balance(
    operating_entity_id: UUID, *, actor: Actor, on: date | None = None, purpose: Purpose | None = None
) -> list[Balance]:
    """Return the balance of each account of an operating entity that one may see; whole books come to zero.

    Accounts on which nothing was booked by that day are left out.
    """
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, READ_BOOKS, entity)
    accounts = visible_accounts(actor=actor).filter(operating_entity=entity)
    if purpose is not None:
        accounts = accounts.filter(purpose=purpose)
    lines = Posting.objects.filter(account__in=accounts.order_by())
    if on is not None:
        lines = lines.filter(effective_on__lte=on)
    debits = Sum("amount_minor", filter=Q(amount_minor__gt=0), default=0)
    credits = -Sum("amount_minor", filter=Q(amount_minor__lt=0), default=0)
    sums = {
        account_id: (int(debit), int(credit))
        for account_id, debit, credit in lines.order_by()
        .values("account")
        .annotate(debit=debits, credit=credits)
        .values_list("account", "debit", "credit")
    }
    return [Balance(account, *sums[account.pk]) for account in accounts if account.pk in sums]


def book_closings(operating_entity_id: UUID, *, actor: Actor) -> VisibleQuerySet[BookClosing]:
    """Return when the books of an operating entity were closed and opened again. Raises NotFound, NotAllowed."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, READ_BOOKS, entity)
    return BookClosing.objects.visible_to(actor).filter(operating_entity=entity).select_related("user")


def book_reopenings(*, actor: Actor) -> VisibleQuerySet[BookReopening]:
    """Return what was asked and decided about opening closed days again."""
    return BookReopening.objects.visible_to(actor).select_related("operating_entity", "asked_by", "decided_by")


def get_book_reopening(reopening_id: UUID, *, actor: Actor) -> BookReopening:
    """Return one question whether closed days are opened again. Raises NotFound."""
    return get_visible(BookReopening, reopening_id, actor=actor)


_STEPS: Mapping[str, Permission] = {
    "grant": GRANT_BOOK_REOPENING,
    "refuse": REFUSE_BOOK_REOPENING,
    "withdraw": WITHDRAW_BOOK_REOPENING,
}


def reopening_steps(asked: BookReopening, *, actor: Actor) -> list[str]:
    """List what the actor may do now about a question whether closed days are opened again."""
    steps = REOPENING_LIFECYCLE.allowed(ReopeningState(asked.state))
    return [step for step in steps if can(actor, _STEPS[step], asked)]


def closed_through(operating_entity_id: UUID, *, actor: Actor) -> date | None:
    """Return the last closed day of an operating entity's books; None if all are open."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    last = BookClosing.objects.filter(operating_entity=entity).order_by("-number").first()
    return last.closed_through if last else None


def content_of(entry: Entry) -> Content:
    """Return what an entry says, from itself and its lines, which are fetched before where there are many entries."""
    rows = sorted(entry.postings.all(), key=lambda row: row.place)
    return Content(
        key=entry.key,
        purpose=entry.purpose,
        name=entry.name,
        effective_on=entry.effective_on,
        subject_type=entry.subject_type,
        subject_id=entry.subject_id,
        memo=entry.memo,
        reverses_id=entry.reverses_id,
        lines=tuple(Line(row.account_id, row.amount_minor) for row in rows),
    )
