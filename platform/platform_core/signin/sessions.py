"""Where sessions are kept (the setting `SESSION_ENGINE`): one row for each browser, to be listed and ended."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from platform_core.identity.models import Seat, User
from platform_core.realtime.services import announce_rights
from platform_core.secrets import CannotOpen, seal, unseal
from platform_core.signin.models import DEVICE_AT_MOST, Session

SIGNED_IN_AT: Final = "signed_in_at"
"""When the person of a session signed in; a change of the key does not make it later."""

SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly it is noted when a session was last used."""

ANONYMOUS_FOR: Final = timedelta(hours=1)
"""How long a browser has for the steps of signing in."""


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from: its network address and what its browser calls itself."""

    address: str | None = None
    device: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Client":
        """Return where a request comes from."""
        device = request.headers.get("User-Agent", "").replace("\x00", "")[:DEVICE_AT_MOST]
        return cls(request.META.get("REMOTE_ADDR") or None, device)


class SessionStore(SessionBase):
    """One browser's session."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.client = Client()
        self._row: Session | None = None

    @property
    def row_id(self) -> UUID | None:
        """The id by which the session is listed; None before it was loaded or kept."""
        return self._row.pk if self._row is not None else None

    @property
    def expires_at(self) -> datetime | None:
        """When the session ends unless it is used meanwhile; None before it was loaded or kept."""
        return self._row.expires_at if self._row is not None else None

    def load(self) -> dict[str, Any]:
        """Return the contents of the session; nothing if it has ended or run out."""
        row = Session.objects.filter(key_hash=hash_of(self.session_key), expires_at__gt=timezone.now()).first()
        self._row = row
        contents = self._open(row) if row is not None else None
        if contents is None:
            self._session_key = None
            return {}
        return contents

    def exists(self, session_key: str) -> bool:
        """Say whether there is a session of this key."""
        return Session.objects.filter(key_hash=hash_of(session_key)).exists()

    def create(self) -> None:
        """Make a new session under a new key."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]  # the stubs lack it
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Keep the contents; a session that was ended meanwhile is not brought back."""
        if self.session_key is None:
            self.create()
            return
        contents = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # the stubs lack it
        now = timezone.now()
        user_id = contents.get(SESSION_KEY)
        if user_id is not None:
            contents.setdefault(SIGNED_IN_AT, now.isoformat())
        key_hash = hash_of(self.session_key)
        started = datetime.fromisoformat(contents[SIGNED_IN_AT]) if SIGNED_IN_AT in contents else now
        row = Session(
            key_hash=key_hash,
            user_id=User._meta.pk.to_python(user_id) if user_id is not None else None,
            contents=seal(json.dumps(contents), bound_to=place_of_contents(key_hash)),
            started_at=started,
            seen_at=now,
            expires_at=max(end_of(started, now, signed_in=user_id is not None), started),
            address=self.client.address,
            device=self.client.device,
        )
        if must_create:
            try:
                with transaction.atomic():
                    row.save(force_insert=True)
            except IntegrityError:
                raise CreateError from None
            self._row = row
            return
        columns = ["user_id", "contents", "started_at", "seen_at", "expires_at"]
        columns += ["address", "device"] if self.client.address else []
        known = Session.objects.filter(key_hash=key_hash)
        if not known.update(**{column: getattr(row, column) for column in columns}):
            raise UpdateError
        row.pk = self._row.pk if self._row is not None else known.values_list("pk", flat=True).get()
        self._row = row

    def delete(self, session_key: str | None = None) -> None:
        """End the session of a key, on its open sockets too."""
        key = session_key or self.session_key
        if key == self.session_key:
            self._row = None
        if key is not None:
            end_sessions(Session.objects.filter(key_hash=hash_of(key)))

    def touch(self) -> None:
        """Note that a signed-in session is in use, now and then."""
        row, now = self._row, timezone.now()
        if row is None or row.user_id is None or now - row.seen_at < SEEN_EVERY:
            return
        row.seen_at = now
        row.expires_at = end_of(row.started_at, now, signed_in=True)
        row.address, row.device = self.client.address or row.address, self.client.device or row.device
        columns = ("seen_at", "expires_at", "address", "device")
        Session.objects.filter(pk=row.pk).update(**{column: getattr(row, column) for column in columns})

    @classmethod
    def clear_expired(cls) -> None:
        """Forget the sessions that have run out."""
        forget_old_sessions(timezone.now())

    def _open(self, row: Session) -> dict[str, Any] | None:
        try:
            contents = json.loads(unseal(row.contents, bound_to=place_of_contents(row.key_hash)))
        except (CannotOpen, ValueError):
            # Sealed with a key that is gone: whoever it was signs in again.
            return None
        return contents if isinstance(contents, dict) else None


def hash_of(session_key: str | None) -> str:
    """Return the hash by which a session's key is known; the key is 165 random bits, so no salt is needed."""
    return hashlib.sha256(f"session:{session_key}".encode()).hexdigest()


def end_of(started: datetime, seen: datetime, *, signed_in: bool) -> datetime:
    """Return when a session runs out that was started and last used at these instants."""
    if not signed_in:
        return seen + ANONYMOUS_FOR
    return min(started + settings.SESSION_ABSOLUTE, seen + settings.SESSION_IDLE)


@transaction.atomic
def end_sessions(rows: Any) -> list[UUID]:
    """End sessions at once, close their sockets within a second, and return whose they were."""
    people = list(rows.exclude(user=None).values_list("user_id", flat=True).distinct())
    rows.delete()
    announce_people(people)
    return people


def announce_people(user_ids: Iterable[UUID]) -> None:
    """Have the open sockets of these people asked again whether they may stay."""
    seats = list(Seat.objects.filter(user_id__in=list(user_ids), ended_at=None).values_list("pk", flat=True))
    if seats:
        announce_rights(seats)


def forget_old_sessions(now: datetime) -> int:
    """Forget the sessions that have run out, and return how many there were."""
    return int(Session.objects.filter(expires_at__lte=now).delete()[0])


def place_of_contents(key_hash: str) -> str:
    """Return the place that a session's contents are sealed for."""
    return f"signin.session.contents:{key_hash}"
