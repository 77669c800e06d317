"""Finding requests for licences."""

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet
from pools.asking.lifecycle import REQUEST_LIFECYCLE
from pools.asking.models import LicenceRequest, RequestedPatent, RequestState


def licence_requests(*, actor: Actor) -> VisibleQuerySet[LicenceRequest]:
    """List the requests addressed to the actor's organisation, with the patents they are for."""
    patents = RequestedPatent.objects.select_related("patent").order_by("patent__publication", "pk")
    return (
        LicenceRequest.objects.visible_to(actor)
        .select_related("pool__alliance", "answered_by")
        .prefetch_related(Prefetch("patents", patents))
    )


def get_licence_request(request_id: UUID, *, actor: Actor, for_change: bool = False) -> LicenceRequest:
    """Return one request the actor may see, locked if it is to be changed."""
    return get_visible(LicenceRequest, request_id, actor=actor, for_change=for_change)


def allowed_steps(request: LicenceRequest) -> list[str]:
    """Return the steps that lead on from a request; whoever reads it may take them."""
    return REQUEST_LIFECYCLE.allowed(RequestState(request.state))


def erased_on(request: LicenceRequest) -> date | None:
    """Return the day on which it is forgotten who asked, unless another step is taken; None once that is done."""
    if request.erased_at is not None:
        return None
    end = request.moved_at + timedelta(days=settings.LICENCE_REQUESTS_KEPT_DAYS)
    return end.astimezone(ZoneInfo(request.pool.alliance.zone)).date()
