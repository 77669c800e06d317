"""Asking through everything a real request passes, and what an answer tells: status, headers and bytes."""

from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from tests.api.matrix.asking import PREFIX, Asker

Told = tuple[int, tuple[tuple[str, str], ...], bytes]
"""A status, headers and bytes."""

_OF_EACH_REQUEST = frozenset({"x-request-id", "ratelimit", "ratelimit-policy", "date", "set-cookie", "server-timing"})

_keys = count(1)


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
        with transaction.atomic():
            if method == "GET":
                response = call(f"/{PREFIX}{address}", **given)
            elif form:
                parts = {name: _file() if value == "$file" else value for name, value in (body or {}).items()}
                response = call(f"/{PREFIX}{address}", parts, **given)
            else:
                response = call(f"/{PREFIX}{address}", dict(body or {}), content_type="application/json", **given)
            contents = b"".join(response.streaming_content) if response.streaming else response.content
            transaction.set_rollback(True)
        headers = {name.lower(): value for name, value in response.headers.items()}
        request_id = headers.get("x-request-id", "-")
        told = tuple(sorted((name, value) for name, value in headers.items() if name not in _OF_EACH_REQUEST))
        contents = contents.replace(request_id.encode(), b"<request>")
        if hide is not None:
            contents = contents.replace(str(hide).encode(), b"<id>")
            told = tuple((name, value.replace(str(hide), "<id>")) for name, value in told)
        return response.status_code, told, contents


def shown(told: Told) -> str:
    """Say in a line what was told, for a message."""
    status, _, contents = told
    with suppress(UnicodeDecodeError):
        return f"{status} {contents[:300].decode()}"
    return f"{status} {len(contents)} bytes"


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("file.csv", b"licence_id,month\n", content_type="text/csv")
