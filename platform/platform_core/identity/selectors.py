"""Reading people, organisations and roles, as far as the actor may."""

from uuid import UUID

from django.db.models import QuerySet

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.identity.models import Alliance, OperatingEntity, Organisation, RoleAssignment, Seat


def organisations(*, actor: Actor) -> QuerySet[Organisation]:
    """Return the organisations the actor may see, each with its other names; not those that were merged."""
    return Organisation.objects.visible_to(actor).filter(merged_into=None).prefetch_related("other_names")


def alliances(*, actor: Actor) -> QuerySet[Alliance]:
    """Return the alliances the actor may see."""
    return Alliance.objects.visible_to(actor)


def operating_entities(*, actor: Actor) -> QuerySet[OperatingEntity]:
    """Return the operating entities the actor may see, each with its organisation."""
    return OperatingEntity.objects.visible_to(actor).select_related("organisation")


def seats(*, actor: Actor) -> QuerySet[Seat]:
    """Return the seats the actor may see, each with its user and organisation."""
    return Seat.objects.visible_to(actor).select_related("user", "organisation", "prepared_by", "confirmed_by")


def role_assignments(*, actor: Actor) -> QuerySet[RoleAssignment]:
    """Return the role assignments the actor may see, each with its seat."""
    return RoleAssignment.objects.visible_to(actor).select_related("seat__user", "seat__organisation")


def organisation(organisation_id: UUID, *, actor: Actor, for_change: bool = False) -> Organisation:
    """Return one organisation the actor may see, locked if it is to be changed."""
    return get_visible(Organisation, organisation_id, actor=actor, for_change=for_change)


def alliance(alliance_id: UUID, *, actor: Actor, for_change: bool = False) -> Alliance:
    """Return one alliance the actor may see, locked if it, or what belongs to it, is to be changed."""
    return get_visible(Alliance, alliance_id, actor=actor, for_change=for_change)
