"""Statements are taken in once, line by line, and booked in the same moment; what each line is for is said later."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from platform_core.access.actors import Actor
from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Purpose, Role
from platform_core.ids import new_id
from platform_core.ledger.calculation import Line
from platform_core.ledger.models import Account, Entry
from platform_core.ledger.selectors import balances_of
from platform_core.ledger.services import NewEntry, close_books, post_entry
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from platform_core.treasury import claims, selectors
from platform_core.treasury.claims import Claimant, Proposal, proposals_for, register_claimant
from platform_core.treasury.models import BankAccount, BankStatement, LineState, StatementLine
from platform_core.treasury.services import (
    assign_line,
    edit_bank_account,
    open_bank_account,
    reverse_line,
    set_line_aside,
    take_line_up,
)
from platform_core.treasury.services.statements import suspense_of
from tests.factories.core import acting, clock_at, command_line, make_entity
from tests.factories.ledger import make_account
from tests.factories.treasury import make_bank_account, make_line, statement_text, take, take_lines

pytestmark = pytest.mark.django_db

OPENED = ("08", 100, 1_100, "A1")
FEE = ("09", -20, 1_080, "A2")
PAID = ("10", 300, 1_380, "A3")


@pytest.fixture
def entity() -> OperatingEntity:
    return make_entity()


@pytest.fixture
def account(entity: OperatingEntity) -> BankAccount:
    return make_bank_account(entity)


def finance(entity: OperatingEntity, purpose: Purpose = Purpose.ROYALTIES) -> Actor:
    return acting(Role.FINANCE, entity=entity, purpose=purpose)


def in_books(account: BankAccount) -> tuple[int, int]:
    """Return what the bank account and the unassigned receipts come to, in yuan."""
    suspense = suspense_of(account=account, actor=command_line())
    balances = balances_of([account.ledger_account, suspense])
    return balances.get(account.ledger_account_id, 0) // 100, balances.get(suspense.pk, 0) // 100


def test_each_line_is_booked_as_its_own_entry_when_it_is_taken_in(account: BankAccount) -> None:
    statement = take_lines(account, OPENED, FEE, PAID, actor=finance(account.operating_entity)).statement

    assert (statement.lines_new, statement.lines_known) == (3, 0)
    assert (statement.opening_minor, statement.closing_minor) == (100_000, 138_000)
    assert (statement.first_on, statement.last_on) == (date(2026, 10, 8), date(2026, 10, 10))
    lines = list(StatementLine.objects.filter(statement=statement))
    assert [(line.amount_minor, line.place, line.state) for line in lines] == [
        (10_000, 1, "open"),
        (-2_000, 1, "open"),
        (30_000, 1, "open"),
    ]
    entries = Entry.objects.order_by("number")
    assert [(entry.key, entry.effective_on, entry.subject_id) for entry in entries] == [
        (line.pk, line.booked_on, line.pk) for line in lines
    ]
    assert entries[0].memo == "付款人A1 货款A1"
    assert in_books(account) == (380, -380)


def test_the_same_file_and_the_same_lines_in_another_add_nothing(account: BankAccount) -> None:
    first = take_lines(account, OPENED, FEE)
    again = take_lines(account, OPENED, FEE)
    other_bytes = take(account, statement_text([OPENED, FEE]), encoding="gb18030")
    more = take_lines(account, FEE, PAID)

    assert (again.statement, again.was_known) == (first.statement, True)
    assert (other_bytes.statement.lines_new, other_bytes.statement.lines_known) == (0, 2)
    assert (more.statement.lines_new, more.statement.lines_known) == (1, 1)
    assert (StatementLine.objects.count(), Entry.objects.count()) == (3, 3)
    assert in_books(account) == (380, -380)


def test_lines_without_a_serial_number_are_counted_not_taken_for_one(account: BankAccount) -> None:
    text = "日期,金额\n2026-10-08,5\n2026-10-08,5\n"
    edit_bank_account(actor=command_line(), account_id=account.pk, mapping={"day": ["日期"], "amount": ["金额"]})
    take(account, text)
    more = take(account, f"{text}2026-10-08,5\n2026-10-09,5\n").statement

    assert (more.lines_new, more.lines_known) == (2, 2)
    rows = StatementLine.objects.order_by("booked_on", "place").values_list("booked_on__day", "place", "occurrence")
    assert list(rows) == [(8, 1, 1), (8, 2, 2), (8, 3, 3), (9, 1, 1)]


def test_what_is_missing_between_statements_is_told_until_it_comes(account: BankAccount) -> None:
    take_lines(account, OPENED)
    actor = finance(account.operating_entity)
    take_lines(account, PAID)

    assert selectors.gaps_of(account) == [selectors.Gap(date(2026, 10, 8), date(2026, 10, 10), -2_000)]
    take_lines(account, FEE)
    assert selectors.gaps_of(account) == []
    [found] = selectors.with_last_balances(selectors.bank_accounts(actor=actor))
    assert (found.told_minor, found.told_on, found.open_lines) == (138_000, date(2026, 10, 10), 3)  # type: ignore[attr-defined]  # annotated


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{statement_text([OPENED])}2026-10-09,1.005,1,,,,\n", "Line 3: “1.005” has more decimals"),
        (statement_text([OPENED, PAID]), "Line 3: the balance does not follow"),
        ("账号\n", "no column|no table|no rows|one column"),
        (statement_text([]), "no lines of a statement"),
    ],
    ids=["decimals", "balances", "columns", "nothing"],
)
def test_a_file_that_cannot_be_one_is_refused_whole(account: BankAccount, text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        take(account, text)

    assert any(re.search(said, error.message) for error in refused.value.errors)
    assert not BankStatement.objects.exists()
    assert not Entry.objects.exists()


def test_nothing_is_taken_in_on_closed_days_or_when_the_account_was_not_in_use(account: BankAccount) -> None:
    later = command_line(clock_at(datetime(2026, 10, 8, 4, tzinfo=UTC)))
    close_books(actor=later, operating_entity_id=account.operating_entity_id, through=date(2026, 10, 8))
    with pytest.raises(Conflict, match="closed through that day"):
        take_lines(account, OPENED, FEE)
    edit_bank_account(actor=command_line(), account_id=account.pk, in_use_until=date(2026, 10, 9))
    with pytest.raises(InvalidInput, match="not in use"):
        take_lines(account, FEE)
    assert not StatementLine.objects.exists()


def test_an_account_stands_once_in_the_books_under_its_last_digits(entity: OperatingEntity) -> None:
    one = make_bank_account(entity, number="4200 1234-567890")
    other = make_bank_account(entity, number="99997890")
    assert (one.number, one.ledger_account.label, other.ledger_account.label) == ("42001234567890", "7890", "97890")
    with pytest.raises(Conflict, match="on record already"):
        make_bank_account(entity, number="42001234567890")
    with pytest.raises((NotAllowed, NotFound)):
        open_bank_account(
            actor=finance(entity, Purpose.CUSTODY_DEPOSITS),
            operating_entity_id=entity.pk,
            purpose=Purpose.ROYALTIES,
            currency="CNY",
            bank_name="工商银行",
            number="4200123456",
            in_use_from=date(2026, 1, 1),
        )
    assert BankAccount.objects.count() == 2


def test_finance_of_another_purpose_or_entity_sees_and_does_nothing(account: BankAccount) -> None:
    line = make_line(account)
    for nobody in (
        finance(account.operating_entity, Purpose.CUSTODY_DEPOSITS),
        finance(make_entity()),
        acting(Role.SECRETARIAT, alliance=account.operating_entity.alliance),
        acting(Role.MEMBER_FINANCE, organisation=account.operating_entity.organisation),
    ):
        assert not selectors.bank_accounts(actor=nobody).exists()
        assert not selectors.statement_lines(actor=nobody).exists()
        with pytest.raises(NotFound):
            set_line_aside(actor=nobody, line_id=line.pk, reason="why")
        with pytest.raises(NotFound):
            take_lines(account, PAID, actor=nobody)
    line.refresh_from_db()
    assert (line.state, StatementLine.objects.count()) == ("open", 1)


def test_a_line_is_set_aside_with_a_reason_and_taken_up_again(account: BankAccount) -> None:
    line, actor = make_line(account), finance(account.operating_entity)
    with pytest.raises(InvalidInput):
        set_line_aside(actor=actor, line_id=line.pk, reason=" ")
    aside = set_line_aside(actor=actor, line_id=line.pk, reason="Nobody knows the payer.")
    assert (aside.state, aside.reason, aside.decided_by_id) == ("set_aside", "Nobody knows the payer.", actor.user_id)
    with pytest.raises(WrongState):
        set_line_aside(actor=actor, line_id=line.pk, reason="again")
    again = take_line_up(actor=actor, line_id=line.pk)
    assert (again.state, again.reason) == ("open", "")
    assert in_books(account) == (100, -100)


def test_a_reversed_line_is_undone_in_the_books_and_never_comes_back(account: BankAccount) -> None:
    line, actor = make_line(account, serial="A1"), finance(account.operating_entity)
    reversed_ = reverse_line(actor=actor, line_id=line.pk, reason="The bank took it back itself.")

    assert reversed_.state == LineState.REVERSED
    assert in_books(account) == (0, 0)
    assert take_lines(account, ("08", 100, 100, "A1")).statement.lines_new == 0
    with pytest.raises(WrongState):
        reverse_line(actor=actor, line_id=line.pk, reason="again")
    assert Entry.objects.count() == 2


@pytest.fixture
def receivable(account: BankAccount) -> Iterator[Account]:
    """What a room expects: a hundred yuan, which it takes when a line brings them."""
    expected = make_account(account.operating_entity, label="expected")

    def propose(lines: object, actor: Actor) -> dict[UUID, list[Proposal]]:
        found = {line.pk: line.amount_minor for line in lines}  # type: ignore[attr-defined]  # lines
        proposal = Proposal("ledger.account", expected.pk, "INV-1", 10_000, ("amount",))
        return {pk: [proposal] for pk, amount in found.items() if amount == 10_000}

    def take_it(actor: Actor, line: StatementLine, subject_id: UUID) -> None:
        if subject_id != expected.pk:
            raise Conflict("This is nothing that is expected.")
        suspense = suspense_of(account=line.bank_account, actor=actor)
        lines = [Line(suspense.pk, line.amount_minor), Line(expected.pk, -line.amount_minor)]
        entry = NewEntry(key=new_id(), name="thing.paid", effective_on=line.booked_on, subject=line, lines=lines)
        post_entry(actor=actor, operating_entity_id=line.bank_account.operating_entity_id, entry=entry)

    register_claimant(Claimant("test", "ledger.account", propose, take_it))
    yield expected
    claims._claimants.pop("test")


def test_the_room_that_expects_a_line_takes_it_or_leaves_everything_as_it_was(
    account: BankAccount, receivable: Account
) -> None:
    line, other = make_line(account, 100), make_line(account, 99)
    actor = finance(account.operating_entity)
    found = proposals_for([line, other], actor=actor)
    assert {pk: [proposal.title for _, proposal in told] for pk, told in found.items()} == {line.pk: ["INV-1"]}

    with pytest.raises(Conflict, match="nothing that is expected"):
        assign_line(actor=actor, line_id=line.pk, claimant="test", subject_id=new_id())
    line.refresh_from_db()
    assert (line.state, in_books(account)) == ("open", (199, -199))
    with pytest.raises(InvalidInput, match="Nobody claims"):
        assign_line(actor=actor, line_id=line.pk, claimant="nobody", subject_id=receivable.pk)

    taken = assign_line(actor=actor, line_id=line.pk, claimant="test", subject_id=receivable.pk)
    assert (taken.state, taken.subject_type, taken.subject_id) == ("assigned", "ledger.account", receivable.pk)
    assert in_books(account) == (199, -99)
    assert balances_of([receivable]) == {receivable.pk: -10_000}
    with pytest.raises(WrongState):
        assign_line(actor=actor, line_id=line.pk, claimant="test", subject_id=receivable.pk)
