"""What people do with deadlines: settle, waive, open again, and say who looks after them."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require, require_each, require_kind
from platform_core.access.registry import Permission
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.deadlines.calculation import first_day, next_day
from platform_core.deadlines.events import deadlines_moved_on
from platform_core.deadlines.kinds import all_duties, deadline_kinds
from platform_core.deadlines.lifecycle import DEADLINE_LIFECYCLE, DeadlineState
from platform_core.deadlines.models import Deadline
from platform_core.deadlines.policies import (
    ASSIGN_DEADLINE,
    DEADLINE_WORK,
    KEEP_DEADLINE,
    REOPEN_DEADLINE,
    SETTLE_DEADLINE,
    WAIVE_DEADLINE,
)
from platform_core.deadlines.selectors import get_deadline
from platform_core.identity.models import Seat
from platform_core.problems import Conflict, NotAllowed, Problem, invalid
from platform_core.realtime.services import announce

_LONGEST_NOTE = 500
_NOT_DONE = (DeadlineState.OPEN, DeadlineState.MISSED)


@transaction.atomic
def settle_deadlines(*, actor: Actor, deadline_ids: Collection[UUID], note: str = "") -> list[Deadline]:
    """Note that what was to be done is done, for one or many; all or none."""
    return _end(actor, deadline_ids, "settle", SETTLE_DEADLINE, "deadline.settled", note, needed=False)


@transaction.atomic
def waive_deadlines(*, actor: Actor, deadline_ids: Collection[UUID], note: str) -> list[Deadline]:
    """Say of one or many that it is not to be done, and why; all or none."""
    return _end(actor, deadline_ids, "waive", WAIVE_DEADLINE, "deadline.waived", note, needed=True)


@transaction.atomic
def reopen_deadline(*, actor: Actor, deadline_id: UUID, note: str) -> Deadline:
    """Open a deadline again that was settled or waived by mistake; what was told of it is not told once more."""
    row = get_deadline(deadline_id, actor=actor)
    require(actor, REOPEN_DEADLINE, row)
    _lock_subjects([row])
    row = get_deadline(deadline_id, actor=actor, for_change=True)
    DEADLINE_LIFECYCLE.after("reopen", current=DeadlineState(row.state))
    checks = Checks()
    checks.text("note", note, longest=_LONGEST_NOTE)
    checks.refuse()
    _reopen(actor, row, note)
    return row


@transaction.atomic
def assign_deadlines(*, actor: Actor, deadline_ids: Collection[UUID], seat_id: UUID | None) -> list[Deadline]:
    """Say who looks after one or many deadlines, or nobody in particular; whoever does must be able to settle them."""
    rows = _locked(actor, deadline_ids, ASSIGN_DEADLINE)
    if seat_id is not None:
        _check_responsible(actor, seat_id, [row.pk for row in rows])
    now = actor.clock.now()
    for row in rows:
        before = row.responsible_id
        if before != seat_id:
            row.responsible_id, row.changed_at = seat_id, now
            row.save(update_fields=["responsible", "changed_at"])
            record_event("deadline.assigned", actor=actor, subject=row, changes={"responsible": (before, seat_id)})
            announce(row)
    return rows


@transaction.atomic
def settle_of_subject(*, actor: Actor, subject_id: UUID, kind: str, part: str, note: str = "") -> Deadline | None:
    """Note that a duty was done which a room has its own record of, such as a payment; None: no deadline waits for it.

    The room has asked for the rights that its own record takes.
    """
    require_kind(Actor.system(DEADLINE_WORK, on_behalf_of=actor), KEEP_DEADLINE, Deadline)
    row = (
        Deadline.objects.select_for_update(no_key=True)
        .filter(subject_id=subject_id, kind=kind, part=part, state__in=_NOT_DONE)
        .order_by("-created_at", "-pk")
        .first()
    )
    if row is None:
        return None
    _settle(actor, row, "settle", "deadline.settled", note)
    deadlines_moved_on.tell(actor, [row])
    return row


@transaction.atomic
def void_of_subject(*, actor: Actor, subject_id: UUID, kind: str, part: str) -> list[Deadline]:
    """End a duty that its room finds to be nobody's, open or missed, such as a payment for what was never ordered.

    What rules no longer ask for is ended by `set_deadlines`, which leaves what was missed as it is.
    """
    require_kind(Actor.system(DEADLINE_WORK, on_behalf_of=actor), KEEP_DEADLINE, Deadline)
    found = Deadline.objects.select_for_update(no_key=True).filter(
        subject_id=subject_id, kind=kind, part=part, state__in=_NOT_DONE
    )
    rows = list(found.order_by("pk"))
    for row in rows:
        before = row.state
        row.state = DEADLINE_LIFECYCLE.after("void", current=DeadlineState(before))
        row.settled_at = row.changed_at = actor.clock.now()
        row.next_told_on = None
        row.save(update_fields=["state", "settled_at", "changed_at", "next_told_on"])
        changes = {"state": (before, row.state), "due_on": (row.due_on, None)}
        record_event("deadline.voided", actor=actor, subject=row, changes=changes)
        announce(row)
    return rows


@transaction.atomic
def reopen_of_subject(*, actor: Actor, subject_id: UUID, kind: str, part: str, note: str) -> Deadline | None:
    """Open a duty again whose record in its room was withdrawn, such as a payment; None: none was settled."""
    require_kind(Actor.system(DEADLINE_WORK, on_behalf_of=actor), KEEP_DEADLINE, Deadline)
    row = (
        Deadline.objects.select_for_update(no_key=True)
        .filter(subject_id=subject_id, kind=kind, part=part, state=DeadlineState.SETTLED)
        .order_by("-created_at", "-pk")
        .first()
    )
    if row is not None:
        _reopen(actor, row, note)
    return row


def _reopen(actor: Actor, row: Deadline, note: str) -> None:
    before = row.state
    row.state = DEADLINE_LIFECYCLE.after("reopen", current=DeadlineState(before))
    row.note = note.strip()
    row.settled_at = row.settled_by = None
    row.changed_at = actor.clock.now()
    row.next_told_on = _next_told(row, actor)
    with told_as(_PROBLEMS):
        row.save(update_fields=["state", "note", "settled_at", "settled_by", "changed_at", "next_told_on"])
    record_event(
        "deadline.reopened", actor=actor, subject=row, changes={"state": (before, row.state), "note": (None, row.note)}
    )
    deadlines_moved_on.tell(actor, [row])
    announce(row)


def _end(
    actor: Actor, ids: Collection[UUID], step: str, permission: Permission, event: str, note: str, *, needed: bool
) -> list[Deadline]:
    rows = _locked(actor, ids, permission)
    for row in rows:
        DEADLINE_LIFECYCLE.after(step, current=DeadlineState(row.state))
    checks = Checks()
    checks.text("note", note, needed=needed, longest=_LONGEST_NOTE)
    checks.refuse()
    for row in rows:
        _settle(actor, row, step, event, note)
    deadlines_moved_on.tell(actor, rows)
    return rows


def _settle(actor: Actor, row: Deadline, step: str, event: str, note: str) -> None:
    before = row.state
    row.state = DEADLINE_LIFECYCLE.after(step, current=DeadlineState(before))
    row.note, row.next_told_on = note.strip(), None
    row.settled_at, row.settled_by_id = actor.clock.now(), actor.user_id
    row.changed_at = row.settled_at
    row.save(update_fields=["state", "note", "next_told_on", "settled_at", "settled_by", "changed_at"])
    record_event(event, actor=actor, subject=row, changes={"state": (before, row.state), "note": (None, row.note)})
    announce(row)


def _locked(actor: Actor, ids: Collection[UUID], permission: Permission) -> list[Deadline]:
    """Return the deadlines of a bulk action, each of which the actor may do this with, locked in one order."""
    if not ids:
        raise invalid("/deadline_ids", "required", "Name at least one deadline.")
    _lock_subjects(require_each(actor, permission, Deadline, ids))
    rows = Deadline.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return list(rows)


def _lock_subjects(rows: Sequence[Deadline]) -> None:
    """Lock what deadlines are about before the deadlines, as whoever changes the thing and then its deadlines does."""
    for duties in all_duties():
        if ids := {row.subject_id for row in rows if row.subject_type == duties.label}:
            locked = duties.model._base_manager.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
            list(locked.values_list("pk", flat=True))


def _check_responsible(actor: Actor, seat_id: UUID, ids: Sequence[UUID]) -> None:
    seat = get_visible(Seat, seat_id, actor=actor)
    try:
        theirs = Deadline.objects.permitted_to(actor_in_seat(seat.pk, clock=actor.clock), SETTLE_DEADLINE)
        possible = theirs.filter(pk__in=ids).count()
    except NotAllowed:
        possible = 0
    if possible < len(ids):
        raise invalid(
            "/seat_id", "cannot_settle", "This seat cannot settle all of them: choose one that works on these things."
        )


def _next_told(row: Deadline, actor: Actor) -> date:
    kind = deadline_kinds().get(row.kind)
    day = today(actor.clock, row.alliance.zone)
    if kind is None:
        return day
    return next_day(kind.ladder, row.days, after=day) or first_day(kind.ladder, row.days)


_PROBLEMS: dict[str, Problem] = {
    "deadline_open_once": Conflict("This is to be done already: settle the deadline that is open."),
}
