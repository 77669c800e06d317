"""Tax on what is paid, rounded once; what was given too much is set off before anything is taxed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.distribution.withholding.calculation import set_off_before, tax_on


@pytest.mark.parametrize(
    ("base", "percent", "tax"),
    [(18_000, "10", 1_800), (18_141, "7.5", 1_361), (15, "10", 2), (14, "10", 1), (5, "10", 1), (0, "10", 0)],
)
def test_halves_are_rounded_up_once(base: int, percent: str, tax: int) -> None:
    assert tax_on(base, Decimal(percent)) == tax


@pytest.mark.parametrize(
    ("before", "set_off"),
    [([], 0), ([100], 0), ([-30], 30), ([100, -30], 30), ([-30, 20], 10), ([-30, 100], 0), ([-30, 20, -5], 15)],
)
def test_what_was_given_too_much_is_set_off_against_what_comes_next(before: list[int], set_off: int) -> None:
    assert set_off_before(before) == set_off


@given(st.lists(st.integers(-(10**6), 10**6), max_size=12))
def test_what_is_taxed_is_what_was_given_less_what_was_taken_back(amounts: list[int]) -> None:
    """However shares and claw-backs follow each other: all that is taxed, less what is still to be set off."""
    taxed = 0
    for place, amount in enumerate(amounts):
        if amount > 0:
            taxed += amount - min(amount, set_off_before(amounts[:place]))
    assert taxed - set_off_before(amounts) == sum(amounts)
