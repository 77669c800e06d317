"""Saying that one has looked."""

from datetime import datetime

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.home.models import HomeVisit
from platform_core.problems import SignInNeeded


@transaction.atomic
def mark_home_seen(*, actor: Actor) -> datetime:
    """Note that the seat has looked at what changed; only what comes later is told as new."""
    if actor.seat_id is None:
        raise SignInNeeded
    now = actor.clock.now()
    HomeVisit.objects.update_or_create(seat_id=actor.seat_id, defaults={"seen_at": now})
    return now
