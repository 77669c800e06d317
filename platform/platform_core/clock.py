"""Where time comes from: services read the clock they are given, so that a test or a replay can set it."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the present instant in UTC."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the machine's present instant, in UTC."""
        return datetime.now(UTC)

    def __repr__(self) -> str:
        return "SystemClock()"


class FixedClock:
    """A clock that stands still until it is moved, for tests and for deterministic data."""

    def __init__(self, instant: datetime) -> None:
        if instant.tzinfo is None:
            raise ValueError("a clock needs an instant with a zone")
        self._instant = instant.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant the clock stands at, in UTC."""
        return self._instant

    def move(self, by: timedelta) -> None:
        """Move the clock by a span, which may be negative."""
        self._instant += by

    def set(self, instant: datetime) -> None:
        """Set the clock to another instant."""
        if instant.tzinfo is None:
            raise ValueError("a clock needs an instant with a zone")
        self._instant = instant.astimezone(UTC)

    def __repr__(self) -> str:
        return f"FixedClock({self._instant.isoformat()})"


def today(clock: Clock, zone: str | ZoneInfo) -> date:
    """Return the calendar day that the clock's instant falls on in a zone, such as an alliance's."""
    place = ZoneInfo(zone) if isinstance(zone, str) else zone
    return clock.now().astimezone(place).date()
