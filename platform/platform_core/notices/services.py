"""Telling seats, and noting that they have read it."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model

from platform_core.access.actors import Actor
from platform_core.notices.models import INBOX, Notice
from platform_core.notices.selectors import notices
from platform_core.problems import invalid
from platform_core.realtime.services import announce
from platform_core.realtime.topics import Topic


def notify_seats(
    *, actor: Actor, seats: Iterable[UUID], kind: str, subject: Model, values: Mapping[str, Any] | None = None
) -> int:
    """Tell seats about a thing, in the transaction of what happened, and return how many were told.

    Whoever acts is not told of its own act. `values` hold numbers and names, as JSON takes them.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{kind!r} was told outside the transaction of what happened")
    told = [
        Notice(
            seat_id=seat,
            kind=kind,
            values=dict(values or {}),
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            at=actor.clock.now(),
        )
        for seat in dict.fromkeys(seats)
        if seat != actor.seat_id
    ]
    Notice.objects.bulk_create(told)
    # Each seat listens to a topic of its own, which nobody else hears; what it was told, it fetches.
    announce(*(Topic(INBOX, notice.seat_id) for notice in told))
    return len(told)


@transaction.atomic
def mark_notices_read(*, actor: Actor, ids: Collection[UUID] | None = None) -> int:
    """Note that the seat has read some of its notices, or all, and return how many were unread."""
    unread = notices(actor=actor, unread=True)
    if ids is not None:
        known = set(notices(actor=actor).filter(pk__in=list(ids)).values_list("pk", flat=True))
        if known != set(ids):
            raise invalid("/ids", "unknown", "Some of these notices are not there, or not yours.")
        unread = unread.filter(pk__in=known)
    pks = list(unread.values_list("pk", flat=True))
    count: int = Notice.objects.filter(pk__in=pks).update(read_at=actor.clock.now())
    if count and actor.seat_id is not None:
        announce(Topic(INBOX, actor.seat_id))
    return count
