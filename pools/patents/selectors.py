"""Finding patents, their families and their owners."""

from uuid import UUID

from django.db.models import Prefetch

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet
from pools.patents.models import Ownership, Patent, PatentFamily


def patents(*, actor: Actor) -> VisibleQuerySet[Patent]:
    """List the patents the actor may see, with their families and owners."""
    owners = Ownership.objects.visible_to(actor).select_related("owner").order_by("from_on", "id")
    return Patent.objects.visible_to(actor).select_related("family").prefetch_related(Prefetch("ownerships", owners))


def get_patent(patent_id: UUID, *, actor: Actor, for_change: bool = False) -> Patent:
    """Return one patent the actor may see, locked if it is to be changed."""
    return get_visible(Patent, patent_id, actor=actor, for_change=for_change)


def families(*, actor: Actor) -> VisibleQuerySet[PatentFamily]:
    """List the families of the patents the actor may see."""
    return PatentFamily.objects.visible_to(actor)


def ownerships(*, actor: Actor) -> VisibleQuerySet[Ownership]:
    """List who owned which part of the patents the actor may see."""
    return Ownership.objects.visible_to(actor).select_related("owner", "patent")
