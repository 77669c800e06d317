"""Every route of the API, and how a question to it is put and its answer read."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished
from django.db import close_old_connections, connection
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate

from platform_core.access.actors import Actor
from platform_core.api.views import HouseView
from platform_core.identity.models import User

PREFIX = "api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")

REFUSALS = frozenset({"401", "403", "404"})

_keys = count(1)
_requests = APIRequestFactory()
_WRITING = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
_NOTED_ANYWAY = frozenset({"access_accesslogentry", "api_idempotentanswer", "signin_lock"})
"""What a refused request may leave: that it was made, and how often a key was guessed wrong."""


@dataclass(frozen=True)
class Asker:
    """Somebody who asks: an actor in a seat, a signed-in person without one, or nobody that is known."""

    name: str
    user: User | None
    actor: Actor | None


def routes() -> dict[str, type[HouseView]]:
    """Return every method of every address below /api/v1/, such as `GET patents/{patent_id}`, with its view."""
    found: dict[str, type[HouseView]] = {}
    for path, pattern in _patterns(get_resolver().url_patterns, ""):
        view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
        if path.startswith(PREFIX) and isinstance(view, type) and issubclass(view, HouseView):
            name = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path.removeprefix(PREFIX))
            for method in METHODS:
                if hasattr(view, method):
                    found[f"{method.upper()} {name}"] = view
    return found


def other_addresses() -> set[str]:
    """Return the addresses below /api/v1/ that are no views of ours."""
    ours = {route.split(" ", 1)[1] for route in routes()}
    return {
        name
        for path, _ in _patterns(get_resolver().url_patterns, "")
        if path.startswith(PREFIX)
        and (name := re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path.removeprefix(PREFIX))) not in ours
    }


def ask(
    asker: Asker, route: str, address: str, *, body: Mapping[str, Any] | None = None, form: bool = False, tag: str = ""
) -> Response:
    """Put one question as somebody, past the middleware, and return the answer."""
    method = route.split(" ", 1)[0].lower()
    headers = {"HTTP_IDEMPOTENCY_KEY": f"matrix-{next(_keys):08d}"}
    if tag:
        headers["HTTP_IF_MATCH"] = tag
    make = getattr(_requests, method)
    path = f"/{PREFIX}{address}"
    if method == "get":
        request = make(path, **headers)
    elif form:
        parts = {name: _file() if value == "$file" else value for name, value in (body or {}).items()}
        request = make(path, parts, format="multipart", **headers)
    else:
        request = make(path, dict(body or {}), format="json", **headers)
    request.session = SessionStore()
    request.user = asker.user or AnonymousUser()
    if asker.user is not None:
        force_authenticate(request, user=asker.user)
    if asker.actor is not None:
        request.META["lianchi.actor"] = asker.actor
    match = resolve(path.split("?")[0])
    response: Response = match.func(request, *match.args, **match.kwargs)
    return response


def done_with(response: HttpResponseBase) -> None:
    """Close what an answer holds open, without giving the connection back in the middle of our transaction."""
    request_finished.disconnect(close_old_connections)
    try:
        response.close()
    finally:
        request_finished.connect(close_old_connections)


def streamed(response: HttpResponseBase) -> bytes:
    """Return what an answer sends bit by bit; nothing where it is sent at once."""
    return b"".join(response) if isinstance(response, StreamingHttpResponse) else b""


def verdict(response: Response) -> str:
    """Say in a word how a question was answered: allowed (whatever came of it), or the way it was refused."""
    status = response.status_code
    document: Any = getattr(response, "data", None) or {}
    if status in (401, 403, 404):
        return str(status)
    if status == 422 and any(error.get("code") == "unknown" for error in document.get("errors", ())):
        # What a body refers to and the asker may not see: as if it were not there.
        return "404"
    if status >= 500 and document.get("code") != "files_missing":
        return str(status)
    return "ok"


@contextmanager
def writes_noted() -> Iterator[list[str]]:
    """Note the tables that are written to meanwhile, but for those that note the request itself."""
    written: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = _WRITING.match(sql)
        if found and found.group(1) not in _NOTED_ANYWAY:
            written.append(found.group(1))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield written


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("file.csv", b"licence_id,month\n", content_type="text/csv")


def _patterns(entries: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, URLPattern]]:
    for entry in entries:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry.url_patterns, path)
        else:
            yield path, entry
