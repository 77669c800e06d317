"""Pure rules about how memberships stand over time."""

from collections.abc import Iterable
from datetime import date
from typing import Final

_OVER: Final = frozenset({"left", "expelled"})


def state_on(day: date, steps: Iterable[tuple[str, date | None]]) -> str | None:
    """Return the state a membership is in on a day, from its steps in order: (state led to, first day of it).

    A step without a day holds from the beginning; before the first one there is no state. A later step may hold from
    an earlier day than one that lies ahead: who gave notice may be suspended, or expelled, which ends it for good.
    """
    found = None
    for state, effective_on in sorted(steps, key=lambda step: step[1] or date.min):
        if (effective_on is None or effective_on <= day) and found not in _OVER:
            found = state
    return found
