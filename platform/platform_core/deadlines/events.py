"""News of deadlines that upper rooms hear in the same transaction."""

from collections.abc import Callable, Sequence
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.deadlines.models import Deadline
from platform_core.events import Hook

deadlines_moved_on: Hook[[Actor, Sequence[Deadline]]] = Hook("deadlines moved on")
"""Deadlines were settled, waived or opened again: who did it, and the deadlines as they are now."""

_preparations: list[Callable[[Actor, UUID], None]] = []


def prepare_each_day(preparation: Callable[[Actor, UUID], None]) -> None:
    """Have a room bring its duties of an alliance up to date before a day's deadlines are looked at.

    It is called outside a transaction, so that much work can be done in parts: nothing that its services missed stays
    missed for longer than a day.
    """
    if preparation not in _preparations:
        _preparations.append(preparation)


def preparations() -> tuple[Callable[[Actor, UUID], None], ...]:
    """Return what is done before a day's deadlines are looked at, in the order of the rooms."""
    return tuple(_preparations)
