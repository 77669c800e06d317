"""News of the core that seats are told of: what was granted to them."""

from django.apps import apps

from platform_core.access.actors import Actor, ActorKind
from platform_core.access.models import Grant
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.identity.roles import Role
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import notify_seats

_GIVEN = "grant.given"


def tell_of_grant(event: AuditEvent) -> None:
    """Tell a seat, or an organisation's administrators, of a right that was given to them on something.

    It is told of the thing itself, so that the notice goes when the right does.
    """
    if event.name != _GIVEN or event.seat_id is None:
        return
    grant = Grant.objects.get(pk=event.subject_id)
    subject = apps.get_model(grant.subject_type)._default_manager.get(pk=grant.subject_id)
    giver = Actor(ActorKind.USER, user_id=event.user_id, seat_id=event.seat_id, clock=FixedClock(event.at))
    seats = [grant.seat_id] if grant.seat_id is not None else []
    if grant.organisation_id is not None:
        seats = seats_holding(Role.MEMBER_ADMIN, actor=giver, organisation=grant.organisation_id)
    values = {"reason": grant.reason, "ends_at": grant.ends_at.isoformat(), "role": grant.role}
    notify_seats(actor=giver, seats=seats, kind=_GIVEN, subject=subject, values=values)
