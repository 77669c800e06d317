"""Parts of an invoice: filled in the order of their days, reduced by the rule, late each from its own day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.billing.instalments import (
    CreditsReduce,
    Movement,
    Part,
    Plan,
    broken_on,
    late_spans,
    open_parts,
    standings,
)

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
PARTS = (Part(MARCH, 100), Part(APRIL, 200), Part(MAY, 300))


def paid(amount: int, on: date = date(2026, 2, 1)) -> Movement:
    return Movement(on, amount, reduces=False)


def credited(amount: int, on: date = date(2026, 2, 1)) -> Movement:
    return Movement(on, amount, reduces=True)


@pytest.mark.parametrize(
    ("reduce", "movements", "opened"),
    [
        (CreditsReduce.LAST, [], [100, 200, 300]),
        (CreditsReduce.LAST, [paid(150)], [0, 150, 300]),
        (CreditsReduce.LAST, [credited(350)], [100, 150, 0]),
        (CreditsReduce.FIRST, [credited(150)], [0, 150, 300]),
        (CreditsReduce.LAST, [paid(150), credited(350)], [0, 100, 0]),
        (CreditsReduce.LAST, [paid(150), paid(-100)], [50, 200, 300]),
        # What was paid before the parts were agreed, and is taken back, is open with the first.
        (CreditsReduce.LAST, [paid(-40)], [140, 200, 300]),
        # And is credited like the rest of it: what is open of the parts is what is open of the invoice.
        (CreditsReduce.LAST, [credited(650), paid(-100)], [50, 0, 0]),
        (CreditsReduce.FIRST, [credited(250), paid(-100)], [0, 150, 300]),
        (CreditsReduce.LAST, [credited(-50), paid(620)], [0, 0, 30]),
    ],
)
def test_money_fills_parts_in_order_and_credits_reduce_by_the_rule(
    reduce: CreditsReduce, movements: list[Movement], opened: list[int]
) -> None:
    assert open_parts(Plan(PARTS, reduce), movements) == opened


@given(
    amounts=st.lists(st.integers(1, 10**6), min_size=2, max_size=8),
    shares=st.lists(st.tuples(st.integers(0, 10**6), st.booleans()), max_size=6),
    reduce=st.sampled_from(CreditsReduce),
)
def test_what_is_open_of_the_parts_is_what_is_open_of_the_whole(
    amounts: list[int], shares: list[tuple[int, bool]], reduce: CreditsReduce
) -> None:
    parts = [Part(MARCH + timedelta(days=30 * place), amount) for place, amount in enumerate(amounts)]
    left, movements = sum(amounts), []
    for share, reduces in shares:
        taken = min(share, left)
        left -= taken
        movements.append(Movement(MARCH, taken, reduces))
    opened = open_parts(Plan(parts, reduce), movements)
    assert sum(opened) == left
    assert all(0 <= rest <= part.amount_minor for rest, part in zip(opened, parts, strict=True))


def test_a_broken_plan_falls_due_as_a_whole_if_it_says_so() -> None:
    movements = [paid(100, MARCH), paid(200, APRIL + timedelta(days=1))]
    whole = Plan(PARTS, falls_due_whole=True)
    assert broken_on(whole, movements, on=APRIL) is None
    assert broken_on(whole, movements, on=APRIL + timedelta(days=1)) == APRIL
    # Paid a day late, the second part is settled, and the third is due since its day all the same.
    told = [(each.open_minor, each.falls_due_on) for each in standings(whole, movements, on=date(2026, 4, 2))]
    assert told == [(0, MARCH), (0, APRIL), (300, APRIL)]
    kept = standings(Plan(PARTS), movements, on=date(2026, 4, 2))
    assert [each.falls_due_on for each in kept] == [MARCH, APRIL, MAY]
    in_time = [paid(100, MARCH), paid(200, APRIL)]
    assert broken_on(whole, in_time, on=MAY) is None


def test_each_part_is_late_from_the_day_after_its_own() -> None:
    movements = [paid(60, date(2026, 3, 11)), paid(100, date(2026, 4, 11))]
    spans = late_spans(Plan(PARTS), movements, first=date(2026, 3, 2), end=date(2026, 5, 11))
    assert [(span.due_on, str(span.first), str(span.end), span.open_minor) for span in spans] == [
        (MARCH, "2026-03-02", "2026-03-12", 100),
        (MARCH, "2026-03-12", "2026-04-12", 40),
        (APRIL, "2026-04-02", "2026-04-12", 200),
        (APRIL, "2026-04-12", "2026-05-11", 140),
        (MAY, "2026-05-02", "2026-05-11", 300),
    ]
