"""What deadlines tell the home page: which are soon or late, of those that are the reader's to settle."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from platform_core.access.actors import Actor
from platform_core.clock import today
from platform_core.deadlines.selectors import waiting_deadlines
from platform_core.home.registry import AT_MOST, Severity, Waiting

AT_MOST_OF_A_KIND: Final = 5
"""So many of one kind are told, since a portfolio has many that are alike; the others stand in the list."""

_PRESSING: Final = 14
_LOOKED_AT: Final = 10 * AT_MOST


def deadlines_to_meet(actor: Actor) -> Iterator[Waiting]:
    """Tell whoever may settle them which deadlines come next, the most pressing first."""
    rows = waiting_deadlines(actor=actor).select_related("alliance").order_by("due_on", "pk")
    told: Counter[str] = Counter()
    for row in rows[:_LOOKED_AT]:
        told[row.kind] += 1
        if told[row.kind] > AT_MOST_OF_A_KIND:
            continue
        left = row.days_left(today(actor.clock, row.alliance.zone))
        pressing = Severity.ATTENTION if left <= _PRESSING else Severity.FINE
        yield Waiting(
            kind=f"deadline.{row.kind}",
            subject_type=row.subject_type,
            subject_id=row.subject_id,
            title=row.title,
            detail={**row.values, "last_day": row.last_day.isoformat()},
            since=row.created_at,
            due_on=row.due_on,
            severity=Severity.OVERDUE if left < 0 else pressing,
            step="settle",
        )
