"""Whether a right stands, and why, from its days and the events that were announced of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pools.patents.status.effects import DISCONTINUED, ENDINGS, Effect, effect_of, is_weighty


class State(StrEnum):
    """Where a right stands on a day."""

    UNKNOWN = "unknown"
    PENDING = "pending"
    """Filed, not granted."""
    IN_FORCE = "in_force"
    LAPSED = "lapsed"
    EXPIRED = "expired"
    ABANDONED = "abandoned"
    ENDED = "ended"
    INVALIDATED = "invalidated"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A legal event: where, which code, announced when, and from when it counts (None: not said)."""

    office: str
    code: str
    on: date
    effective_on: date | None = None
    at_office: str = ""
    """The country it concerns, where an office announces for others (PG25 of EP)."""

    @property
    def counts_from(self) -> date:
        """Return the day from which it counts: what is not said is the day it was announced."""
        return self.effective_on or self.on


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A time a right was in force: first day, first day no longer (None: still), and the event that ended it."""

    first: date
    end: date | None
    ended_by: Event | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a right stands on a day, why, when it was in force, and which events somebody should look at."""

    state: State
    why: Event | None
    """The event that decided; None: the days alone did."""
    since: date | None
    intervals: tuple[Interval, ...]
    to_look_at: tuple[Event, ...]


def standing_of(
    country: str,
    events: Iterable[Event],
    *,
    on: date,
    filed_on: date | None = None,
    granted_on: date | None = None,
    term_ends_on: date | None = None,
) -> Standing:
    """Say where a right of a country stands on a day.

    Events count from the day they say, and from their announcement where they say none; those announced after `on`
    are not known yet, those that count later have not come. `term_ends_on`: first day after the longest term.
    """
    known = sorted(
        (event for event in events if event.on <= on and _concerns(country, event)),
        key=lambda event: (event.counts_from, event.on),
    )
    odd = tuple(event for event in known if is_weighty(event.office, event.code))
    state, since = (State.PENDING, filed_on) if filed_on else (State.UNKNOWN, None)
    why: Event | None = None
    first = granted_on
    intervals: list[Interval] = []
    if granted_on is not None and granted_on <= on:
        state, since = State.IN_FORCE, granted_on
    for event in known:
        effect = effect_of(event.office, event.code)
        if effect is None or event.counts_from > on:
            continue
        if effect is Effect.GRANTED and first is None:
            first, state, why, since = event.counts_from, State.IN_FORCE, event, event.counts_from
        elif effect in ENDINGS and state is State.IN_FORCE and first is not None:
            state, why, since = State(effect), event, event.counts_from
            if effect is Effect.INVALIDATED:
                # As if it had never been granted, for all its time.
                intervals, since = [], first
            else:
                intervals.append(Interval(first=first, end=max(first, event.counts_from), ended_by=event))
        elif effect is Effect.RESTORED and state in (State.LAPSED, State.ENDED) and intervals:
            # What is restored never ended.
            first = intervals.pop().first
            state, why, since = State.IN_FORCE, event, event.counts_from
        elif effect in DISCONTINUED and state in (State.PENDING, State.UNKNOWN):
            state, why, since = State(effect), event, event.counts_from
    if state is State.IN_FORCE and first is not None:
        if term_ends_on is not None and term_ends_on <= on:
            state, why, since = State.EXPIRED, None, term_ends_on
        intervals.append(Interval(first=first, end=term_ends_on))
    return Standing(state=state, why=why, since=since, intervals=tuple(intervals), to_look_at=odd)


def _concerns(country: str, event: Event) -> bool:
    """Say whether an event is of a country's right: its own office's, or one announced for it, or for all."""
    if event.at_office:
        return event.at_office == country
    return event.office == country or event.office == "EP"
