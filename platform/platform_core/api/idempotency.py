"""Requests that must happen once however often they are sent: the caller's key decides."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import QueryDict
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from platform_core.access.actors import Actor
from platform_core.access.grants.selectors import grants_in_force
from platform_core.api.models import IdempotentAnswer
from platform_core.api.requests import actor_of
from platform_core.clock import Clock
from platform_core.ids import new_id
from platform_core.problems import IdempotencyMismatch, NotAllowed, SignInNeeded, invalid

IDEMPOTENCY_HEADER: Final = "Idempotency-Key"
REPLAYED_HEADER: Final = "Idempotency-Replayed"

KEPT_FOR: Final = timedelta(days=30)
"""How long an answer is kept for a repeated request."""

_FORM: Final = re.compile(r"[\x21-\x7e]{8,255}")
_KEPT_HEADERS: Final = ("Location", "ETag")

_ASKS_FOR_KEY: Final = "_asks_for_key"

V = TypeVar("V", bound=APIView)
P = ParamSpec("P")
T = TypeVar("T")


def idempotent(
    method: Callable[Concatenate[V, Request, P], Response],
) -> Callable[Concatenate[V, Request, P], Response]:
    """Make a method of a view happen once per seat and `Idempotency-Key`, in one transaction with the stored answer.

    The key is required. A repeated request gets the stored answer; the same key with another request is refused.
    A request that fails leaves nothing behind, so that it can be sent again with the same key.
    """

    @wraps(method)
    def once(view: V, request: Request, *args: P.args, **kwargs: P.kwargs) -> Response:
        return _Keyed(request).once(lambda: method(view, request, *args, **kwargs))

    setattr(once, _ASKS_FOR_KEY, True)
    return cast(Callable[Concatenate[V, Request, P], Response], once)


def idempotent_after(
    prepare: Callable[Concatenate[V, Request, P], T],
) -> Callable[[Callable[Concatenate[V, Request, T, P], Response]], Callable[Concatenate[V, Request, P], Response]]:
    """Do the same for a method that needs long work first, which locks nothing and is done before the transaction.

    What the work gives goes to the method behind the request. It is not done again for a request that is repeated.
    """

    def decorate(
        method: Callable[Concatenate[V, Request, T, P], Response],
    ) -> Callable[Concatenate[V, Request, P], Response]:
        @wraps(method)
        def once(view: V, request: Request, *args: P.args, **kwargs: P.kwargs) -> Response:
            keyed_request = _Keyed(request)
            if (repeated := keyed_request.answer()) is not None:
                return repeated
            prepared = prepare(view, request, *args, **kwargs)
            return keyed_request.once(lambda: method(view, request, prepared, *args, **kwargs))

        setattr(once, _ASKS_FOR_KEY, True)
        return cast(Callable[Concatenate[V, Request, P], Response], once)

    return decorate


def keyed(method: Callable[P, Response]) -> Callable[P, Response]:
    """Declare that a method takes the caller's key and has it kept by its service: strangers have no seat for it."""
    setattr(method, _ASKS_FOR_KEY, True)
    return method


def key_of(request: Request) -> str:
    """Return the caller's own name for a request, or ask for one."""
    key = request.headers.get(IDEMPOTENCY_HEADER, "")
    if not _FORM.fullmatch(key):
        raise invalid(
            "", "idempotency_key", f"Send the header {IDEMPOTENCY_HEADER} with 8 to 255 characters of your choice."
        )
    return key


def asks_for_key(method: object) -> bool:
    """Say whether a method of a view takes an idempotency key."""
    return bool(getattr(method, _ASKS_FOR_KEY, False))


def forget_old_answers(*, clock: Clock) -> int:
    """Delete the answers that nobody will ask for again, and return how many there were."""
    return IdempotentAnswer.objects.filter(answered_at__lt=clock.now() - KEPT_FOR).delete()[0]


def hash_of_request(request: Request) -> str:
    """Return a hash of what was asked: method, address, and contents, of files too."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type and request.content_type.startswith("multipart/"):
        # The boundary differs from one sending to the next, so the parts are hashed, not the bytes around them.
        parts = cast(QueryDict, request.data)
        for name in sorted(parts):
            for value in parts.getlist(name):
                digest.update(f"{name}\n".encode())
                digest.update(_hash_of_part(value))
    else:
        digest.update((request.content_type or "").encode())
        digest.update(request._request.body)
    return digest.hexdigest()


class _Keyed:
    """A request of a seat with the key that it is known by."""

    def __init__(self, request: Request) -> None:
        self._key = key_of(request)
        self._actor = actor_of(request)
        if self._actor.seat_id is None:
            raise SignInNeeded
        self._seat_id = self._actor.seat_id
        self._sent, self._rights = hash_of_request(request), _hash_of_rights(self._actor)

    def answer(self) -> Response | None:
        """Return the answer that is kept for it; None: it was not carried out yet."""
        kept = IdempotentAnswer.objects.filter(seat_id=self._seat_id, key=self._key).first()
        return None if kept is None else _repeat(kept, self._sent, self._rights)

    def once(self, act: Callable[[], Response]) -> Response:
        """Carry it out, unless it was, in one transaction with its answer."""
        with transaction.atomic():
            # A second request with the key waits here until the first has committed or failed.
            mine = _claim(self._seat_id, self._key, self._sent, self._rights, self._actor)
            if mine is None:
                kept = IdempotentAnswer.objects.get(seat_id=self._seat_id, key=self._key)
                return _repeat(kept, self._sent, self._rights)
            response = act()
            if response.status_code >= 400:
                transaction.set_rollback(True)
                return response
            _store(mine, response)
        return response


def _hash_of_part(value: object) -> bytes:
    digest = hashlib.sha256()
    if isinstance(value, UploadedFile):
        digest.update(f"file {value.name}\n".encode())
        for chunk in value.chunks():
            digest.update(chunk)
        value.seek(0)
    else:
        digest.update(f"text {value}".encode())
    return digest.digest()


def _hash_of_rights(actor: Actor) -> str:
    now = actor.clock.now()
    held = sorted(
        f"{row.role} {row.alliance_id} {row.operating_entity_id} {row.purpose}"
        for row in actor.assignments
        if row.in_force(now)
    )
    if (staff := actor.open_staff_session) is not None:
        held.append(f"staff session {staff.session_id}")
    # What was given by hand ends at once on every channel, and what somebody undertook not to see begins so.
    held += [f"grant {grant_id}" for grant_id in grants_in_force(actor)]
    if actor.screen is not None:
        held += sorted(f"screen {hidden}" for hidden in (*actor.screen.organisations, *actor.screen.kinds))
    return hashlib.sha256("\n".join(held).encode()).hexdigest()


def _claim(seat_id: UUID, key: str, sent: str, rights: str, actor: Actor) -> UUID | None:
    answer_id = new_id()
    IdempotentAnswer.objects.bulk_create(
        [
            IdempotentAnswer(
                id=answer_id,
                seat_id=seat_id,
                key=key,
                request_hash=sent,
                rights_hash=rights,
                answered_at=actor.clock.now(),
            )
        ],
        ignore_conflicts=True,
    )
    return answer_id if IdempotentAnswer.objects.filter(pk=answer_id).exists() else None


def _store(answer_id: UUID, response: Response) -> None:
    IdempotentAnswer.objects.filter(pk=answer_id).update(
        status=response.status_code,
        body=_plain(response.data),
        headers={name: response[name] for name in _KEPT_HEADERS if name in response},
    )


def _plain(data: Any) -> Any:
    return json.loads(json.dumps(data, cls=JSONEncoder))


def _repeat(answer: IdempotentAnswer, sent: str, rights: str) -> Response:
    if answer.request_hash != sent:
        raise IdempotencyMismatch("Use a new key for a new request.")
    if answer.rights_hash != rights:
        # The stored answer may hold what this seat may no longer see.
        raise NotAllowed("This was carried out before, and your rights have changed since: fetch the result anew.")
    response = Response(answer.body, status=answer.status)
    for name, value in answer.headers.items():
        response[name] = value
    response[REPLAYED_HEADER] = "true"
    return response
