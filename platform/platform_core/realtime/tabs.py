"""Which tab of a browser a change was asked for in, so that the tab is not told of it as of somebody else's."""

import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

TAB_HEADER: Final = "X-Tab"

_FORM: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
_current: ContextVar[str] = ContextVar("tab", default="")


class TabMiddleware:
    """Keeps in mind, while a request is handled, which tab it says it comes from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle one request."""
        token = _current.set(tab_named(request.headers.get(TAB_HEADER)))
        try:
            return self.get_response(request)
        finally:
            _current.reset(token)


def tab_named(given: str | None) -> str:
    """Return the name a tab gives itself, which is random; blank where it gives none, or none of ours."""
    return given if given and _FORM.fullmatch(given) else ""


def current_tab() -> str:
    """Return the tab that the request being handled comes from; blank where that is not known."""
    return _current.get()
