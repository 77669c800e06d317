"""What the core itself tells the home page: what waits for whoever runs the site, and what others did."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Max, Min

from platform_core.access.actors import Actor
from platform_core.access.kernel import visible_rows
from platform_core.audit.models import AuditEvent
from platform_core.audit.selectors import audit_events
from platform_core.home.registry import AT_MOST, Changed, Waiting, naming_of
from platform_core.identity.models import WAITING, Organisation, Seat
from platform_core.identity.policies import CONFIRM_SEAT
from platform_core.identity.roles import Role
from platform_core.jobs.lifecycle import JobState
from platform_core.jobs.models import Job

LATELY: Final = timedelta(days=7)

_NO_NEWS: Final = ("signin.", "session.", "access_log.")
"""Beginnings of the names of events that are a person's own business, and no news to others."""


def failed_jobs(actor: Actor) -> Iterator[Waiting]:
    """Tell whoever runs the site which kinds of work failed lately, without what the work was about."""
    if not actor.holds(Role.SITE_ADMIN):
        return
    failed = Job.objects.filter(state=JobState.FAILED, finished_at__gte=actor.clock.now() - LATELY)
    rows = failed.order_by().values("task").annotate(count=Count("id"), last=Max("finished_at"))
    for row in rows.order_by("task")[:AT_MOST]:
        latest = failed.filter(task=row["task"]).order_by("-finished_at").values_list("pk", flat=True).first()
        if latest is not None:
            yield Waiting(
                kind="job.failed",
                subject_type=Job._meta.label_lower,
                subject_id=latest,
                title=row["task"],
                detail={"count": row["count"]},
                since=row["last"],
            )


def organisations_of_one_code(actor: Actor) -> Iterator[Waiting]:
    """Tell whoever runs the site which credit codes are recorded twice, as offices may that do not see each other's."""
    if not actor.holds(Role.SITE_ADMIN):
        return
    coded = Organisation.objects.visible_to(actor).exclude(uscc="").order_by()
    twice = coded.values("uscc").annotate(count=Count("pk"), last=Max("created_at")).filter(count__gt=1)
    rows = {row["uscc"]: row for row in twice.order_by("uscc")[:AT_MOST]}
    first: dict[str, Organisation] = {}
    for organisation in coded.filter(uscc__in=rows).order_by("created_at", "pk"):
        first.setdefault(organisation.uscc, organisation)
    for code, row in rows.items():
        yield Waiting(
            kind="organisation.recorded_twice",
            subject_type=Organisation._meta.label_lower,
            subject_id=first[code].pk,
            title=str(first[code]),
            detail={"count": row["count"]},
            since=row["last"],
        )


def seats_to_confirm(actor: Actor) -> Iterator[Waiting]:
    """Tell whoever may confirm them at which organisations people wait whom somebody from outside seated there."""
    if not any(actor.holds(role) for role in (Role.MEMBER_ADMIN, Role.SECRETARIAT, Role.SITE_ADMIN)):
        return
    waiting = Seat.objects.permitted_to(actor, CONFIRM_SEAT).filter(WAITING, ended_at=None)
    rows = waiting.order_by().values("organisation").annotate(count=Count("id"), since=Min("created_at"))
    found = {row["organisation"]: row for row in rows.order_by("since", "organisation")[:AT_MOST]}
    names = Organisation.objects.in_bulk(found)
    for organisation_id, row in found.items():
        yield Waiting(
            kind="seat.confirm",
            subject_type=Organisation._meta.label_lower,
            subject_id=organisation_id,
            title=str(names[organisation_id]),
            detail={"count": row["count"]},
            since=row["since"],
            step="confirm",
        )


def events_of_others(actor: Actor, since: datetime) -> Iterator[Changed]:
    """Tell what others did, as far as the record is open to the actor; each thing with its latest event."""
    events = audit_events(actor=actor).filter(pk__gt=first_id_at(since)).order_by("-pk")
    if actor.user_id is not None:
        events = events.exclude(user=actor.user_id)
    for name in _NO_NEWS:
        events = events.exclude(name__startswith=name)
    told: dict[tuple[str, UUID], AuditEvent] = {}
    for event in events.select_related("user")[: 5 * AT_MOST]:
        if len(told) < AT_MOST:
            told.setdefault((event.name, event.subject_id), event)
    names = _names(actor, told.values())
    for event in told.values():
        values = {"by": str(event.user)} if event.user_id else {}
        if event.subject_id in names:
            values["title"] = names[event.subject_id]
        yield Changed(event.at, event.name, event.subject_type, event.subject_id, values)


def _names(actor: Actor, events: Iterable[AuditEvent]) -> dict[UUID, str]:
    """Name the things of events that the actor may see, in one query for each kind of thing."""
    wanted: dict[str, set[UUID]] = {}
    for event in events:
        wanted.setdefault(event.subject_type, set()).add(event.subject_id)
    names: dict[UUID, str] = {}
    for label, ids in wanted.items():
        naming = naming_of(label)
        if naming is not None:
            visible = naming.model._default_manager.filter(visible_rows(actor, naming.model), pk__in=ids)
            names |= {row.pk: naming.name(row) for row in visible.select_related(*naming.along).order_by()}
    return names


def first_id_at(instant: datetime) -> UUID:
    """Return the least id that something made at an instant may have; ids are ordered by time."""
    return UUID(int=int(instant.timestamp() * 1000) << 80)
