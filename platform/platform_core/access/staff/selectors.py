"""Reading staff sessions, and finding the one a seat has open."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from platform_core.access.actors import Actor, StaffAccess
from platform_core.access.staff.models import StaffSession


def staff_sessions(*, actor: Actor) -> QuerySet[StaffSession]:
    """Return the staff sessions the actor may see, each with its person and alliance."""
    return StaffSession.objects.visible_to(actor).select_related("seat__user", "seat__organisation", "alliance")


def open_at(now: datetime) -> Q:
    """Return the condition that selects the sessions open at an instant."""
    return Q(ended_at=None, starts_at__lte=now, ends_at__gt=now)


def staff_access(seat_id: UUID, *, now: datetime) -> StaffAccess | None:
    """Return what the open session of a seat gives access to, if there is one (one query)."""
    found = StaffSession.objects.filter(open_at(now), seat=seat_id).order_by("pk").first()
    return StaffAccess(found.pk, found.alliance_id, found.starts_at, found.ends_at) if found else None
