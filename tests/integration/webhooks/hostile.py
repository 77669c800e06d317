"""Systems on this machine that take a call and mean harm by it; each ends by itself after some seconds."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

ENDS_AFTER = 6.0
"""Seconds after which a hostile system lets go, so that a test that fails does not hang."""

INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"

WAYS = {
    "an interim answer again and again": (b"", INTERIM),
    "a header that never ends": (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
    "an answer that drips": (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
    "nothing": (b"", b""),
}
"""What it sends at once, and then every twentieth of a second."""


@contextmanager
def hostile(way: str) -> Iterator[str]:
    """A system that answers every call in this way, as the address to call."""
    first, then = WAYS[way]
    end = time.monotonic() + ENDS_AFTER
    over = threading.Event()

    def answer(line: socket.socket) -> None:
        with line, suppress(OSError):
            line.sendall(first)
            while time.monotonic() < end and not over.wait(0.05):
                line.sendall(then)

    def listen() -> None:
        with suppress(OSError):
            while True:
                line, _ = server.accept()
                threading.Thread(target=answer, args=[line], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=listen, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            over.set()
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
