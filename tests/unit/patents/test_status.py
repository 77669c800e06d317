"""A status always says why, and no event makes a right stand that does not."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.patents.status import Effect, Event, Interval, State, effect_of, is_weighty, standing_of

FILED, GRANTED, TERM = date(2013, 5, 27), date(2016, 5, 4), date(2033, 5, 27)
TODAY = date(2026, 11, 29)


def chinese(code: str, on: date, effective_on: date | None = None) -> Event:
    """Return an event of the Chinese gazette."""
    return Event(office="CN", code=code, on=on, effective_on=effective_on)


def state_after(*events: Event, on: date = TODAY, country: str = "CN") -> tuple[State, Event | None]:
    """Return state and reason of a right that was granted."""
    standing = standing_of(country, events, on=on, filed_on=FILED, granted_on=GRANTED, term_ends_on=TERM)
    return standing.state, standing.why


LAPSE = chinese("CF01", date(2021, 5, 14), date(2020, 5, 27))
BACK = chinese("RR01", date(2021, 9, 3))
INVALID = chinese("IW01", date(2022, 3, 1))


@pytest.mark.parametrize(
    ("events", "state", "why"),
    [
        ((), State.IN_FORCE, None),
        ((LAPSE,), State.LAPSED, LAPSE),
        ((LAPSE, BACK), State.IN_FORCE, BACK),
        ((BACK, LAPSE), State.IN_FORCE, BACK),
        ((INVALID,), State.INVALIDATED, INVALID),
        ((chinese("IP01", date(2022, 3, 1)),), State.IN_FORCE, None),
        ((chinese("TR01", date(2022, 3, 1)),), State.IN_FORCE, None),
        # An application cannot be withdrawn once it is granted.
        ((chinese("WD01", date(2022, 3, 1)),), State.IN_FORCE, None),
    ],
)
def test_the_last_event_that_counts_decides(events: tuple[Event, ...], state: State, why: Event | None) -> None:
    assert state_after(*events) == (state, why)


def test_a_right_that_lapsed_was_in_force_until_the_day_the_event_names() -> None:
    standing = standing_of("CN", [LAPSE], on=TODAY, filed_on=FILED, granted_on=GRANTED, term_ends_on=TERM)

    assert standing.intervals == (Interval(first=GRANTED, end=date(2020, 5, 27), ended_by=LAPSE),)
    assert standing.since == date(2020, 5, 27)


def test_what_is_restored_never_ended_and_what_is_invalid_never_stood() -> None:
    restored = standing_of("CN", [LAPSE, BACK], on=TODAY, filed_on=FILED, granted_on=GRANTED, term_ends_on=TERM)
    invalid = standing_of("CN", [INVALID], on=TODAY, filed_on=FILED, granted_on=GRANTED, term_ends_on=TERM)

    assert restored.intervals == (Interval(first=GRANTED, end=TERM),)
    assert (invalid.intervals, invalid.since) == ((), GRANTED)


def test_the_term_ends_a_right_without_any_event() -> None:
    assert state_after(on=TERM - timedelta(days=1)) == (State.IN_FORCE, None)
    assert state_after(on=TERM) == (State.EXPIRED, None)


def test_what_is_announced_later_is_not_known_yet() -> None:
    assert state_after(LAPSE, on=date(2021, 5, 13)) == (State.IN_FORCE, None)
    assert state_after(LAPSE, on=date(2021, 5, 14)) == (State.LAPSED, LAPSE)


def test_a_lapse_in_one_country_ends_no_right_in_another() -> None:
    lapse = Event(office="EP", code="PG25", on=date(2021, 3, 2), effective_on=date(2020, 6, 30), at_office="BE")

    assert state_after(lapse, country="BE") == (State.LAPSED, lapse)
    assert state_after(lapse, country="DE") == (State.IN_FORCE, None)


def test_applications_end_by_withdrawal_and_begin_rights_by_grant() -> None:
    withdrawn = chinese("WD01", date(2016, 3, 1))
    grant = chinese("GR01", date(2016, 5, 4))

    assert standing_of("CN", [withdrawn], on=TODAY, filed_on=FILED).state is State.WITHDRAWN
    assert standing_of("CN", [], on=TODAY, filed_on=FILED).state is State.PENDING
    assert standing_of("CN", [], on=TODAY).state is State.UNKNOWN
    granted = standing_of("CN", [grant], on=TODAY, filed_on=FILED, term_ends_on=TERM)
    assert (granted.state, granted.why, granted.intervals) == (
        State.IN_FORCE,
        grant,
        (Interval(first=date(2016, 5, 4), end=TERM),),
    )


def test_a_code_of_which_only_the_class_is_known_ends_nothing_and_is_told() -> None:
    supplementary = Event(office="EP", code="MEDN", on=date(2021, 3, 2))

    standing = standing_of("IT", [supplementary], on=TODAY, filed_on=FILED, granted_on=GRANTED)

    assert (standing.state, standing.to_look_at) == (State.IN_FORCE, (supplementary,))
    assert is_weighty("EP", "MEDN ")
    assert not is_weighty("CN", "CF01")
    assert effect_of("CN", "CF01 ") is Effect.LAPSED
    assert effect_of("CN", "CB01") is None


codes = st.sampled_from(["GR01", "CF01", "RR01", "IW01", "CX01", "AV01", "WD01", "TR01", "PE01", "IP01"])
events = st.lists(st.builds(chinese, codes, st.dates(date(2014, 1, 1), date(2026, 1, 1))), max_size=8)


@given(events, st.booleans())
def test_whatever_was_announced_a_right_is_in_force_only_within_its_intervals(
    announced: list[Event], is_granted: bool
) -> None:
    standing = standing_of(
        "CN", announced, on=TODAY, filed_on=FILED, granted_on=GRANTED if is_granted else None, term_ends_on=TERM
    )

    last = standing.intervals[-1] if standing.intervals else None
    assert (standing.state is State.IN_FORCE) == (last is not None and last.end == TERM)
    for before, after in zip(standing.intervals, standing.intervals[1:], strict=False):
        assert before.end is not None
        assert before.end <= after.first
    assert standing.why is None or standing.why in announced
