"""Finding patents, their families and their owners."""

from django.db.models import Prefetch

from platform_core.access.actors import Actor
from platform_core.access.querysets import VisibleQuerySet
from pools.patents.models import Ownership, Patent, PatentFamily


def patents(*, actor: Actor) -> VisibleQuerySet[Patent]:
    """List the patents the actor may see, with their families and owners."""
    owners = Ownership.objects.visible_to(actor).select_related("owner").order_by("from_on", "id")
    return Patent.objects.visible_to(actor).select_related("family").prefetch_related(Prefetch("ownerships", owners))


def families(*, actor: Actor) -> VisibleQuerySet[PatentFamily]:
    """List the families of the patents the actor may see."""
    return PatentFamily.objects.visible_to(actor)


def ownerships(*, actor: Actor) -> VisibleQuerySet[Ownership]:
    """List who owned which part of the patents the actor may see."""
    return Ownership.objects.visible_to(actor).select_related("owner", "patent")
