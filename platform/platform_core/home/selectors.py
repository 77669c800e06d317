"""Putting the home page of a seat together."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from platform_core.access.actors import Actor
from platform_core.home.models import HomeVisit
from platform_core.home.registry import (
    Changed,
    Figure,
    Severity,
    Waiting,
    changes_providers,
    providers,
)

FIRST_LOOK: Final = timedelta(days=14)
"""How far back changes are told to a seat that never looked."""

MOST_WAITING: Final = 100
MOST_CHANGES: Final = 30

_ORDER: Final = {Severity.OVERDUE: 0, Severity.ATTENTION: 1, Severity.FINE: 2}


@dataclass(frozen=True, slots=True)
class Home:
    """What waits, oldest risk first; what changed since the last look, latest first; and the figures."""

    waiting: list[Waiting]
    changed: list[Changed]
    figures: list[Figure]
    since: datetime


def home(*, actor: Actor) -> Home:
    """Return the home page of the seat that acts; the number of queries does not grow with what there is."""
    since = last_look(actor=actor)
    told = [row for provider in providers() for row in provider(actor)]
    waiting = [row for row in told if isinstance(row, Waiting)]
    waiting.sort(key=lambda row: (_ORDER[row.severity], row.due_on or date.max, row.since or since, row.id))
    changed = [row for provider in changes_providers() for row in provider(actor, since)]
    changed.sort(key=lambda row: (row.at, row.text_key, row.subject_id), reverse=True)
    figures = [row for row in told if isinstance(row, Figure)]
    return Home(waiting[:MOST_WAITING], changed[:MOST_CHANGES], figures, since)


def last_look(*, actor: Actor) -> datetime:
    """Return when the seat last said it had looked, or where it never did, two weeks ago."""
    seen = HomeVisit.objects.visible_to(actor).values_list("seen_at", flat=True).first()
    return seen or actor.clock.now() - FIRST_LOOK
