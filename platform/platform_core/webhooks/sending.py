"""Calling an address that somebody else chose, without letting it reach into our own network."""

import ipaddress
import ssl
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpcore
from django.conf import settings

from platform_core.calls import BoundedBackend, Ending, look_up

PATIENCE: Final = 10.0
"""Seconds for the whole call, from the look for its name to the end of the answer."""
EACH_STEP: Final = 5.0
"""Seconds for one step of it, such as connecting, or waiting for the next bytes."""
MOST_READ: Final = 16 * 1024
"""Bytes of an answer that are read; what it says does not matter."""
LONGEST_ADDRESS: Final = 500


class Unreachable(Exception):
    """The call could not be made, or was not answered; the text says why, without what the other side said."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address to call, taken apart."""

    https: bool
    host: str
    port: int
    path: str


def target_of(url: str) -> Target:
    """Take an address apart; ValueError says what is wrong with it."""
    private = settings.WEBHOOKS_TO_PRIVATE_ADDRESSES
    if len(url) > LONGEST_ADDRESS or not url.isascii() or any(letter <= " " or letter == "\x7f" for letter in url):
        raise ValueError(f"Write an address of at most {LONGEST_ADDRESS} characters, without blanks.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("This is no address.") from None
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise ValueError("The address must begin with https://.")
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("Write host and path only, without a name, a password or a fragment.")
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        literal = None
    if literal is not None and not may_be_called(str(literal)):
        raise ValueError("This address is not in the public internet.")
    https = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(https, host, port or (443 if https else 80), path)


def may_be_called(address: str) -> bool:
    """Say whether an address is in the public internet, also where it is written as one of the other family."""
    if settings.WEBHOOKS_TO_PRIVATE_ADDRESSES:
        return True
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return may_be_called(str(inner))
    return found.is_global and not found.is_multicast and not found.is_reserved


def call(url: str, headers: dict[str, str], body: bytes) -> int:
    """Post to an address and return the status of the answer. Redirects are not followed, proxies not used."""
    try:
        target = target_of(url)
    except ValueError as problem:
        raise Unreachable(str(problem)) from None
    ending = Ending(PATIENCE)
    each = dict.fromkeys(("connect", "read", "write", "pool"), EACH_STEP)
    sent = {"Host": _host(target), "Content-Type": "application/json", "User-Agent": "Lianchi-Webhooks/1", **headers}
    try:
        with (
            httpcore.ConnectionPool(
                ssl_context=ssl.create_default_context(), network_backend=_Pinned(ending), max_connections=1, retries=0
            ) as pool,
            pool.stream(
                "POST",
                httpcore.URL(
                    scheme=b"https" if target.https else b"http",
                    host=target.host.encode(),
                    port=target.port,
                    target=target.path.encode(),
                ),
                headers=list(sent.items()),
                content=body,
                extensions={"timeout": each},
            ) as answer,
        ):
            read = 0
            for part in answer.iter_stream():
                read += len(part)
                if read > MOST_READ:
                    break
            return int(answer.status)
    except Unreachable:
        raise
    except (httpcore.TimeoutException, TimeoutError):
        raise Unreachable("It did not answer in time.") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as problem:
        kind = "Its certificate was not accepted." if isinstance(problem.__context__, ssl.SSLError) else ""
        raise Unreachable(kind or "It could not be reached.") from None


def _host(target: Target) -> str:
    name = f"[{target.host}]" if ":" in target.host else target.host
    return name if target.port == (443 if target.https else 80) else f"{name}:{target.port}"


class _Pinned(BoundedBackend):
    """Connects to an address that was looked at, so that a name cannot lead elsewhere between look and call."""

    def addresses(self, host: str, port: int, patience: float) -> list[str]:
        """Look the name up once, and refuse it if any address is not public."""
        try:
            addresses = look_up(host, port, patience)
        except TimeoutError:
            raise
        except (OSError, UnicodeError):
            raise Unreachable("There is no such host.") from None
        if not addresses or not all(may_be_called(address) for address in addresses):
            raise Unreachable("This address is not in the public internet.")
        return addresses
