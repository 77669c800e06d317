"""A connection is asked at its hour of the alliance's own day, and soon again where that failed."""

from datetime import UTC, datetime, timedelta

import pytest

from platform_core.connections.calculation import AGAIN_AFTER, next_run, try_again

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""Noon in Shanghai on a Monday."""


@pytest.mark.parametrize(
    ("every", "on_day", "at_hour", "expected"),
    [
        ("day", 1, 13, datetime(2026, 3, 2, 5, 0, tzinfo=UTC)),
        ("day", 1, 12, datetime(2026, 3, 3, 4, 0, tzinfo=UTC)),
        ("day", 1, 3, datetime(2026, 3, 2, 19, 0, tzinfo=UTC)),
        ("week", 1, 3, datetime(2026, 3, 8, 19, 0, tzinfo=UTC)),
        ("week", 7, 3, datetime(2026, 3, 7, 19, 0, tzinfo=UTC)),
        ("month", 28, 0, datetime(2026, 3, 27, 16, 0, tzinfo=UTC)),
        ("month", 2, 3, datetime(2026, 4, 1, 19, 0, tzinfo=UTC)),
    ],
)
def test_the_next_time_is_later_than_now(every: str, on_day: int, at_hour: int, expected: datetime) -> None:
    assert next_run(NOON, every=every, on_day=on_day, at_hour=at_hour, zone="Asia/Shanghai") == expected


def test_an_hour_that_a_day_leaves_out_is_still_that_day() -> None:
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    # Clocks in Berlin went from two to three.
    found = next_run(before, every="day", on_day=1, at_hour=2, zone="Europe/Berlin")
    assert found == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_what_failed_is_tried_again_soon_then_rarely_and_never_later_than_its_day() -> None:
    regular = NOON + timedelta(hours=5)
    assert [try_again(NOON, failures, regular) - NOON for failures in (1, 2, 3, 4, 9)] == [
        AGAIN_AFTER[0],
        AGAIN_AFTER[1],
        *[timedelta(hours=5)] * 3,
    ]
