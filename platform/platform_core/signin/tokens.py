"""Personal API tokens: made once, shown once, limited, and revoked."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.clock import Clock
from platform_core.identity.models import User
from platform_core.problems import Conflict, NotAllowed, WrongState
from platform_core.signin.models import ApiToken
from platform_core.signin.policies import REVOKE_API_TOKEN

PREFIX: Final = "lct_"
LONGEST: Final = timedelta(days=365)
MOST: Final = 50
"""Tokens one person has at a time."""
NOTED_EVERY: Final = timedelta(minutes=1)
API: Final = "api/v1/"
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@transaction.atomic
def make_token(
    *, actor: Actor, name: str, days: int, read_only: bool = True, areas: Sequence[str] = ()
) -> tuple[ApiToken, str]:
    """Make a token for the seat that acts, and return it with its key, which is not kept."""
    if actor.seat_id is None:
        raise NotAllowed("A token acts in a seat: choose one first.")
    checks = Checks()
    checks.text("name", name, longest=100)
    if not 1 <= days <= LONGEST.days:
        checks.wrong("days", "out_of_range", f"A token holds for 1 to {LONGEST.days} days.")
    if unknown := sorted(set(areas) - known_areas()):
        checks.wrong("areas", "unknown_area", f"There is no collection called {', '.join(unknown)}.")
    checks.refuse()
    now = actor.clock.now()
    # Locked, so that two requests at once cannot both find room for the last token.
    user = User.objects.select_for_update().get(pk=actor.person_id)
    if ApiToken.objects.filter(user=user, revoked_at=None, expires_at__gt=now).count() >= MOST:
        raise Conflict(f"You have {MOST} tokens: revoke some first.")
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        seat_id=actor.seat_id,
        name=name.strip(),
        start=key[:12],
        key_hash=hash_of_key(key),
        read_only=read_only,
        areas=sorted(set(areas)),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    record_event(
        "user.api_token_made",
        actor=actor,
        subject=user,
        changes={"token": (None, {"id": token.pk, "name": token.name, "read_only": read_only, "areas": token.areas})},
    )
    return token, key


@transaction.atomic
def revoke_token(*, actor: Actor, token_id: UUID) -> ApiToken:
    """Revoke a token at once."""
    token = get_visible(ApiToken, token_id, actor=actor, for_change=True)
    require(actor, REVOKE_API_TOKEN, token)
    if token.revoked_at is not None:
        raise WrongState("This token has been revoked already.")
    token.revoked_at = actor.clock.now()
    token.save(update_fields=["revoked_at"])
    record_event("user.api_token_revoked", actor=actor, subject=token.user, changes={"token": ({"id": token.pk}, None)})
    return token


def token_of(key: str, *, clock: Clock) -> ApiToken | None:
    """Return the token of a key, unless it was revoked, has run out, or its person or seat is gone."""
    return (
        ApiToken.objects.filter(
            key_hash=hash_of_key(key),
            revoked_at=None,
            expires_at__gt=clock.now(),
            user__is_active=True,
            seat__ended_at=None,
        )
        .select_related("user")
        .order_by("pk")
        .first()
    )


def actor_of_token(token: ApiToken, *, clock: Clock, request_id: str) -> Actor:
    """Return whom a token acts as: its person in its seat, never under a staff session."""
    actor = actor_in_seat(token.seat_id, user_id=token.user_id, clock=clock, request_id=request_id)
    return replace(actor, staff=None)


def require_within(token: ApiToken, *, method: str, path: str) -> None:
    """Refuse what a token is not for."""
    if token.read_only and method not in _READING:
        raise NotAllowed("This token may only read.")
    if token.areas and area_of(path) not in token.areas:
        raise NotAllowed(f"This token reaches only: {', '.join(token.areas)}.")


def note_use(token: ApiToken, *, address: str | None, clock: Clock) -> None:
    """Note when and from where a token was last used, to the minute."""
    now = clock.now()
    if token.used_at is None or now - token.used_at >= NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(used_at=now, used_from=address)


def known_areas() -> frozenset[str]:
    """Return the names of the API's collections, such as `patents`, as the site answers them now."""
    found: set[str] = set()

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> None:
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, route)
            elif area := area_of(f"/{route}"):
                found.add(area)

    walk(get_resolver().url_patterns, "")
    return frozenset(found - {"schema", "docs"})


def area_of(path: str) -> str:
    """Return the collection that an address belongs to; blank outside the API."""
    if not path.startswith(f"/{API}"):
        return ""
    name = path.removeprefix(f"/{API}").partition("/")[0]
    return name if "<" not in name else ""


def hash_of_key(key: str) -> str:
    """Return the hash by which a token is known; its key is 256 random bits, so no salt is needed."""
    return hashlib.sha256(key.encode()).hexdigest()
