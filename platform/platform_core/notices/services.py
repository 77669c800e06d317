"""Telling seats, and noting that they have read it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, QuerySet

from platform_core.access.actors import Actor
from platform_core.identity.models import Language, Seat
from platform_core.messaging.kinds import Kind
from platform_core.messaging.services import send_message
from platform_core.models import Record
from platform_core.notices.models import INBOX, Notice, Reminder
from platform_core.notices.selectors import notices, reminded_lately
from platform_core.problems import Conflict, invalid
from platform_core.realtime.services import announce
from platform_core.realtime.topics import Topic


class RemindedLately(Conflict):
    """They were reminded within the last day already; whoever wants to do it again has to say so."""

    code = "reminded_lately"
    title = "They were reminded less than a day ago"


T = TypeVar("T", bound=Record)
R = TypeVar("R", bound=Reminder)


@dataclass(frozen=True, slots=True)
class Reminded(Generic[T, R]):
    """The reminders that were sent, and for what there is nobody here who could be reminded."""

    reminders: list[R]
    unreached: list[T]


def remind_each(
    *,
    actor: Actor,
    missing: Sequence[T],
    only: Collection[UUID] | None,
    again: bool,
    sent: QuerySet[R],
    about: str,
    code_of: Callable[[T], str],
    remind: Callable[[T], R | None],
) -> Reminded[T, R]:
    """Remind the people of all that lacks something, or `only` of some of it, each by `remind`.

    `sent` are the reminders of before that the actor may know of; `about` is their column that names what they are
    about, such as `membership_id`. Whoever was reminded within the last day is not reminded again unless `again` says
    that this is meant. The caller holds a lock, so that two who do this at once do not both write to everybody.
    """
    wanted = set(only) if only is not None else {one.pk for one in missing}
    asked = [one for one in missing if one.pk in wanted]
    if len(asked) < len(wanted):
        raise invalid(f"/{about}s", "not_missing", "Some of these are not there, or lack nothing any more.")
    lately = reminded_lately(sent, about, actor=actor)
    repeated = [code_of(one) for one in asked if one.pk in lately]
    if repeated and not again:
        raise RemindedLately(f"Reminded within the last day already: {', '.join(repeated)}.")
    reached = [(one, remind(one)) for one in asked]
    return Reminded(
        [reminder for _, reminder in reached if reminder is not None],
        [one for one, reminder in reached if reminder is None],
    )


def remind_seats(
    *,
    actor: Actor,
    seats: Iterable[UUID],
    notice: str,
    letter: Kind,
    subject: Model,
    page: str,
    words: Callable[[Language], Mapping[str, str]],
) -> int:
    """Remind seats of what they have still to do, by a notice and by a message with a link to a page.

    Each person is written to once, in their language; `words` gives what the message says besides name and link.
    Returns how many people were reached: whose account is closed is not among them.
    """
    open_seats = Seat.objects.filter(pk__in=list(seats), ended_at=None, user__is_active=True).order_by("pk")
    people = {seat.user_id: seat for seat in open_seats.select_related("user") if seat.pk != actor.seat_id}
    notify_seats(actor=actor, seats=[seat.pk for seat in open_seats], kind=notice, subject=subject)
    for seat in people.values():
        said = words(Language(seat.user.language))
        values = {**said, "name": seat.user.name, "link": f"{settings.PUBLIC_URL}{page}"}
        send_message(actor=actor, kind=letter, user=seat.user, values=values)
    return len(people)


def notify_seats(
    *, actor: Actor, seats: Iterable[UUID], kind: str, subject: Model, values: Mapping[str, Any] | None = None
) -> int:
    """Tell seats about a thing, in the transaction of what happened, and return how many were told.

    Whoever acts is not told of its own act. `values` hold numbers and names, as JSON takes them.
    """
    return notify_of_each(actor=actor, kind=kind, each=[(subject, seats, values or {})])


def notify_of_each(*, actor: Actor, kind: str, each: Iterable[tuple[Model, Iterable[UUID], Mapping[str, Any]]]) -> int:
    """Tell of each of some things the seats that go with it, as `notify_seats` does of one, and by one statement."""
    if not connection.in_atomic_block:
        raise RuntimeError(f"{kind!r} was told outside the transaction of what happened")
    told = [
        Notice(
            seat_id=seat,
            kind=kind,
            values=dict(values),
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            at=actor.clock.now(),
        )
        for subject, seats, values in each
        for seat in dict.fromkeys(seats)
        if seat != actor.seat_id
    ]
    Notice.objects.bulk_create(told)
    # Each seat listens to a topic of its own, which nobody else hears; what it was told, it fetches.
    announce(*(Topic(INBOX, seat) for seat in dict.fromkeys(notice.seat_id for notice in told)))
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
