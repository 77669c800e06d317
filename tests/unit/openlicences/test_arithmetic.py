"""Royalties to the cent, periods that end with the calendar's, and what guidance says to a price."""

from datetime import date
from decimal import Decimal

import pytest

from licensing.openlicences.calculation import Period, exceeds, periods, royalty
from licensing.openlicences.guidance import guidance_on
from licensing.openlicences.lifecycle import DECLARATION_LIFECYCLE, OPEN_LICENCE_LIFECYCLE
from licensing.openlicences.models import DeclarationState, OpenLicenceState


@pytest.mark.parametrize(
    ("base", "rate", "due"),
    [
        (100_000_000, "3.5", 3_500_000),
        (1, "50", 1),  # half a fen goes up
        (1, "49.9999", 0),
        (333, "0.1502", 1),
        (10**15, "0.0001", 10**9),
        (0, "20", 0),
    ],
)
def test_a_royalty_is_rounded_once_and_exact(base: int, rate: str, due: int) -> None:
    assert royalty(base, Decimal(rate)) == due


def test_periods_end_with_the_calendar_and_the_outer_ones_are_cut() -> None:
    assert periods(3, date(2026, 2, 10), date(2026, 8, 15)) == [
        Period(date(2026, 2, 10), date(2026, 3, 31)),
        Period(date(2026, 4, 1), date(2026, 6, 30)),
        Period(date(2026, 7, 1), date(2026, 8, 15)),
    ]
    assert periods(1, date(2028, 2, 1), date(2028, 2, 29)) == [Period(date(2028, 2, 1), date(2028, 2, 29))]
    assert periods(12, date(2025, 12, 31), date(2026, 1, 1)) == [
        Period(date(2025, 12, 31), date(2025, 12, 31)),
        Period(date(2026, 1, 1), date(2026, 1, 1)),
    ]
    assert periods(6, date(2026, 1, 1), date(2025, 12, 31)) == []


@pytest.mark.parametrize(
    ("lump", "rate", "above"),
    [
        (2_000_000_000, None, False),
        (2_000_000_001, None, True),
        (None, "20", False),
        (None, "20.0001", True),
        (1, "20.5", True),
        (None, None, False),
    ],
)
def test_a_price_on_the_limit_is_within_guidance(lump: int | None, rate: str | None, above: bool) -> None:
    rule = guidance_on(date(2026, 3, 1))
    assert rule is not None
    assert rule.source
    found = exceeds(
        lump_minor=lump,
        rate_percent=None if rate is None else Decimal(rate),
        lump_limit_minor=rule.lump_minor,
        rate_limit_percent=rule.net_sales_percent,
    )
    assert found is above
    assert rule.profit_percent == 40


def test_there_was_no_guidance_before_there_were_open_licences() -> None:
    assert guidance_on(date(2021, 5, 31)) is None


def test_steps_lead_where_they_should_and_nowhere_else() -> None:
    assert DECLARATION_LIFECYCLE.states == frozenset(DeclarationState)
    assert DECLARATION_LIFECYCLE.final() == {
        DeclarationState.REFUSED,
        DeclarationState.WITHDRAWN,
        DeclarationState.CANCELLED,
    }
    assert OPEN_LICENCE_LIFECYCLE.states == frozenset(OpenLicenceState)
    assert OPEN_LICENCE_LIFECYCLE.final() == {
        OpenLicenceState.WITHDRAWN,
        OpenLicenceState.VOID,
        OpenLicenceState.CANCELLED,
    }
