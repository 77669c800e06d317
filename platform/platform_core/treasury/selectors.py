"""Finding bank accounts, statements and their lines, and where balances do not follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, Lag

from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible, require
from platform_core.access.querysets import VisibleQuerySet
from platform_core.checks import Checks
from platform_core.exchange.reading import UnreadableFile
from platform_core.ledger.models import Entry
from platform_core.problems import FieldError, InvalidInput, invalid
from platform_core.treasury.calculation import BankLine, closing_of, occurrences, opening_of
from platform_core.treasury.lifecycle import LINE_LIFECYCLE, PAYEE_LIFECYCLE, PAYOUT_LIFECYCLE
from platform_core.treasury.mapping import BadMapping, StatementMapping, mapping_from
from platform_core.treasury.models import (
    BankAccount,
    BankStatement,
    LineState,
    PayeeAccount,
    PayeeState,
    Payout,
    PayoutFile,
    PayoutState,
    StatementLine,
)
from platform_core.treasury.policies import (
    CONFIRM_PAYEE_ACCOUNT,
    END_PAYOUT,
    RELEASE_PAYOUT,
    SETTLE_STATEMENT_LINE,
    TAKE_STATEMENT,
    WITHDRAW_PAYEE_ACCOUNT,
)
from platform_core.treasury.reading import ReadStatement, read_statement


def bank_accounts(*, actor: Actor) -> VisibleQuerySet[BankAccount]:
    """Return the bank accounts an actor may see."""
    return BankAccount.objects.visible_to(actor).select_related("operating_entity")


def get_bank_account(account_id: UUID, *, actor: Actor, for_change: bool = False) -> BankAccount:
    """Return one bank account, locked if it is to be changed. Raises NotFound."""
    return get_visible(BankAccount, account_id, actor=actor, for_change=for_change)


def bank_statements(*, actor: Actor) -> VisibleQuerySet[BankStatement]:
    """Return the statements that were taken in, as far as one may see them."""
    return BankStatement.objects.visible_to(actor).select_related("bank_account", "taken_by")


def get_bank_statement(statement_id: UUID, *, actor: Actor) -> BankStatement:
    """Return one statement. Raises NotFound."""
    return get_visible(BankStatement, statement_id, actor=actor)


def statement_lines(*, actor: Actor) -> VisibleQuerySet[StatementLine]:
    """Return the lines of statements an actor may see."""
    return StatementLine.objects.visible_to(actor).select_related("bank_account", "decided_by")


def get_statement_line(line_id: UUID, *, actor: Actor, for_change: bool = False) -> StatementLine:
    """Return one line, locked if it is to be changed. Raises NotFound."""
    return get_visible(StatementLine, line_id, actor=actor, for_change=for_change)


def line_steps(line: StatementLine, *, actor: Actor) -> list[str]:
    """List what can be done with a line now."""
    steps = LINE_LIFECYCLE.allowed(LineState(line.state))
    return list(steps) if steps and can(actor, SETTLE_STATEMENT_LINE, line) else []


def entry_ids_of(lines: Sequence[StatementLine], *, actor: Actor) -> dict[UUID, UUID]:
    """Return the entries by which lines were booked, by the ids of the lines, whose keys they have."""
    rows = Entry.objects.visible_to(actor).filter(key__in=[line.pk for line in lines])
    return dict(rows.order_by().values_list("key", "pk"))


@dataclass(frozen=True, slots=True)
class Gap:
    """Where a balance does not follow from the one before: lines are missing in between."""

    after: date
    before: date
    missing_minor: int


def gaps_of(account: BankAccount) -> list[Gap]:
    """Return where lines of an account are missing, as far as its bank tells balances; oldest first."""
    order = ("booked_on", "place", "id")
    lines = StatementLine.objects.filter(bank_account=account).annotate(
        last_balance=Window(Lag("balance_minor"), order_by=order), last_on=Window(Lag("booked_on"), order_by=order)
    )
    rows = lines.order_by(*order).values_list("last_on", "booked_on", "last_balance", "balance_minor", "amount_minor")
    return [
        Gap(last_on, on, balance - amount - last_balance)
        for last_on, on, last_balance, balance, amount in rows
        if last_balance is not None and balance is not None and last_balance + amount != balance
    ]


@dataclass(frozen=True, slots=True)
class Preview:
    """What taking a statement in would do: its lines, which of them are new, and what is missing around them."""

    read: ReadStatement
    is_new: Sequence[bool]
    opening_minor: int | None
    closing_minor: int | None
    gap_before_minor: int | None
    """What is missing between the lines on record and the first of these; None: nothing, or nobody can tell."""


def mapping_of(account: BankAccount) -> StatementMapping:
    """Return what the columns of an account's statements are. Raises InvalidInput where nobody has said it."""
    if not account.mapping:
        raise invalid("/mapping", "required", "Say first what the columns of this account's statements are.")
    return mapping_from(account.mapping)


def checked_mapping(document: object) -> StatementMapping:
    """Return what was sent as a mapping. Raises InvalidInput with the part that is none."""
    if not isinstance(document, dict):
        raise invalid("/mapping", "invalid", "A mapping says for each part of a line what its column is called.")
    try:
        return mapping_from(document)
    except BadMapping as wrong:
        checks = Checks()
        checks.wrong(f"mapping/{wrong.part}", "invalid", wrong.detail)
        raise InvalidInput(errors=checks.errors) from None


def read_file(path: Path, mapping: StatementMapping, account: BankAccount) -> ReadStatement:
    """Read a statement. Raises InvalidInput that names each line which cannot be one."""
    try:
        read = read_statement(path, mapping, currency=account.currency)
    except UnreadableFile as refusal:
        raise invalid("/file", refusal.code, refusal.detail) from None
    if read.mistakes:
        raise InvalidInput(errors=[FieldError("/file", "bad_line", wrong.detail) for wrong in read.mistakes])
    if not read.lines:
        raise invalid("/file", "empty", "The file has no lines of a statement.")
    return read


def known_places(account: BankAccount, lines: Sequence[BankLine]) -> dict[tuple[str, int], int]:
    """Return which lines are on record, whatever file they came in, with their places in their days."""
    marks = {mark for mark, _ in occurrences(lines)}
    rows = StatementLine.objects.filter(bank_account=account, fingerprint__in=marks)
    return {(mark, number): place for mark, number, place in rows.values_list("fingerprint", "occurrence", "place")}


def preview_statement(account_id: UUID, path: Path, *, actor: Actor, mapping: StatementMapping | None) -> Preview:
    """Read a statement as it would be taken in; nothing is kept of it."""
    account = get_bank_account(account_id, actor=actor)
    require(actor, TAKE_STATEMENT, account)
    read = read_file(path, mapping or mapping_of(account), account)
    known = known_places(account, read.lines)
    is_new = [mark not in known for mark in occurrences(read.lines)]
    opening = opening_of(read.lines)
    return Preview(
        read=read,
        is_new=is_new,
        opening_minor=opening,
        closing_minor=closing_of(read.lines),
        gap_before_minor=_gap_before(account, read.lines[0], opening) if is_new[0] else None,
    )


def _gap_before(account: BankAccount, first: BankLine, opening: int | None) -> int | None:
    before = StatementLine.objects.filter(bank_account=account, booked_on__lte=first.booked_on)
    last = before.order_by("-booked_on", "-place", "-id").first()
    if opening is None or last is None or last.balance_minor is None or last.balance_minor == opening:
        return None
    return opening - last.balance_minor


def with_last_balances(accounts: QuerySet[BankAccount]) -> QuerySet[BankAccount]:
    """Tell with each account what its bank last said it comes to, and when, and how many lines are open."""
    last = StatementLine.objects.filter(bank_account=OuterRef("pk"), balance_minor__isnull=False)
    last = last.order_by("-booked_on", "-place", "-id")
    still_open = StatementLine.objects.filter(bank_account=OuterRef("pk"), state=LineState.OPEN).order_by()
    return accounts.annotate(
        open_lines=Coalesce(Subquery(still_open.values("bank_account").annotate(n=Count("pk")).values("n")), 0),
        told_minor=Subquery(last.values("balance_minor")[:1]),
        told_on=Subquery(last.values("booked_on")[:1]),
    )


def payee_accounts(*, actor: Actor) -> VisibleQuerySet[PayeeAccount]:
    """Return where organisations want to be paid, as far as one may see it."""
    return PayeeAccount.objects.visible_to(actor).select_related("organisation", "entered_by", "confirmed_by")


def get_payee_account(account_id: UUID, *, actor: Actor, for_change: bool = False) -> PayeeAccount:
    """Return one account that an organisation wants to be paid to, locked if it is to be changed. Raises NotFound."""
    return get_visible(PayeeAccount, account_id, actor=actor, for_change=for_change)


_PAYEE_STEPS = {"confirm": CONFIRM_PAYEE_ACCOUNT, "withdraw": WITHDRAW_PAYEE_ACCOUNT}


def payee_steps(account: PayeeAccount, *, actor: Actor) -> list[str]:
    """List what can be done now with an account that an organisation wants to be paid to."""
    steps = PAYEE_LIFECYCLE.allowed(PayeeState(account.state))
    return [step for step in steps if can(actor, _PAYEE_STEPS[step], account)]


def where_to_pay(organisation_id: UUID, currency: str, *, at: datetime) -> PayeeAccount | None:
    """Return where an organisation is paid at an instant; None while nobody has said it, or a change is not settled.

    What was withdrawn before it was in force never counted. What was in force leaves nothing behind when it is
    withdrawn: else one person could have payments go to an older account, at once and with nobody to confirm it.
    """
    never = Q(state=PayeeState.WITHDRAWN) & (Q(in_force_at=None) | Q(withdrawn_at__lt=F("in_force_at")))
    rows = PayeeAccount.objects.filter(organisation=organisation_id, currency=currency).exclude(never)
    last = rows.order_by("-entered_at", "-pk").first()
    if last is None or last.state == PayeeState.WITHDRAWN:
        return None
    return last if last.in_force_at is not None and last.in_force_at <= at else None


def payouts(*, actor: Actor) -> VisibleQuerySet[Payout]:
    """Return the payments an actor may see."""
    rows = Payout.objects.visible_to(actor)
    return rows.select_related("bank_account", "payee", "payee_account", "first_released_by", "released_by", "file")


def get_payout(payout_id: UUID, *, actor: Actor, for_change: bool = False) -> Payout:
    """Return one payment, locked if it is to be changed. Raises NotFound."""
    return get_visible(Payout, payout_id, actor=actor, for_change=for_change)


def is_held(payout: Payout, *, actor: Actor) -> bool:
    """Whether a payment that somebody released goes into no file, because where it goes has changed since."""
    if payout.state not in (PayoutState.HALF_RELEASED, PayoutState.RELEASED) or payout.payee_account_id is None:
        return False
    now = where_to_pay(payout.payee_id, payout.bank_account.currency, at=actor.clock.now())
    return now is None or now.pk != payout.payee_account_id


def payout_files(*, actor: Actor) -> VisibleQuerySet[PayoutFile]:
    """Return the files for banks an actor may see."""
    return PayoutFile.objects.visible_to(actor).select_related("bank_account", "made_by", "taken_by")


def get_payout_file(file_id: UUID, *, actor: Actor, for_change: bool = False) -> PayoutFile:
    """Return one file for a bank, locked if it is to be changed. Raises NotFound."""
    return get_visible(PayoutFile, file_id, actor=actor, for_change=for_change)


_PAYOUT_STEPS = {
    "release first": RELEASE_PAYOUT,
    "release": RELEASE_PAYOUT,
    "take back": END_PAYOUT,
    "cancel payout": END_PAYOUT,
}
"""What people do by themselves; a file puts payments in, and a bank's line pays them."""


def payout_steps(payout: Payout, *, actor: Actor) -> list[str]:
    """List what can be done with a payment now; one that left the account comes back by a bank's line only."""
    steps = PAYOUT_LIFECYCLE.allowed(PayoutState(payout.state))
    return [
        step
        for step in steps
        if step in _PAYOUT_STEPS
        and not (step == "take back" and payout.state == PayoutState.PAID)
        and can(actor, _PAYOUT_STEPS[step], payout)
    ]
