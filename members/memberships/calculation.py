"""Pure rules about how memberships stand over time."""

from collections.abc import Iterable
from datetime import date


def state_on(day: date, steps: Iterable[tuple[str, date | None]]) -> str | None:
    """Return the state a membership is in on a day, from its steps in order: (state led to, first day of it).

    A step without a day holds from the beginning; before the first one there is no state.
    """
    found = None
    for state, effective_on in steps:
        if effective_on is None or effective_on <= day:
            found = state
    return found
