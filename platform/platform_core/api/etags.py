"""Edits that start from the version the client has seen."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from platform_core.problems import PreconditionFailed, PreconditionNeeded

IF_MATCH: Final = "If-Match"
IF_NONE_MATCH: Final = "If-None-Match"

_WITHOUT_VERSION: Final = "_without_version"

V = TypeVar("V", bound=Callable[..., Response])


def without_version(*, because: str) -> Callable[[V], V]:
    """Say of a method that replaces something why it asks for no version: what was there before does not matter."""

    def mark(method: V) -> V:
        setattr(method, _WITHOUT_VERSION, because)
        return method

    return mark


def asks_for_version(method: object) -> bool:
    """Say whether an edit has to name the version it starts from: all do that do not say why they need none."""
    return not getattr(method, _WITHOUT_VERSION, "")


def etag_of(document: Mapping[str, Any]) -> str:
    """Return the tag of a representation: equal documents have equal tags."""
    text = json.dumps(document, cls=JSONEncoder, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def answer_with_etag(
    request: Request, document: Mapping[str, Any], *, status: int = 200, version: Mapping[str, Any] | None = None
) -> Response:
    """Answer with a document and its tag; a reader who has it already gets 304 without contents.

    `version` is what can be edited of a document that also changes by itself. Its tag is a weak one, that of this part
    alone, so that edits start from what people saw; whoever reads always gets the whole.
    """
    tag = etag_of(document) if version is None else f"W/{etag_of(version)}"
    reading = request.method in ("GET", "HEAD") and version is None
    if reading and tag in _tags(request.headers.get(IF_NONE_MATCH, "")):
        response = Response(status=304)
    else:
        response = Response(document, status=status)
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def require_match(request: Request, document: Mapping[str, Any], *, as_read: bool = False) -> None:
    """Refuse an edit that does not name the present version; the object is locked by the edit's transaction.

    `as_read` is for what binds somebody: there any version (`*`) does not do, since nobody signs what it did not read.
    """
    named = request.headers.get(IF_MATCH, "")
    if as_read and named.strip() in ("", "*"):
        raise PreconditionNeeded(f"Send the ETag of what you read in the header {IF_MATCH}: it binds to that alone.")
    if not named:
        raise PreconditionNeeded(f"Send the ETag of what you edit in the header {IF_MATCH}.")
    if named.strip() != "*" and etag_of(document) not in _tags(named):
        raise PreconditionFailed("Somebody changed this since you read it: fetch it again, then repeat your change.")


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
