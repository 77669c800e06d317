"""Identifiers and time."""

import threading
import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from platform_core import ids
from platform_core.clock import FixedClock, SystemClock, today


def test_ids_are_of_version_7_and_each_is_later_than_the_one_before() -> None:
    made = [ids.new_id() for _ in range(20_000)]

    assert all(one.version == 7 and one.variant == "specified in RFC 4122" for one in made)
    assert made == sorted(set(made))


def test_ids_begin_with_the_millisecond_they_were_made_in(monkeypatch: pytest.MonkeyPatch) -> None:
    later = (2**47) * 1_000_000
    monkeypatch.setattr(time, "time_ns", lambda: later)
    monkeypatch.setattr(ids, "_last_millisecond", 0)

    assert ids.new_id().int >> 80 == 2**47


def test_ids_stay_in_order_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ids.new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000)

    assert ids.new_id() > before


def test_ids_stay_in_order_when_the_random_part_overflows(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ids.new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000)
    monkeypatch.setattr(ids, "_last_random", (1 << 74) - 1)

    after = ids.new_id()
    assert after > before
    assert after.version == 7


def test_threads_never_make_the_same_id() -> None:
    made: list[list[object]] = []

    def make() -> None:
        made.append([ids.new_id() for _ in range(5_000)])

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({one for part in made for one in part}) == 20_000


@pytest.mark.parametrize(
    ("instant", "zone", "day"),
    [
        (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), "Asia/Shanghai", date(2026, 12, 31)),
        (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), "Asia/Shanghai", date(2027, 1, 1)),
        (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), "UTC", date(2026, 12, 31)),
    ],
)
def test_the_zone_decides_which_day_it_is(instant: datetime, zone: str, day: date) -> None:
    assert today(FixedClock(instant), zone) == day


def test_a_fixed_clock_stands_until_it_is_moved_and_tells_utc() -> None:
    clock = FixedClock(datetime(2026, 3, 2, 12, 0, tzinfo=timezone(timedelta(hours=8))))
    assert clock.now() == datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    assert clock.now().tzinfo is UTC

    clock.move(timedelta(days=-1))
    assert clock.now() == datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        FixedClock(datetime.fromisoformat("2026-03-02"))


def test_the_machines_clock_tells_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
