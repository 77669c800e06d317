"""When an actor's rights will next change by themselves: every kind of right that has dates says so here."""

from collections.abc import Callable
from datetime import datetime

from platform_core.access.actors import Actor
from platform_core.access.grants.selectors import next_turn_of_grants


def _next_turn_of_roles_and_staff_session(actor: Actor) -> datetime | None:
    now = actor.clock.now()
    turns = [row.starts_at for row in actor.assignments if row.starts_at > now]
    if (end := actor.next_end()) is not None:
        turns.append(end)
    return min(turns, default=None)


_turns: list[Callable[[Actor], datetime | None]] = [_next_turn_of_roles_and_staff_session, next_turn_of_grants]


def declare_turn(turn: Callable[[Actor], datetime | None]) -> None:
    """Declare another kind of right with dates: the next instant at which one of an actor's begins or ends."""
    if turn not in _turns:
        _turns.append(turn)


def next_turn(actor: Actor) -> datetime | None:
    """Return the next instant at which some right of the actor begins or ends by itself, if there is one."""
    return min((instant for turn in _turns if (instant := turn(actor)) is not None), default=None)
