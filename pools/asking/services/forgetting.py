"""Forgetting who asked: at once where nothing was confirmed, else some time after the last step."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.audit.services import record_event
from platform_core.realtime.services import announce
from pools.asking.models import LicenceRequest, RequestedPatent, RequestState
from pools.asking.policies import ERASE_LICENCE_REQUEST
from pools.asking.services.asking import CONFIRM_WITHIN, COUNTED_FOR

_OF_SOMEBODY: Final = (
    *("asker_name", "asker_organisation", "asker_email", "asker_country"),
    *("products", "fields_of_use", "territory", "message"),
    *("key_hash", "intention_hash", "contents_hash", "address_hash"),
    *("answer", "answer_contact", "note"),
)


@transaction.atomic
def forget_askers(*, actor: Actor) -> int:
    """Delete what was not confirmed in time, empty what nothing happened to for long, and return how many there were.

    Of what is emptied remains that somebody asked the owner for a licence, when, and which steps were taken. From which
    place a request came is forgotten once it is not counted any more.
    """
    now = actor.clock.now()
    rows = LicenceRequest.objects.permitted_to(actor, ERASE_LICENCE_REQUEST).select_for_update(no_key=True)
    rows = rows.order_by("pk")
    count = 0
    for request in rows.filter(state=RequestState.UNCONFIRMED, asked_at__lte=now - CONFIRM_WITHIN):
        record_event("licence_request.dropped", actor=actor, subject=request)
        RequestedPatent.objects.filter(request=request).delete()
        request.delete()
        count += 1
    rows.filter(asked_at__lte=now - COUNTED_FOR).exclude(address_hash="").update(address_hash="")
    kept = timedelta(days=settings.LICENCE_REQUESTS_KEPT_DAYS)
    for request in rows.filter(erased_at=None, moved_at__lte=now - kept).exclude(state=RequestState.UNCONFIRMED):
        _erase(request, actor)
        count += 1
    # Of what was erased when that was still kept.
    RequestedPatent.objects.filter(request__erased_at__isnull=False).delete()
    return count


def _erase(request: LicenceRequest, actor: Actor) -> None:
    now = actor.clock.now()
    before = request.state
    for column in _OF_SOMEBODY:
        setattr(request, column, "")
    request.state, request.erased_at, request.closed_at = RequestState.CLOSED, now, request.closed_at or now
    request.save(update_fields=[*_OF_SOMEBODY, "state", "erased_at", "closed_at"])
    RequestedPatent.objects.filter(request=request).delete()
    record_event("licence_request.erased", actor=actor, subject=request, changes={"state": (before, request.state)})
    announce(request)
