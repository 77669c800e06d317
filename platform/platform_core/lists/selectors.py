"""Finding saved views."""

from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.lists.models import SavedView


def saved_views(*, actor: Actor) -> VisibleQuerySet[SavedView]:
    """List the actor's own saved views."""
    return SavedView.objects.visible_to(actor)


def saved_view(view_id: UUID, *, actor: Actor, for_change: bool = False) -> SavedView:
    """Return one saved view, locked if it is to be changed."""
    return get_visible(SavedView, view_id, actor=actor, for_change=for_change)
