"""Recording by which letter a seat may sign its organisation's reports."""

from datetime import date
from uuid import UUID

from django.db import transaction

from licensing.agreements.models import Licence
from licensing.reports.models import ReportAuthority
from licensing.reports.policies import END_REPORT_AUTHORITY, RECORD_REPORT_AUTHORITY
from licensing.reports.selectors import seats_to_authorise
from platform_core.access.actors import Actor, ActorKind
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.problems import NotAllowed, WrongState, invalid
from platform_core.realtime.services import announce


@transaction.atomic
def record_report_authority(
    *,
    actor: Actor,
    licence_id: UUID,
    seat_id: UUID,
    title: str,
    letter: str,
    starts_on: date,
    ends_on: date | None = None,
) -> ReportAuthority:
    """Record that a seat of a licensee may sign its reports, by a letter that finance has on file."""
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True, along=["programme__alliance"])
    require(actor, RECORD_REPORT_AUTHORITY, licence)
    checks = Checks()
    checks.text("title", title, longest=120)
    checks.text("letter", letter)
    checks.days("ends_on", starts_on, ends_on)
    checks.refuse()
    seat = seats_to_authorise(licence).filter(pk=seat_id).first()
    if seat is None:
        raise invalid("/seat_id", "unknown", "This is no open seat of the licensee.")
    if actor.kind is ActorKind.USER and seat.user_id == actor.user_id:
        raise NotAllowed("Nobody records an authority of their own: ask a colleague.")
    authority = ReportAuthority.objects.create(
        licence=licence,
        seat=seat,
        title=title.strip(),
        letter=letter.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_at=actor.clock.now(),
        recorded_by_id=actor.user_id,
    )
    record_event(
        "report_authority.recorded",
        actor=actor,
        subject=authority,
        changes={"seat": (None, seat), "letter": (None, authority.letter)},
    )
    announce(authority)
    return authority


@transaction.atomic
def end_report_authority(*, actor: Actor, authority_id: UUID) -> ReportAuthority:
    """End an authority today; what was signed by it stays signed."""
    authority = get_visible(ReportAuthority, authority_id, actor=actor, for_change=True)
    require(actor, END_REPORT_AUTHORITY, authority)
    day = today(actor.clock, authority.licence.programme.alliance.zone)
    if authority.ends_on is not None and authority.ends_on <= day:
        raise WrongState("This authority has ended already.")
    until, authority.ends_on = authority.ends_on, max(day, authority.starts_on)
    authority.save(update_fields=["ends_on"])
    record_event(
        "report_authority.ended", actor=actor, subject=authority, changes={"ends_on": (until, authority.ends_on)}
    )
    announce(authority)
    return authority
