"""Serving the site on a port of this machine until somebody stops it."""

import fcntl
import os
import signal
import socket
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from platform_site.database.problems import DatabaseProblem

PORTS_TRIED = 20
GRACE_SECONDS = 5


class PortTaken(DatabaseProblem):
    """Another program listens on the port that was asked for."""


def listen(host: str, port: int, *, chosen: bool) -> socket.socket:
    """Take a port: the chosen one or none, otherwise the next free one from there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, min(port + (1 if chosen else PORTS_TRIED), 65536)):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(2048)
        except OSError as problem:
            listener.close()
            if not isinstance(problem, PermissionError) and problem.errno in _TAKEN:
                continue
            raise PortTaken(f"{host}:{candidate} cannot be listened on: {problem.strerror}.") from problem
        listener.set_inheritable(True)
        return listener
    span = f"Port {port} is" if chosen else f"Ports {port} to {port + PORTS_TRIED - 1} are"
    raise PortTaken(f"{span} in use by another program. Stop it, or choose another with --port or PORT.")


_TAKEN = {98, 48}
"""EADDRINUSE on Linux and on macOS."""


@contextmanager
def one_site_per_folder(data_dir: Path, address: str) -> Iterator[None]:
    """Let one site run from a data folder: two would not see each other's live updates."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "site.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            where = os.read(descriptor, 1000).decode().strip()
            raise PortTaken(f"Lianchi already runs from {data_dir}: {where}.") from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{address} (process {os.getpid()})\n".encode())
        yield
    finally:
        os.close(descriptor)


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Turn the requests to end into one exception, so that everything that was started is stopped in order."""

    def end(signum: int, frame: types.FrameType | None) -> None:
        raise KeyboardInterrupt

    def hang_up(signum: int, frame: types.FrameType | None) -> None:
        # A closed terminal ends the site like a polite request, which the web server knows how to follow.
        signal.raise_signal(signal.SIGTERM)

    before = {kind: signal.signal(kind, wish) for kind, wish in ((signal.SIGTERM, end), (signal.SIGHUP, hang_up))}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


class _Server(uvicorn.Server):
    """A server that tells when it takes requests."""

    def __init__(self, config: uvicorn.Config, *, when_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.started:
            self.when_ready()


def serve(listener: socket.socket, *, when_ready: Callable[[], None], log_level: str) -> bool:
    """Serve until stopped; False when the site could not start."""
    config = uvicorn.Config(
        "platform_site.asgi:application",
        lifespan="on",
        log_level=log_level.lower() if log_level != "INFO" else "warning",
        # What proxies say is read by the application, which knows how many of them are ours.
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ws="websockets-sansio",
        log_config=None,
    )
    server = _Server(config, when_ready=when_ready)
    server.run(sockets=[listener])
    return server.started
