"""Calendars of deadlines at secret addresses: made once, shown once, read without signing in, and revoked."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.clock import Clock
from platform_core.deadlines.calendar_file import Entry, written
from platform_core.deadlines.kinds import words_of
from platform_core.deadlines.lifecycle import DeadlineState
from platform_core.deadlines.models import CalendarFeed, Deadline
from platform_core.deadlines.policies import REVOKE_CALENDAR_FEED
from platform_core.identity.models import Language, Seat
from platform_core.problems import Conflict, NotAllowed, WrongState

PREFIX: Final = "lcf_"
MOST: Final = 10
"""Calendars one seat has at a time."""
ENTRIES_AT_MOST: Final = 2_000
"""Deadlines a calendar shows, the soonest first: calendar programs choke on more."""
NOTED_EVERY: Final = timedelta(minutes=5)
_NAMES: Final = {Language.CHINESE: "联池期限", Language.ENGLISH: "Lianchi deadlines"}


@transaction.atomic
def make_feed(*, actor: Actor, name: str) -> tuple[CalendarFeed, str]:
    """Make a calendar for the seat that acts, and return it with its key, which is not kept."""
    if actor.seat_id is None:
        raise NotAllowed("A calendar belongs to a seat: choose one first.")
    checks = Checks()
    checks.text("name", name, longest=100)
    checks.refuse()
    # Locked, so that two requests at once cannot both find room for the last one.
    seat = Seat.objects.select_for_update(no_key=True).get(pk=actor.seat_id)
    if CalendarFeed.objects.filter(seat=seat, revoked_at=None).count() >= MOST:
        raise Conflict(f"You have {MOST} calendars: revoke some first.")
    key = PREFIX + secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(
        seat=seat, name=name.strip(), start=key[:12], key_hash=_hash_of(key), created_at=actor.clock.now()
    )
    record_event("calendar_feed.made", actor=actor, subject=feed, changes={"name": (None, feed.name)})
    return feed, key


@transaction.atomic
def revoke_feed(*, actor: Actor, feed_id: UUID) -> CalendarFeed:
    """Revoke a calendar at once: its address leads nowhere any more."""
    feed = get_visible(CalendarFeed, feed_id, actor=actor, for_change=True)
    require(actor, REVOKE_CALENDAR_FEED, feed)
    if feed.revoked_at is not None:
        raise WrongState("This calendar has been revoked already.")
    feed.revoked_at = actor.clock.now()
    feed.save(update_fields=["revoked_at"])
    record_event("calendar_feed.revoked", actor=actor, subject=feed)
    return feed


def feed_of(key: str) -> CalendarFeed | None:
    """Return the calendar of a key, unless it was revoked, or its person or seat is gone."""
    rows = CalendarFeed.objects.filter(
        key_hash=_hash_of(key), revoked_at=None, seat__ended_at=None, seat__user__is_active=True
    )
    return rows.select_related("seat__user").order_by("pk").first()


def calendar_of(feed: CalendarFeed, *, clock: Clock, request_id: str) -> bytes:
    """Write the calendar of a feed: what its seat sees at this moment, by its own rights and nothing else's."""
    # Never under a staff session: that is for somebody who sits there and looks.
    actor = replace(actor_in_seat(feed.seat_id, clock=clock, request_id=request_id), staff=None)
    language = Language(feed.seat.user.language)
    rows = Deadline.objects.visible_to(actor).filter(state=DeadlineState.OPEN).order_by("due_on", "pk")
    return written(_NAMES[language], _entries(rows[:ENTRIES_AT_MOST], language))


def note_reading(feed: CalendarFeed, *, clock: Clock) -> None:
    """Note when a calendar was last read, to some minutes."""
    now = clock.now()
    if feed.read_at is None or now - feed.read_at >= NOTED_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=now)


def _entries(rows: Iterable[Deadline], language: Language) -> list[Entry]:
    chinese = language is Language.CHINESE
    last = "最迟：{day}" if chinese else "At the latest: {day}"
    return [
        Entry(
            uid=f"{row.pk}@{settings.PUBLIC_URL.split('://', 1)[-1]}",
            day=row.due_on,
            summary=words_of(row.kind, language, row.values, title=row.title),
            description=last.format(day=row.last_day.isoformat()) if row.last_day > row.due_on else "",
            url=f"{settings.PUBLIC_URL}/deadlines?subject={row.subject_id}",
            changed_at=row.changed_at,
        )
        for row in rows
    ]


def _hash_of(key: str) -> str:
    """Return the hash by which a calendar is known; its key is 256 random bits, so no salt is needed."""
    return hashlib.sha256(key.encode()).hexdigest()
