"""Balances at any day, the lines of an account, and the trial balance."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Purpose
from platform_core.ledger.calculation import Content, Line
from platform_core.ledger.models import Account, BookClosing, Entry, Posting


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


def visible_entries(*, actor: Actor) -> QuerySet[Entry]:
    """Return the entries an actor may see whole."""
    return Entry.objects.visible_to(actor)


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
