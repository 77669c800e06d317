"""Finding deadlines, their reminders, what each day did, and calendars."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.clock import today
from platform_core.deadlines.kinds import SOONEST
from platform_core.deadlines.lifecycle import DEADLINE_LIFECYCLE, DeadlineState
from platform_core.deadlines.models import CalendarFeed, Deadline, DeadlineReminder, DeadlineRun
from platform_core.deadlines.policies import REOPEN_DEADLINE, SETTLE_DEADLINE, WAIVE_DEADLINE

_STEPS = {"settle": SETTLE_DEADLINE, "waive": WAIVE_DEADLINE, "reopen": REOPEN_DEADLINE}


def deadlines(*, actor: Actor) -> VisibleQuerySet[Deadline]:
    """List the deadlines of those things whose duties the actor may read."""
    rows = Deadline.objects.visible_to(actor)
    return rows.select_related("organisation", "responsible__user", "settled_by")


def get_deadline(deadline_id: UUID, *, actor: Actor, for_change: bool = False) -> Deadline:
    """Return one deadline the actor may see, locked if it is to be changed."""
    return get_visible(Deadline, deadline_id, actor=actor, for_change=for_change)


def steps_of(rows: Sequence[Deadline], *, actor: Actor) -> dict[UUID, list[str]]:
    """Return which steps the actor may take now with each of some deadlines, in three queries for all of them."""
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    states = {row.pk: DeadlineState(row.state) for row in rows}
    for step, permission in _STEPS.items():
        possible = [pk for pk, state in states.items() if step in DEADLINE_LIFECYCLE.allowed(state)]
        for pk in Deadline.objects.permitted_to(actor, permission).filter(pk__in=possible).values_list("pk", flat=True):
            found[pk].append(step)
    return found


def waiting_deadlines(*, actor: Actor) -> VisibleQuerySet[Deadline]:
    """List open deadlines that come soon or are late, and that the actor may settle and nobody else looks after."""
    # A day either way does no harm here: the alliance's own day decides what is told and what is missed.
    soon = today(actor.clock, "UTC") + timedelta(days=SOONEST)
    rows = Deadline.objects.permitted_to(actor, SETTLE_DEADLINE).filter(state=DeadlineState.OPEN, due_on__lte=soon)
    return rows.filter(Q(responsible=None) | Q(responsible=actor.seat_id))


def reminders_of(deadline: Deadline, *, actor: Actor) -> VisibleQuerySet[DeadlineReminder]:
    """List the reminders that were sent of a deadline."""
    return DeadlineReminder.objects.visible_to(actor).filter(deadline=deadline)


def runs(*, actor: Actor) -> VisibleQuerySet[DeadlineRun]:
    """List what was done about the deadlines of the actor's alliances, day by day."""
    return DeadlineRun.objects.visible_to(actor)


def calendar_feeds(*, actor: Actor) -> VisibleQuerySet[CalendarFeed]:
    """List the calendars of the seat that acts."""
    return CalendarFeed.objects.visible_to(actor)
