"""Keeping deadlines as the rules of a room say: adding, moving, and ending those that no longer hold."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import require_kind
from platform_core.audit.services import record_event
from platform_core.deadlines.calculation import Days, first_day
from platform_core.deadlines.kinds import DeadlineKind
from platform_core.deadlines.lifecycle import DEADLINE_LIFECYCLE, DeadlineState
from platform_core.deadlines.models import Deadline
from platform_core.deadlines.policies import KEEP_DEADLINE
from platform_core.identity.models import Alliance
from platform_core.realtime.services import announce

_FOLLOWED = ("organisation_id", "title", "values", "due_on", "last_day", "rule")
_DATES = ("due_on", "last_day")
_ANNOUNCED_AT_MOST = 200
"""Nobody has more rows before them; after a change of many, pages are fetched again anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something that is to be done about a thing by a day, as a room's rules say."""

    subject_id: UUID
    due_on: date
    last_day: date
    title: str
    part: str = ""
    organisation_id: UUID | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the deadlines of some things: how many were added, moved, and ended because they hold no more."""

    added: int
    moved: int
    ended: int


@transaction.atomic
def set_deadlines(
    *, actor: Actor, alliance_id: UUID, kind: DeadlineKind, subjects: Collection[UUID], duties: Sequence[Duty]
) -> Kept:
    """Have exactly these duties of a kind open for some things; the same twice changes nothing.

    A duty with another day moves its deadline, and its reminders begin anew; one that is not among them ends, and its
    row says so. Nothing is dropped: each is in the record. The number of queries does not grow with that of things.
    """
    require_kind(actor, KEEP_DEADLINE, Deadline)
    label = kind.subject._meta.label_lower
    # In one order, as everybody locks them who changes several.
    rows = Deadline.objects.select_for_update(no_key=True).filter(
        subject_type=label, subject_id__in=list(subjects), kind=kind.name, state=DeadlineState.OPEN
    )
    found = {(row.subject_id, row.part): row for row in rows.order_by("pk")}
    wanted = {(duty.subject_id, duty.part): duty for duty in duties}
    now = actor.clock.now()
    added = [
        Deadline(
            alliance_id=alliance_id,
            subject_type=label,
            subject_id=duty.subject_id,
            kind=kind.name,
            part=duty.part,
            next_told_on=first_day(kind.ladder, Days(duty.due_on, duty.last_day)),
            created_at=now,
            changed_at=now,
            **_columns(duty),
        )
        for key, duty in wanted.items()
        if key not in found
    ]
    moved: list[tuple[Deadline, dict[str, tuple[object, object]]]] = []
    for key, row in found.items():
        if key in wanted and (changes := _follow(row, _columns(wanted[key]))):
            if changes.keys() & set(_DATES):
                row.next_told_on = first_day(kind.ladder, row.days)
            row.changed_at = now
            moved.append((row, changes))
    ended = [row for key, row in found.items() if key not in wanted]
    for row in ended:
        row.state = DEADLINE_LIFECYCLE.after("void", current=DeadlineState(row.state))
        row.settled_at, row.changed_at, row.next_told_on = now, now, None
    Deadline.objects.bulk_create(added, batch_size=5_000)
    changed = [*(row for row, _ in moved), *ended]
    Deadline.objects.bulk_update(
        changed, [*_FOLLOWED, "responsible", "state", "settled_at", "changed_at", "next_told_on"], batch_size=1_000
    )
    if len(subjects) == 1:
        _record_each(actor, added, moved, ended)
    elif added or moved or ended:
        _record_together(actor, alliance_id, kind, added, moved, ended)
    if len(changed) <= _ANNOUNCED_AT_MOST:
        announce(*changed)
    return Kept(len(added), len(moved), len(ended))


def _columns(duty: Duty) -> dict[str, Any]:
    return {
        "organisation_id": duty.organisation_id,
        "title": duty.title[:300],
        "values": dict(duty.values),
        "due_on": duty.due_on,
        "last_day": duty.last_day,
        "rule": duty.rule[:500],
    }


def _follow(row: Deadline, columns: Mapping[str, Any]) -> dict[str, tuple[object, object]]:
    changes: dict[str, tuple[object, object]] = {}
    for name, new in columns.items():
        old = getattr(row, name)
        if old != new:
            setattr(row, name, new)
            changes[name] = (old, new)
    if "organisation_id" in changes:
        # Whoever looked after it did so for the former owner.
        row.responsible = None
    return changes


def _record_each(
    actor: Actor,
    added: Sequence[Deadline],
    moved: Sequence[tuple[Deadline, dict[str, tuple[object, object]]]],
    ended: Sequence[Deadline],
) -> None:
    for row in added:
        record_event("deadline.set", actor=actor, subject=row, changes={"due_on": (None, row.due_on)})
    for row, changes in moved:
        told = {name.removesuffix("_id"): change for name, change in changes.items()}
        record_event("deadline.moved", actor=actor, subject=row, changes=told)
    for row in ended:
        record_event("deadline.voided", actor=actor, subject=row, changes={"due_on": (row.due_on, None)})


def _record_together(
    actor: Actor,
    alliance_id: UUID,
    kind: DeadlineKind,
    added: Sequence[Deadline],
    moved: Sequence[tuple[Deadline, dict[str, tuple[object, object]]]],
    ended: Sequence[Deadline],
) -> None:
    """Record what became of many in one event, which tells each day that was given up, and for what."""
    before = {str(row.pk): changes["due_on"][0] if "due_on" in changes else row.due_on for row, changes in moved}
    after = {str(row.pk): row.due_on for row, _ in moved}
    record_event(
        "alliance.deadlines_kept",
        actor=actor,
        subject=Alliance.objects.get(pk=alliance_id),
        changes={
            "kind": (None, kind.name),
            "added": (None, len(added)),
            "moved": (before, after),
            "ended": ({str(row.pk): row.due_on for row in ended}, None),
        },
    )
