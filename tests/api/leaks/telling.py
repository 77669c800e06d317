"""Asking through everything a real request passes, and what it tells: status, headers, bytes, and traces it leaves."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count, takewhile
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from tests.api.matrix.asking import PREFIX, Asker, writes_noted

Told = tuple[int, tuple[tuple[str, str], ...], bytes, tuple[str, ...]]
"""A status, headers, bytes, and the traces: tables written to, what waits for the commit, lines of the log."""

_OF_EACH_REQUEST = frozenset({"x-request-id", "ratelimit", "ratelimit-policy", "date", "set-cookie", "server-timing"})

_NOTED_OF_ITSELF = frozenset({"signin_session"})
"""When a session was last used, which is written once a minute."""

_keys = count(1)


class _Lines(logging.Handler):
    """Notes what is logged, whoever logs it, with what went wrong."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class Teller:
    """A signed-in browser of somebody, whose requests are undone as soon as they are answered."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker
        self.client = Client(raise_request_exception=False)
        if asker.user is not None:
            self.client.force_login(asker.user)

    def told(
        self,
        method: str,
        address: str,
        *,
        body: Mapping[str, Any] | None = None,
        form: bool = False,
        tag: str = "*",
        hide: UUID | None = None,
    ) -> Told:
        """Ask, and return what is told; where `hide` stands in it, an id that anybody may have sent, it is blotted."""
        given: dict[str, Any] = {"headers": {"Idempotency-Key": "leak-00000000", "If-Match": tag}}
        if self.asker.actor is not None:
            given["lianchi.actor"] = self.asker.actor
        call = getattr(self.client, method.lower())
        waiting = len(connection.run_on_commit)
        with transaction.atomic(), _logged() as lines, writes_noted() as written:
            if method == "GET":
                response = call(f"/{PREFIX}{address}", **given)
            elif form:
                parts = {name: _file() if value == "$file" else value for name, value in (body or {}).items()}
                response = call(f"/{PREFIX}{address}", parts, **given)
            else:
                response = call(f"/{PREFIX}{address}", dict(body or {}), content_type="application/json", **given)
            contents = b"".join(response.streaming_content) if response.streaming else response.content
            later = [_name(entry[1]) for entry in connection.run_on_commit[waiting:]]
            transaction.set_rollback(True)
        headers = {name.lower(): value for name, value in response.headers.items()}
        request_id = headers.get("x-request-id", "-")
        told = tuple(sorted((name, value) for name, value in headers.items() if name not in _OF_EACH_REQUEST))
        contents = contents.replace(request_id.encode(), b"<request>")
        if hide is not None:
            contents = contents.replace(str(hide).encode(), b"<id>")
            told = tuple((name, value.replace(str(hide), "<id>")) for name, value in told)
        tables = [table for table in written if table not in _NOTED_OF_ITSELF]
        traces = [*tables, *later, *(line.replace(request_id, "<request>") for line in lines)]
        if hide is not None:
            traces = [trace.replace(str(hide), "<id>") for trace in traces]
        return response.status_code, told, contents, tuple(traces)


def shown(told: Told, beside: Told | None = None) -> str:
    """Say in a line what was told, for a message: beside something else, from a little before where they part."""
    status, _, contents, traces = told
    left = f", leaving {', '.join(traces)}" if traces else ""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(contents, beside[2], strict=False)) if beside else ()
    first = max(0, sum(1 for _ in alike) - 100)
    with suppress(UnicodeDecodeError):
        return f"{status} {contents[first : first + 300].decode()}{left}"
    return f"{status} {len(contents)} bytes{left}"


@contextmanager
def _logged() -> Iterator[list[str]]:
    handler = _Lines()
    logging.getLogger().addHandler(handler)
    try:
        yield handler.lines
    finally:
        logging.getLogger().removeHandler(handler)


def _name(later: Any) -> str:
    """Name what waits for the commit, with what it was given."""
    if isinstance(later, partial):
        return f"{later.func.__qualname__}{later.args}"
    return type(later).__name__ if not hasattr(later, "__qualname__") else str(later.__qualname__)


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("file.csv", b"licence_id,month\n", content_type="text/csv")
