"""What requests for licences tell the home page: an owner what it has not answered."""

from collections.abc import Iterator
from typing import Final

from platform_core.access.actors import Actor
from platform_core.home.registry import AT_MOST, Severity, Waiting
from pools.asking.models import LicenceRequest, RequestState
from pools.asking.selectors import licence_requests
from pools.patents.policies import PATENT_DESK

_UNANSWERED: Final = (RequestState.RECEIVED.value, RequestState.ACKNOWLEDGED.value)


def requests_to_answer(actor: Actor) -> Iterator[Waiting]:
    """Tell those who work on an owner's patents who asks it for a licence and has no answer yet."""
    if not any(actor.holds(role) for role in PATENT_DESK) or actor.organisation_id is None:
        return
    rows = licence_requests(actor=actor).filter(state__in=_UNANSWERED).order_by("confirmed_at", "pk")
    for request in rows[:AT_MOST]:
        yield Waiting(
            kind="licence_request.to_answer",
            subject_type=LicenceRequest._meta.label_lower,
            subject_id=request.pk,
            title=request.asker_organisation,
            since=request.confirmed_at,
            severity=Severity.ATTENTION,
        )
