"""Taking statements in and settling their lines at the same moment, by real threads on real connections."""

import pytest

from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Role
from platform_core.ledger.models import Entry
from platform_core.treasury.models import BankAccount, BankStatement, StatementLine
from platform_core.treasury.services import reverse_line, set_line_aside
from tests.concurrency.core.test_races import THREADS, outcome, together
from tests.factories.core import acting, make_entity
from tests.factories.treasury import make_bank_account, make_line, take_lines

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def entity() -> OperatingEntity:
    return make_entity()


@pytest.fixture
def account(entity: OperatingEntity) -> BankAccount:
    return make_bank_account(entity)


def test_the_same_statement_taken_in_by_several_is_taken_in_once(account: BankAccount) -> None:
    found = together(lambda number: take_lines(account, ("08", 100, 100, "A1"), ("09", 5, 105, "A2")).statement.pk)

    assert set(found) == {BankStatement.objects.get().pk}
    assert (StatementLine.objects.count(), Entry.objects.count()) == (2, 2)


def test_statements_that_overlap_bring_each_line_once(account: BankAccount) -> None:
    lines = [(f"{day:02}", 1, day, f"A{day}") for day in range(1, THREADS + 2)]
    together(lambda number: take_lines(account, lines[number], lines[number + 1]))

    assert sorted(StatementLine.objects.values_list("serial", flat=True)) == sorted(line[3] for line in lines)
    assert Entry.objects.count() == len(lines)


def test_a_line_is_settled_by_one_of_several(account: BankAccount) -> None:
    line = make_line(account)
    people = [acting(Role.FINANCE, entity=account.operating_entity) for _ in range(THREADS)]

    results = together(
        lambda number: outcome(
            lambda: (reverse_line if number % 2 else set_line_aside)(
                actor=people[number], line_id=line.pk, reason="why"
            )
        )
    )

    # Who reverses may come behind one who set aside, and never the other way round.
    assert results.count("done") in (1, 2)
    assert set(results) <= {"done", "wrong_state"}
    line.refresh_from_db()
    reversed_ = Entry.objects.filter(name="entry.reversed").count()
    assert (line.state, reversed_) in (("reversed", 1), ("set_aside", 0))
