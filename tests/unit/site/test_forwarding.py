"""Whose address counts behind proxies: what the outermost of ours says, never what the caller wrote."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from platform_site.forwarding import forwarded

PROXY = ("10.0.0.9", 4711)


def seen(headers: list[tuple[bytes, bytes]], *, proxies: int, kind: str = "http") -> MutableMapping[str, Any]:
    """Return the connection as the application behind sees it."""
    found: list[MutableMapping[str, Any]] = []

    async def application(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        found.append(scope)

    plain = {"http": "http", "websocket": "ws"}.get(kind, "")
    scope = {"type": kind, "client": PROXY, "scheme": plain, "headers": headers}
    asyncio.run(forwarded(application, proxies)(scope, None, None))  # type: ignore[arg-type]  # none is used
    return found[0]


@pytest.mark.parametrize(
    ("told", "proxies", "address"),
    [
        ([b"203.0.113.7"], 1, "203.0.113.7"),
        ([b"192.0.2.1, 203.0.113.7"], 1, "203.0.113.7"),
        ([b"192.0.2.1", b"203.0.113.7"], 1, "203.0.113.7"),
        ([b"192.0.2.1, 203.0.113.7, 10.0.0.8"], 2, "203.0.113.7"),
        ([b"2001:db8::7"], 1, "2001:db8::7"),
        ([b"10.0.0.8"], 2, PROXY[0]),
        ([b"unknown"], 1, PROXY[0]),
        ([], 1, PROXY[0]),
    ],
)
def test_the_address_is_the_one_the_outermost_proxy_was_called_from(
    told: list[bytes], proxies: int, address: str
) -> None:
    assert seen([(b"x-forwarded-for", value) for value in told], proxies=proxies)["client"][0] == address


@pytest.mark.parametrize(("kind", "scheme"), [("http", "https"), ("websocket", "wss")])
def test_the_scheme_is_the_one_the_proxy_tells(kind: str, scheme: str) -> None:
    assert seen([(b"x-forwarded-proto", b"https")], proxies=1, kind=kind)["scheme"] == scheme
    assert seen([(b"x-forwarded-proto", b"http")], proxies=1, kind=kind)["scheme"] != scheme
