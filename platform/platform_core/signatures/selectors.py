"""Finding what was found out about signatures."""

from collections.abc import Collection
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.signatures.models import SignatureCheck


def checks_of(documents: Collection[UUID], *, actor: Actor) -> list[SignatureCheck]:
    """List what was found out about the signatures of files the actor may read, the latest first."""
    if not documents:
        return []
    rows = SignatureCheck.objects.visible_to(actor).filter(document__in=documents)
    return list(rows.select_related("checked_by").order_by("-checked_at", "-pk"))
