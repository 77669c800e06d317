"""Taking statements in and settling their lines at the same moment, by real threads on real connections."""

import pytest

from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Role
from platform_core.ledger.models import Entry
from platform_core.treasury.models import BankAccount, BankStatement, PayoutFile, StatementLine
from platform_core.treasury.services import (
    assign_line,
    make_payout_file,
    release_payout,
    reverse_line,
    set_line_aside,
    take_payout_file,
)
from tests.concurrency.core.test_races import THREADS, outcome, together
from tests.factories.core import acting, make_entity, make_organisation
from tests.factories.treasury import make_bank_account, make_line, make_payout, payee_in_force, take_lines

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


def test_a_payment_is_released_by_two_of_several_and_booked_once(account: BankAccount) -> None:
    payee = make_organisation()
    payee_in_force(payee)
    payout = make_payout(account, payee)
    people = [acting(Role.FINANCE, entity=account.operating_entity) for _ in range(THREADS)]

    results = together(lambda number: outcome(lambda: release_payout(actor=people[number], payout_id=payout.pk)))

    assert sorted(results) == ["done", "done", *["wrong_state"] * (THREADS - 2)]
    payout.refresh_from_db()
    assert (payout.state, payout.first_released_by_id == payout.released_by_id) == ("released", False)
    assert Entry.objects.filter(name="payout.released").count() == 1


def test_released_payments_go_into_one_file_and_it_is_handed_out_once(account: BankAccount) -> None:
    payee = make_organisation()
    payee_in_force(payee)
    people = [acting(Role.FINANCE, entity=account.operating_entity) for _ in range(THREADS)]
    for _ in range(2):
        payout = make_payout(account, payee)
        for person in people[:2]:
            release_payout(actor=person, payout_id=payout.pk)

    made = together(lambda number: outcome(lambda: make_payout_file(actor=people[number], bank_account_id=account.pk)))
    assert sorted(made) == ["done", *["wrong_state"] * (THREADS - 1)]
    file = PayoutFile.objects.get()
    assert (file.payouts_count, file.payouts.count()) == (2, 2)
    taken = together(lambda number: outcome(lambda: take_payout_file(actor=people[number], file_id=file.pk)))
    assert sorted(taken) == ["done", *["wrong_state"] * (THREADS - 1)]


def test_a_line_pays_one_of_several_payments_and_a_payment_is_paid_by_one_line(account: BankAccount) -> None:
    payee = make_organisation()
    payee_in_force(payee)
    people = [acting(Role.FINANCE, entity=account.operating_entity) for _ in range(THREADS)]
    payout = make_payout(account, payee, 10_000)
    for person in people[:2]:
        release_payout(actor=person, payout_id=payout.pk)
    lines = [make_line(account, -100) for _ in range(THREADS)]

    results = together(
        lambda number: outcome(
            lambda: assign_line(actor=people[number], line_id=lines[number].pk, claimant="payout", subject_id=payout.pk)
        )
    )

    assert sorted(results) == ["done", *["wrong_state"] * (THREADS - 1)]
    assert StatementLine.objects.filter(state="assigned").count() == 1
    assert Entry.objects.filter(name="payout.paid").count() == 1
