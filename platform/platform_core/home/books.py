"""What the books tell the home page."""

from collections.abc import Iterator
from typing import Final

from platform_core.access.actors import Actor
from platform_core.home.registry import AT_MOST, Waiting
from platform_core.identity.roles import Role
from platform_core.ledger.models import BookReopening, ReopeningState
from platform_core.ledger.policies import GRANT_BOOK_REOPENING

_REOPENING: Final = BookReopening._meta.label_lower


def reopenings_to_decide(actor: Actor) -> Iterator[Waiting]:
    """Tell who may be the second person that somebody asks to open closed days again."""
    if not (actor.holds(Role.FINANCE) or actor.holds(Role.CLOSE_APPROVER)):
        return
    rows = BookReopening.objects.permitted_to(actor, GRANT_BOOK_REOPENING).filter(state=ReopeningState.ASKED)
    for row in rows.select_related("operating_entity", "asked_by").order_by("asked_at", "pk")[:AT_MOST]:
        yield Waiting(
            kind="books.reopen",
            subject_type=_REOPENING,
            subject_id=row.pk,
            title=row.operating_entity.code,
            detail={"asked_by": row.asked_by.name, "reason": row.reason},
            since=row.asked_at,
            step="grant",
        )
