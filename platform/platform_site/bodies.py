"""How much of a request is taken: counted as it arrives, before anything keeps it."""

import io
import re
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any, Final

from django.core.handlers.asgi import ASGIRequest
from django.utils import translation

from licensing.reports.services import LARGEST_FILE
from platform_core.api.problems import PROBLEM_JSON, TooLarge, problem_response
from platform_core.documents.services import LARGEST_DOCUMENT

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_BODY: Final = 2**20
"""Bytes taken at any address that takes no files."""

LARGEST_UPLOAD: Final = LARGEST_FILE + LARGEST_BODY
"""Bytes taken where a sales report is sent: the file, and what is sent around it."""

_UPLOADS: Final = (
    (re.compile(r"/api/v1/sales-reports(/[0-9a-f-]{36}/superseding-reports)?", re.ASCII), LARGEST_UPLOAD),
    (re.compile(r"/api/v1/report-drafts", re.ASCII), LARGEST_UPLOAD),
    (re.compile(r"/api/v1/documents", re.ASCII), LARGEST_DOCUMENT + LARGEST_BODY),
)


def largest_at(method: str, path: str) -> int:
    """Return how many bytes a request to an address may bring."""
    if method == "POST":
        for address, largest in _UPLOADS:
            if address.fullmatch(path):
                return largest
    return LARGEST_BODY


def limited(application: Application) -> Application:
    """Answer 413 as soon as a request is announced or found to be larger than its address takes."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        largest = largest_at(scope["method"], scope["path"])
        if _announced(scope) > largest:
            await _refuse(scope, send, largest)
            return
        arrived = 0
        refused = started = False

        async def counted() -> MutableMapping[str, Any]:
            nonlocal arrived, refused
            message = await receive()
            if message["type"] == "http.request":
                arrived += len(message.get("body", b""))
                refused = arrived > largest
            # As if the caller had gone, upon which what was kept so far is given up.
            return {"type": "http.disconnect"} if refused else message

        async def watched(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            started = True
            await send(message)

        await application(scope, counted, watched)
        # The body is read whole before an answer begins.
        if refused and not started:
            await _refuse(scope, send, largest)

    return answer


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name.lower() == b"content-length" and value.isdigit():
            return int(value)
    # A body sent in chunks announces nothing; it is counted as it comes.
    return 0


async def _refuse(scope: Scope, send: Send, largest: int) -> None:
    request = ASGIRequest(scope, io.BytesIO())
    # Nothing of Django has seen the request yet, nor asked for its language.
    with translation.override(translation.get_language_from_request(request)):
        answer = problem_response(
            TooLarge(f"At most {largest // 2**20} MB are taken here. Send less at once."), request
        )
    headers = [
        (b"content-type", PROBLEM_JSON.encode()),
        (b"content-length", str(len(answer.content)).encode()),
        # What is still coming is not read, so the connection cannot be used again.
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": int(HTTPStatus.REQUEST_ENTITY_TOO_LARGE), "headers": headers})
    await send({"type": "http.response.body", "body": answer.content})
