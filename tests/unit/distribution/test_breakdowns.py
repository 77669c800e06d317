"""What statements tell by product and country adds up to them, and is nothing that their readers could not work out."""

import random
from collections.abc import Sequence
from fractions import Fraction
from uuid import UUID

import pytest

from licensing.distribution.breakdowns.calculation import (
    NOTHING,
    Part,
    Progress,
    Shown,
    Standing,
    Unshown,
    is_even,
    shares_in_minor,
    shown,
)
from platform_core.access.aggregates.calculation import Place
from platform_core.ids import new_id

CLOSE = UUID(int=1)
TV, ABROAD, BOX = ("tv", "CN"), ("tv", "DE"), ("box", "CN")
PARTS: Sequence[Part] = [(("tv",), ("CN",)), (("tv",), ("DE",))]


def standing(given: int, shares: dict[Place, int] | None, *, close: UUID = CLOSE, even: bool = True) -> Standing:
    return Standing(close, given, shares, even)


def test_parts_that_the_close_does_not_tell_stay_in_one_sum() -> None:
    now = standing(100, {TV: 60, ABROAD: 30, BOX: 10})
    told = shown([Progress(NOTHING, now, PARTS)])
    assert told == Shown([((("tv",), ("CN",)), 60), ((("tv",), ("DE",)), 30)], others_minor=10)


def test_only_what_is_new_is_told() -> None:
    before, now = standing(50, {TV: 30, ABROAD: 20}), standing(100, {TV: 60, ABROAD: 40})
    told = shown([Progress(before, now, PARTS), Progress(now, now, ())])
    assert told == Shown([((("tv",), ("CN",)), 30), ((("tv",), ("DE",)), 20)], others_minor=0)


@pytest.mark.parametrize(
    ("before", "now", "why"),
    [
        (NOTHING, standing(9, {TV: 9}, even=False), Unshown.PAYMENTS_DIFFER),
        (standing(3, {TV: 3}, even=False), standing(9, {TV: 9}), Unshown.PAYMENTS_DIFFER),
        (standing(3, {TV: 3}, close=UUID(int=2)), standing(9, {TV: 9}), Unshown.CORRECTED),
        (Standing(given_minor=3, shares=None), standing(9, {TV: 9}), Unshown.UNKNOWN_BEFORE),
        (NOTHING, standing(9, {BOX: 9}), Unshown.NOT_OF_CLOSES),
    ],
)
def test_where_it_would_tell_of_few_nothing_is_told(before: Standing, now: Standing, why: Unshown) -> None:
    assert shown([Progress(before, now, PARTS)]) == why
    if why is not Unshown.NOT_OF_CLOSES:
        # One such period hides the others too: what is left of the sum would be it.
        assert shown([Progress(NOTHING, standing(5, {TV: 5}), PARTS), Progress(before, now, PARTS)]) == why


def test_payments_are_even_where_everybody_but_the_reader_paid_the_same_part() -> None:
    one, other, own = new_id(), new_id(), new_id()
    due = {one: 100, other: 300, own: 50, new_id(): 0}
    assert is_even({}, due, own=())
    assert is_even({one: 50, other: 150, own: 1}, due, own={own})
    assert not is_even({one: 50, other: 150, own: 1}, due, own=())
    assert not is_even({one: 100, other: 299}, due, own={own})


@pytest.mark.parametrize("seed", range(60))
def test_what_is_told_follows_from_what_the_close_told(seed: int) -> None:
    """Statement after statement, however licensees pay: each told amount is a multiple of one that was told before.

    Were it not, it would be one more equation, and could be solved for what one licensee sold. Sums are kept as well.
    """
    draw = random.Random(seed)
    licences = [new_id() for _ in range(draw.randint(3, 5))]
    places = [TV, ABROAD, BOX][: draw.randint(1, 3)]
    sold = {licence: {place: draw.randint(0, 900) for place in places} for licence in licences}
    due = {licence: sum(of.values()) for licence, of in sold.items()}
    told = PARTS if draw.random() < 0.7 else PARTS[:1]

    def after(paid: dict[UUID, Fraction]) -> Standing:
        exact = {place: sum(paid[key] * sold[key][place] for key in licences) for place in places}
        micros = {place: int(amount * 10**6) for place, amount in exact.items()}
        given = int(sum(exact.values()))
        used = {key: int(paid[key] * due[key]) for key in licences}
        return standing(given, shares_in_minor(given, micros), even=is_even(used, due, own=()))

    paid = {key: Fraction(0) for key in licences}
    start = NOTHING
    waiting = told_sum = 0
    at_start = dict(paid)
    for _ in range(4):
        step = draw.choice([Fraction(1), Fraction(1, 2), Fraction(0)])
        paid = {key: part if draw.random() < 0.3 else max(part, step) for key, part in paid.items()}
        now = after(paid)
        found = shown([Progress(start, now, told)])
        waiting = now.given_minor - start.given_minor
        if not isinstance(found, Shown) or not waiting:
            continue
        assert sum(amount for _, amount in found.cells) + found.others_minor == waiting
        parts = {paid[key] - at_start[key] for key in licences if due[key]}
        assert len(parts) == 1, "those who paid another part could be told apart"
        for (products, countries), amount in found.cells:
            whole = sum(of.get((products[0], countries[0]), 0) for of in sold.values())
            assert abs(amount - parts.copy().pop() * whole) <= 2
        told_sum += waiting
        start, at_start = now, dict(paid)
    assert told_sum == start.given_minor
