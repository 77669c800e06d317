"""Finding ties, affiliations and undertakings."""

from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.conflicts.models import Affiliation, DeclaredTie, Undertaking


def affiliations(*, actor: Actor) -> VisibleQuerySet[Affiliation]:
    """List the affiliations the actor may see."""
    return Affiliation.objects.visible_to(actor).select_related("first", "second")


def declared_ties(*, actor: Actor) -> VisibleQuerySet[DeclaredTie]:
    """List the declared ties the actor may see."""
    return DeclaredTie.objects.visible_to(actor).select_related("user", "organisation")


def undertakings(*, actor: Actor) -> VisibleQuerySet[Undertaking]:
    """List the undertakings the actor may see."""
    return Undertaking.objects.visible_to(actor).select_related("user", "alliance")


def get_undertaking(undertaking_id: UUID, *, actor: Actor, for_change: bool = False) -> Undertaking:
    """Return one undertaking the actor may see, locked if it is to be changed."""
    return get_visible(Undertaking, undertaking_id, actor=actor, for_change=for_change)
