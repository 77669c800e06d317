"""The reference of a request, which its answer and every line of the log about it carry.

It stands apart from everything that knows a model, as the log is set up before there are any.
"""

import re
from collections.abc import Callable
from contextvars import ContextVar
from logging import Filter, LogRecord
from typing import TYPE_CHECKING, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from platform_core.ids import new_id

if TYPE_CHECKING:
    from rest_framework.request import Request

REQUEST_ID_HEADER: Final = "X-Request-Id"

_FORM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_current: ContextVar[str] = ContextVar("request_id", default="")


class RequestIdMiddleware:
    """Gives each request a reference, the caller's own if it has one, which the answer and the log carry too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle one request."""
        given = request.headers.get(REQUEST_ID_HEADER, "")
        request_id = given if _FORM.fullmatch(given) else str(new_id())
        request.META["lianchi.request_id"] = request_id
        token = _current.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response.headers[REQUEST_ID_HEADER] = request_id
        return response


class RequestIdFilter(Filter):
    """Puts the reference of the current request on every log record, as `request_id`."""

    def filter(self, record: LogRecord) -> bool:
        """Add the reference; never drops a record."""
        # Django tells of a refused request after it has left us, but with the request itself.
        told = getattr(getattr(record, "request", None), "META", {})
        record.request_id = _current.get() or told.get("lianchi.request_id") or "-"
        return True


def request_id_of(request: "HttpRequest | Request | None") -> str:
    """Return the reference of a request, or of the current one, or a new one where there is none."""
    if request is not None and (known := request.META.get("lianchi.request_id")):
        return str(known)
    return _current.get() or str(new_id())
