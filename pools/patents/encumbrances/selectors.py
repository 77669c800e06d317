"""Finding what rests on patents."""

from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet
from pools.patents.models import Encumbrance


def encumbrances(*, actor: Actor) -> VisibleQuerySet[Encumbrance]:
    """List what rests on patents, as far as a register tells everybody or the actor keeps the patent's record."""
    return Encumbrance.objects.visible_to(actor).select_related("patent")


def get_encumbrance(encumbrance_id: UUID, *, actor: Actor, for_change: bool = False) -> Encumbrance:
    """Return one thing that rests on a patent, locked if it is to be changed."""
    return get_visible(Encumbrance, encumbrance_id, actor=actor, for_change=for_change)
