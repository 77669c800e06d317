"""What is new to each payee, and whose total may be told to whom: exact cases, and what holds for all."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.distribution.calculation import (
    Given,
    Received,
    Share,
    Untold,
    new_shares,
    one_name_each,
    payments_table,
    still_waiting,
    total_untold,
    totals_by_payee,
)
from platform_core.access.aggregates.calculation import RULE

NOBODYS: frozenset[str] = frozenset()


def test_what_is_new_is_what_is_due_now_less_what_was_given() -> None:
    assert new_shares({"M1": 500, "~fee": 100}, {"M1": 200, "M2": 30}) == [
        Share("M1", 500, 200),
        Share("M2", 0, 30),
        Share("~fee", 100, 0),
    ]
    assert totals_by_payee([Share("M2", 10, 0), Share("M1", 5, 7), Share("M2", 1, 3)]) == {"M1": -2, "M2": 8}
    assert new_shares({"M1": 0}, {"M2": 0}) == []


payees = st.dictionaries(st.sampled_from(["M1", "M2", "~fee", "~held:M3"]), st.integers(-(10**12), 10**12))


@given(st.lists(payees, min_size=1, max_size=6))
def test_one_after_another_they_give_what_the_last_one_says(dues: list[dict[str, int]]) -> None:
    before: dict[str, int] = {}
    for now in dues:
        new = totals_by_payee(new_shares(now, before))
        assert sum(new.values()) == sum(now.values()) - sum(before.values())
        before = {payee: before.get(payee, 0) + new.get(payee, 0) for payee in {*before, *new}}
    assert {payee: amount for payee, amount in before.items() if amount} == {
        payee: amount for payee, amount in dues[-1].items() if amount
    }


@pytest.mark.parametrize(("digits", "text"), [(0, "1205"), (2, "12.05"), (3, "1.205")])
def test_payments_are_written_in_major_units_of_any_currency(digits: int, text: str) -> None:
    received = [Received("L2", 1205), Received("L1", 0), Received("L3", -5)]
    assert payments_table(received, digits=digits) == [("L2", text)]


def test_small_payments_keep_their_places() -> None:
    assert payments_table([Received("L1", 5)], digits=2) == [("L1", "0.05")]


def untold(
    money: Mapping[str, int],
    *,
    due: Mapping[str, int] | None = None,
    own: frozenset[str] = NOBODYS,
    told: tuple[Given, ...] = (),
) -> Untold | None:
    """Ask about the money of one period, of which nothing is left unpaid if nothing else is said."""
    return total_untold(Given({"2025Q1": money}), told=told, due={"2025Q1": due or money}, rule=RULE, own=own)


def test_the_total_of_three_of_whom_the_reader_owns_one_is_withheld() -> None:
    """The example of the page on access: 500k, 300k and 200k, the reader owns any one of them."""
    money = {"A": 500_000, "B": 300_000, "C": 200_000}
    assert untold(money) is None
    for own in money:
        assert untold(money, own=frozenset({own})) is Untold.TOO_FEW


def test_the_total_of_one_who_paid_most_of_it_is_withheld() -> None:
    assert untold({"A": 600, "B": 300, "C": 100}) is None
    assert untold({"A": 601, "B": 299, "C": 100}) is Untold.DOMINATED
    # Of the reader's own money it can take off what it paid.
    assert untold({"A": 600, "B": 200, "C": 200, "D": 200}, own=frozenset({"A"})) is None


def test_nothing_is_told_where_nobody_paid() -> None:
    assert untold({}) is Untold.TOO_FEW


def test_the_total_is_withheld_where_what_is_left_unpaid_is_of_too_few() -> None:
    money = {"A": 100, "B": 100, "C": 100}
    assert untold(money, due=money | {"D": 400}) is Untold.REST
    assert untold(money, due=money | {"D": 400, "E": 400}) is Untold.REST
    assert untold(money, due=money | {"D": 400, "E": 400, "F": 400}) is None
    # Paid in part: three owe the rest, or one alone.
    assert untold(money, due={"A": 150, "B": 150, "C": 150}) is None
    assert untold(money, due={"A": 150, "B": 100, "C": 100}) is Untold.REST
    # What the reader itself owes it knows anyway.
    assert untold(money, due=money | {"D": 400}, own=frozenset({"D"})) is None


def test_what_was_paid_in_a_distribution_that_was_not_told_counts_as_left() -> None:
    """The royalties of the period less this total would be what the one paid whose distribution was withheld."""
    due = {"A": 100, "B": 100, "C": 100, "D": 400}
    first, second = Given({"2025Q1": {"D": 400}}), {"A": 100, "B": 100, "C": 100}
    assert untold(second, due=due) is Untold.REST
    assert untold(second, due=due, told=(first,)) is None


def test_distributions_that_share_a_period_are_looked_at_in_one() -> None:
    three = {"A": 100, "B": 100, "C": 100}
    due = {"2025Q1": three | {"D": 50}, "2025Q2": three, "2025Q3": three | {"E": 900}}
    now = Given({"2025Q2": three})
    assert total_untold(now, told=(), due=due, rule=RULE, own=NOBODYS) is None
    # Told in one sum with the first quarter, of which one still owes.
    half = {name: amount // 2 for name, amount in three.items()}
    both = Given({"2025Q1": three, "2025Q2": half})
    rest = Given({"2025Q2": half})
    assert total_untold(rest, told=(both,), due=due, rule=RULE, own=NOBODYS) is Untold.REST
    # A period that was told by itself has no part in it.
    assert total_untold(now, told=(Given({"2025Q3": three}),), due=due, rule=RULE, own=NOBODYS) is None


def test_what_is_taken_back_weighs_like_what_is_paid() -> None:
    assert untold({"A": -700, "B": 100, "C": 100}, due={}) is Untold.DOMINATED


@given(
    st.dictionaries(st.sampled_from("ABCDEFG"), st.integers(1, 1000), min_size=1),
    st.dictionaries(st.sampled_from("ABCDEFG"), st.integers(0, 1000)),
    st.frozensets(st.sampled_from("ABCDEFG"), max_size=2),
)
def test_what_is_told_leaves_no_figure_of_fewer_than_three_others(
    money: dict[str, int], left: dict[str, int], own: frozenset[str]
) -> None:
    due = {name: money.get(name, 0) + left.get(name, 0) for name in {*money, *left}}
    if untold(money, due=due, own=own) is None:
        for figure in (money, left):
            others = [amount for name, amount in figure.items() if amount and name not in own]
            assert len(others) >= 3 or (figure is left and not others)
            assert not others or 100 * max(others) <= 60 * sum(others)


def test_groups_that_a_licence_passed_between_are_one() -> None:
    assert one_name_each([{"a"}, {"b", "c"}, {"c", "d"}, {"e"}]) == {"a": "a", "b": "b", "c": "b", "d": "b", "e": "e"}


@pytest.mark.parametrize(
    ("shares", "waiting"),
    [
        ([], 0),
        ([(0, 100, True)], 100),
        ([(0, 100, False)], 0),
        # What sets off a debt is paid to nobody, and waits for nothing.
        ([(-60, 100, True)], 40),
        ([(-160, 100, True)], 0),
        ([(-160, 100, True), (-60, 100, False)], 0),
        # What is taken back is taken off what may be paid first, then off what waits, and what comes next waits anew.
        ([(0, 40, False), (40, 100, True), (140, -30, False)], 100),
        ([(0, 100, True), (100, -30, False), (70, 50, False)], 70),
        ([(0, 100, True), (100, -150, False), (-50, 80, True)], 30),
        ([(0, 100, True), (100, -150, False), (-50, 80, False)], 0),
    ],
)
def test_no_more_of_a_share_waits_than_it_adds_to_what_is_owed(
    shares: list[tuple[int, int, bool]], waiting: int
) -> None:
    assert still_waiting(shares) == waiting


@given(st.integers(-500, 500), st.lists(st.tuples(st.integers(-300, 300), st.booleans()), max_size=8))
def test_what_waits_is_part_of_what_is_owed_and_of_what_was_asked_for(
    first: int, moves: list[tuple[int, bool]]
) -> None:
    stands, shares = first, []
    for amount, asked in moves:
        shares.append((stands, amount, asked and amount > 0))
        stands += amount
    waiting = still_waiting(shares)
    assert 0 <= waiting <= max(0, stands) or not moves
    assert waiting <= sum(amount for _, amount, waits in shares if waits)
    # Waiting for less keeps no more back.
    assert still_waiting([(before, amount, False) for before, amount, _ in shares]) == 0
