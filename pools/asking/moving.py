"""What every step of a request has in common: its state, when it was taken, and the record, without who asks."""

from collections.abc import Mapping

from platform_core.access.actors import Actor
from platform_core.audit.services import record_event
from platform_core.identity.models import Language, Organisation
from platform_core.realtime.services import announce
from pools.asking.lifecycle import REQUEST_LIFECYCLE
from pools.asking.models import LicenceRequest, RequestState


def move(
    actor: Actor,
    request: LicenceRequest,
    step: str,
    event: str,
    *,
    instant: str,
    columns: Mapping[str, object] | None = None,
) -> None:
    """Take a request, which is locked, on by a step; the record says no more than that, for it is never erased."""
    before = RequestState(request.state)
    request.state = REQUEST_LIFECYCLE.after(step, current=before)
    request.moved_at = actor.clock.now()
    for column, value in {instant: request.moved_at, **(columns or {})}.items():
        setattr(request, column, value)
    request.save(update_fields=["state", "moved_at", instant, *(columns or {})])
    record_event(event, actor=actor, subject=request, changes={"state": (before, request.state)})
    announce(request)


def name_of(organisation: Organisation, language: Language) -> str:
    """Return what an organisation is called in a language, or in the other one where it has no other name."""
    return (organisation.name_en if language is Language.ENGLISH else "") or str(organisation)
