"""Who asks and by which scheme, where reverse proxies of ours stand in front."""

import ipaddress
from typing import Final

from platform_site.bodies import Application, Receive, Scope, Send

_SECURE: Final = {"http": "https", "websocket": "wss"}


def forwarded(application: Application, proxies: int) -> Application:
    """Take the caller's address and scheme from what the outermost of our proxies says of them.

    Each proxy appends the address that it was called from, so that the caller's stands as many places from the right as
    there are proxies. Whatever stands left of it was written by the caller, who may write anything.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in _SECURE:
            address = _told(scope, b"x-forwarded-for", proxies)
            if _is_address(address):
                scope["client"] = (address, 0)
            if _told(scope, b"x-forwarded-proto", 1) == "https":
                scope["scheme"] = _SECURE[scope["type"]]
        await application(scope, receive, send)

    return answer


def _told(scope: Scope, header: bytes, place: int) -> str:
    """Return what a header says that many places from the right, or nothing if it says less."""
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == header]
    values = [value.strip() for value in ",".join(lines).split(",")]
    return values[-place] if place <= len(values) else ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
