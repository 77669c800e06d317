"""What the steps of an audit share: who is told, whose access ends, and who may be the second person."""

from datetime import date
from uuid import UUID

from licensing.audits.models import Audit
from licensing.audits.policies import (
    AUDIT_DECISION,
)
from platform_core.access.actors import Actor
from platform_core.access.grants.models import Grant
from platform_core.access.grants.services import revoke_grant
from platform_core.clock import today
from platform_core.identity.role_plan import Place, require_second_person
from platform_core.identity.roles import Purpose, Role
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import notify_seats


def day_of(actor: Actor, audit: Audit) -> date:
    """Return what day it is where the alliance of an audit is."""
    return today(actor.clock, audit.licence.programme.alliance.zone)


def end_access(actor: Actor, audit: Audit, reason: str) -> None:
    """End the auditor's access at once, if it still runs."""
    grant = Grant.objects.filter(pk=audit.grant_id).first() if audit.grant_id is not None else None
    if grant is not None and grant.ends_at > actor.clock.now():
        revoke_grant(actor=actor, grant_id=grant.pk, reason=reason)


def place_of(audit: Audit) -> Place:
    """Return where an audit is decided: at the operating entity of the licence's programme."""
    programme = audit.licence.programme
    return Place(programme.alliance_id, programme.operating_entity)


def refuse_ties(actor: Actor, audit: Audit, other: UUID | None) -> None:
    """Refuse a second person who is not independent of the first."""
    require_second_person(AUDIT_DECISION, actor=actor, beside=[other], place=place_of(audit))


def tell(actor: Actor, audit: Audit, kind: str, seats: list[UUID]) -> None:
    """Tell seats about an audit."""
    notify_seats(
        actor=actor,
        seats=seats,
        kind=kind,
        subject=audit,
        values={"licence": audit.licence.code, "number": audit.number},
    )


def tell_licensee(actor: Actor, audit: Audit, kind: str) -> None:
    """Tell those who report for the licensee."""
    tell(actor, audit, kind, list(seats_holding(Role.LICENSEE, actor=actor, organisation=audit.licence.licensee_id)))


def tell_finance(actor: Actor, audit: Audit, kind: str) -> None:
    """Tell finance of the operating entity."""
    seats = seats_holding(
        Role.FINANCE,
        actor=actor,
        operating_entity=audit.licence.programme.operating_entity_id,
        purpose=Purpose.ROYALTIES,
    )
    tell(actor, audit, kind, list(seats))
