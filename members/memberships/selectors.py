"""Finding memberships."""

from uuid import UUID

from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet


def memberships(*, actor: Actor) -> VisibleQuerySet[Membership]:
    """List the memberships the actor may see, with their organisations."""
    return Membership.objects.visible_to(actor).select_related("organisation", "alliance")


def get_membership(membership_id: UUID, *, actor: Actor, for_change: bool = False) -> Membership:
    """Return one membership the actor may see, locked if it is to be changed."""
    return get_visible(Membership, membership_id, actor=actor, for_change=for_change)
