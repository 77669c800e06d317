"""Reading staff sessions, and finding the one a seat has open."""

from collections.abc import Collection
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


def staff_access(seat_ids: Collection[UUID], *, now: datetime) -> dict[UUID, StaffAccess]:
    """Return what the open sessions of some seats give access to, by seat (one query; none for no seats)."""
    if not seat_ids:
        return {}
    return {
        row.seat_id: StaffAccess(row.pk, row.alliance_id, row.starts_at, row.ends_at)
        for row in StaffSession.objects.filter(open_at(now), seat__in=seat_ids).order_by("-pk")
    }
