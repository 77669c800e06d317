"""Writing the access log."""

from collections.abc import Iterable

from django.db.models import Model

from platform_core.access.actors import Actor
from platform_core.access.models import LONGEST_REQUEST_LINE, AccessLogEntry, StaffSession
from platform_core.models import Record


def log_access(action: str, *, actor: Actor, subject: Model) -> AccessLogEntry:
    """Note that an actor reads something confidential of a subject, before it is given out.

    `action` is `thing.read_how` in the past tense, such as `close_run.buckets_viewed`.
    """
    entry = _entry(action, actor, subject)
    entry.save(force_insert=True)
    return entry


def log_accesses(action: str, *, actor: Actor, subjects: Iterable[Model]) -> None:
    """Note that an actor reads something confidential of each of several subjects, as on one page of a list."""
    log_readings([(action, subject) for subject in subjects], actor=actor)


def log_readings(readings: Iterable[tuple[str, Model]], *, actor: Actor) -> None:
    """Note several readings of one page at once, each by its action and its subject."""
    AccessLogEntry.objects.bulk_create(_entry(action, actor, subject) for action, subject in dict.fromkeys(readings))


def log_staff_request(request_line: str, *, actor: Actor) -> None:
    """Note what was asked for under a staff session, before it is answered; without one there is nothing to note."""
    staff = actor.open_staff_session
    if staff is not None:
        session = StaffSession(pk=staff.session_id)
        entry = _entry("staff_session.used", actor, session)
        entry.request_line = request_line[:LONGEST_REQUEST_LINE]
        entry.save(force_insert=True)


def _entry(action: str, actor: Actor, subject: Model) -> AccessLogEntry:
    return AccessLogEntry(
        **actor.on_record(),
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        concerns_id=subject.concerned_organisation_id() if isinstance(subject, Record) else None,
        staff_session_id=staff.session_id if (staff := actor.open_staff_session) else None,
    )
