"""Who may see and settle deadlines: whoever may do so with the duties of the thing they are about."""

from collections.abc import Callable, Sequence

from django.db.models import Q

from platform_core.access.actors import COMMAND_LINE, Actor, Assignment, SystemWork
from platform_core.access.kernel import follows, permitted_rows
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import NOTHING, Relation, everything, in_alliance, own_seat
from platform_core.audit.events import reserve_events
from platform_core.deadlines.kinds import Duties, all_duties, deadline_kinds
from platform_core.deadlines.models import CalendarFeed, Deadline, DeadlineReminder, DeadlineRun
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.roles import Role

DEADLINE_WORK = SystemWork("deadlines")
"""Keeps deadlines up to date, reminds of them, and notes what was missed."""

READ_DEADLINE = Permission("deadline.read")
SETTLE_DEADLINE = Permission("deadline.settle")
WAIVE_DEADLINE = Permission("deadline.waive")
ASSIGN_DEADLINE = Permission("deadline.assign")
REOPEN_DEADLINE = Permission("deadline.reopen")
KEEP_DEADLINE = Permission("deadline.keep")
"""Setting, moving and missing: what follows from rules and days, and is no person's to do."""
READ_DEADLINE_RUN = Permission("deadline_run.read")
READ_DEADLINE_REMINDER = Permission("deadline_reminder.read")
READ_CALENDAR_FEED = Permission("calendar_feed.read")
REVOKE_CALENDAR_FEED = Permission("calendar_feed.revoke")


def _of_subject(needed: Callable[[Duties], Permission], label: str, *, by_hand: bool = False) -> Relation:
    """Reach deadlines of those things with which the actor may do what their room says."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        rows = NOTHING
        for duties in all_duties():
            reached = duties.model.objects.filter(permitted_rows(actor, needed(duties), duties.model))
            rows |= Q(subject_type=duties.label, subject_id__in=reached.order_by().values("pk"))
        if by_hand:
            rows &= ~Q(kind__in=[kind.name for kind in deadline_kinds().values() if kind.by_record])
        # That a thing is open to everybody does not open the duties of an organisation one undertook not to look at.
        left = actor.screen.leaves("organisation") if actor.screen is not None else None
        return rows if left is None else rows & left

    return Relation(label, reach)


DEADLINE_POLICY = register(
    Policy(
        Deadline,
        read=READ_DEADLINE,
        rules=[
            allow(
                Audience.SIGNED_IN,
                READ_DEADLINE,
                _of_subject(lambda duties: duties.read, "of something whose duties may be read"),
            ),
            allow(
                (Audience.SIGNED_IN, COMMAND_LINE),
                {SETTLE_DEADLINE, ASSIGN_DEADLINE},
                _of_subject(lambda duties: duties.settle, "of something whose duties one may settle", by_hand=True),
            ),
            allow(
                (Audience.SIGNED_IN, COMMAND_LINE),
                {WAIVE_DEADLINE, REOPEN_DEADLINE},
                _of_subject(lambda duties: duties.waive, "of something whose duties one may waive", by_hand=True),
            ),
            allow((COMMAND_LINE, DEADLINE_WORK), {READ_DEADLINE, KEEP_DEADLINE}, everything()),
        ],
    )
)
DEADLINE_POLICY.belong_to("organisation")

DEADLINE_REMINDER_POLICY = register(
    Policy(
        DeadlineReminder,
        read=READ_DEADLINE_REMINDER,
        rules=[
            allow(Audience.SIGNED_IN, READ_DEADLINE_REMINDER, follows("deadline", READ_DEADLINE, Deadline)),
            allow(COMMAND_LINE, READ_DEADLINE_REMINDER, everything()),
        ],
    )
)
DEADLINE_REMINDER_POLICY.belong_to("deadline__organisation")

DEADLINE_RUN_POLICY = register(
    Policy(
        DeadlineRun,
        read=READ_DEADLINE_RUN,
        rules=[
            allow((Role.SECRETARIAT, Audience.STAFF), READ_DEADLINE_RUN, in_alliance()),
            allow(COMMAND_LINE, READ_DEADLINE_RUN, everything()),
        ],
    )
)

CALENDAR_FEED_POLICY = register(
    Policy(
        CalendarFeed,
        read=READ_CALENDAR_FEED,
        no_staff="which calendars somebody reads with is nobody else's business",
        rules=[allow(Audience.SIGNED_IN, {READ_CALENDAR_FEED, REVOKE_CALENDAR_FEED}, own_seat("seat"))],
    )
)

reserve_events("alliance.deadlines_kept")
declare_reference(
    Reference(Deadline, "organisation", Fate.MOVED, "what has to be done stays to be done"),
)
