"""Arrays of whole numbers give what Python's own integers give, whatever their size."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.engine.exact import (
    apportion_groups,
    apportion_rows,
    ints,
    mul_div,
    narrow,
    round_ratio,
    running_before,
    times,
)
from licensing.engine.royalties import _largest_fraction
from platform_core.money import apportion, round_half_away

# Sizes around the places where one way of working it out ends and the next begins.
bits = st.sampled_from([1, 3, 20, 31, 49, 50, 51, 59, 60, 61, 62, 63, 64, 90])


@st.composite
def whole(draw: st.DrawFn) -> int:
    top = 2 ** draw(bits)
    return draw(st.one_of(st.integers(0, top), st.sampled_from([0, 1, top - 1, top, top + 1])))


def expected(total: int, weights: list[int]) -> list[int]:
    return apportion(total, weights) if any(weights) else [0] * len(weights)


@given(st.lists(st.tuples(whole(), st.lists(whole(), min_size=1, max_size=5)), min_size=1, max_size=4))
def test_groups_are_apportioned_like_single_amounts(groups: list[tuple[int, list[int]]]) -> None:
    weights = [weight for _, row in groups for weight in row]
    starts = np.cumsum([0, *(len(row) for _, row in groups)])[:-1]

    parts = apportion_groups(ints(total for total, _ in groups), ints(weights), starts)

    assert parts.tolist() == [part for total, row in groups for part in expected(total, row)]


def rows_of_width(width: int) -> st.SearchStrategy[list[tuple[int, list[int]]]]:
    row = st.tuples(whole(), st.lists(whole(), min_size=width, max_size=width))
    return st.lists(row, min_size=1, max_size=4)


@given(st.integers(1, 15).flatmap(rows_of_width))
def test_rows_are_apportioned_like_single_amounts(rows: list[tuple[int, list[int]]]) -> None:
    weights = ints(weight for _, row in rows for weight in row).reshape(len(rows), -1)

    parts = apportion_rows(ints(total for total, _ in rows), weights)

    assert parts.tolist() == [expected(total, row) for total, row in rows]


@given(whole(), whole(), st.integers(0, 2**90))
def test_a_product_is_divided_without_loss(right: int, whole_minus_one: int, left: int) -> None:
    divisor = whole_minus_one + 1
    left %= divisor

    quotient, rest = mul_div(ints([left]), ints([right]), ints([divisor]))

    assert (int(quotient[0]), int(rest[0])) == divmod(left * right, divisor)


@given(st.lists(whole(), min_size=1), st.fractions(-(10**30), 10**30, max_denominator=10**24))
def test_a_ratio_is_rounded_half_away_from_zero(values: list[int], factor: Fraction) -> None:
    signed = [value if place % 2 else -value for place, value in enumerate(values)]

    assert round_ratio(ints(signed), factor).tolist() == [round_half_away(value * factor) for value in signed]


@given(st.lists(whole(), min_size=1), st.integers(-(2**70), 2**70))
def test_products_and_running_sums_grow_beyond_64_bits(values: list[int], factor: int) -> None:
    assert times(ints(values), factor).tolist() == [value * factor for value in values]
    assert running_before(ints(values), np.array([0])).tolist() == [sum(values[:n]) for n in range(len(values))]


@pytest.mark.parametrize("value", [2**62 - 1, 2**62, 2**63, -(2**63)])
def test_narrowing_keeps_every_number(value: int) -> None:
    assert narrow(np.array([value], dtype=object)).tolist() == [value]


@given(st.fractions(0, 10**21, max_denominator=10**24), st.integers(1, 500))
def test_the_nearest_fraction_below_is_found(value: Fraction, most: int) -> None:
    p, q = _largest_fraction(value, most)

    best = max(Fraction(value.numerator * n // value.denominator, n) for n in range(1, most + 1))
    assert Fraction(p, q) == best
    assert q <= most
