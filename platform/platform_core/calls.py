"""Connections to other systems whose every step ends with the whole call."""

import socket
import ssl
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any, Final

import httpcore

NAMES_AT_ONCE: Final = 16
"""Names looked up at a time; the system cannot be stopped when it takes long, so that there is an end to them."""

_looking = threading.BoundedSemaphore(NAMES_AT_ONCE)


def look_up(host: str, port: int, patience: float) -> list[str]:
    """Find the addresses of a name, in a thread that can be left behind when the name's server takes long.

    Raises TimeoutError, and OSError or UnicodeError where there is no such name.
    """
    if not _looking.acquire(timeout=patience):
        raise TimeoutError
    found: Future[list[Any]] = Future()

    def look() -> None:
        try:
            found.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as problem:
            # It is raised where the name was asked for.
            found.set_exception(problem)
        finally:
            _looking.release()

    threading.Thread(target=look, name="name of a host", daemon=True).start()
    return list(dict.fromkeys(str(entry[4][0]) for entry in found.result(patience)))


class Ending:
    """When a call is over; one line may carry several calls, one after the other."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._until = 0.0
        self.begin(seconds)

    def begin(self, seconds: float) -> None:
        """Give the call that begins now so many seconds."""
        self._until = time.monotonic() + seconds

    def left(self, timeout: float | None = None) -> float:
        """Return how long a step may take before the whole call is over; raise TimeoutError if it is."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left if timeout is None else min(timeout, left)


class BoundedBackend(httpcore.NetworkBackend):
    """Connects so that every step ends with the whole call, to one address of a name after the other."""

    def __init__(self, ending: Ending) -> None:
        self._below = httpcore.SyncBackend()
        self._ending = ending

    def addresses(self, host: str, port: int, patience: float) -> list[str]:
        """Return the addresses of a name; whoever may not call all of them refuses some here."""
        try:
            return look_up(host, port, patience)
        except UnicodeError as problem:
            raise httpcore.ConnectError(str(problem)) from None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Look the name up once and connect, within what is left of the call."""
        addresses = self.addresses(host, port, self._ending.left(timeout))
        for place, address in enumerate(addresses, start=1):
            left = self._ending.left(timeout)
            try:
                line = self._below.connect_tcp(address, port, left, local_address, socket_options)
            except httpcore.ConnectError:
                if place == len(addresses):
                    raise
            else:
                return BoundedStream(line, self._ending)
        raise httpcore.ConnectError(f"{host} has no address")


class BoundedStream(httpcore.NetworkStream):
    """A connection whose every step ends with the whole call.

    A timeout of its own for each step would let an answer of one byte, or one interim answer, every few seconds go on
    for ever.
    """

    def __init__(self, below: httpcore.NetworkStream, ending: Ending) -> None:
        self._below = below
        self._ending = ending

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        return self._below.read(max_bytes, self._ending.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send something."""
        self._below.write(buffer, self._ending.left(timeout))

    def close(self) -> None:
        """Hang up."""
        self._below.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Speak in private from here on."""
        return BoundedStream(
            self._below.start_tls(ssl_context, server_hostname, self._ending.left(timeout)), self._ending
        )

    def get_extra_info(self, info: str) -> Any:
        """Tell what is known of the connection."""
        return self._below.get_extra_info(info)
