"""An event loop in a thread of its own, as a server has one, and sockets on it."""

import asyncio
import json
import queue
import threading
from collections.abc import Coroutine, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Self, TypeVar

from django.contrib.auth.models import AnonymousUser

from platform_core.identity.models import Seat, User
from platform_core.realtime.sockets import websocket

T = TypeVar("T")
PATIENCE = 5.0
"""Seconds a test waits for something that must come."""


class ServerLoop:
    """A running loop that tests hand coroutines to from their own thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="server loop", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(PATIENCE)
        self.loop.close()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)


class Browser:
    """The client's end of one websocket."""

    def __init__(
        self,
        server: ServerLoop,
        user: User | AnonymousUser | None,
        seat: Seat | None,
        session: Any = None,
        tab: str = "",
    ) -> None:
        self._server = server
        self._to_server: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self.heard: queue.Queue[MutableMapping[str, Any]] = queue.Queue()
        scope = {
            "type": "websocket",
            "path": "/ws/",
            "user": user,
            "session": session,
            "query_string": f"seat={seat.pk}&tab={tab}".encode() if seat else b"",
        }
        self.send_event({"type": "websocket.connect"})
        self._ended = asyncio.run_coroutine_threadsafe(websocket(scope, self._to_server.get, self._hear), server.loop)

    async def _hear(self, event: MutableMapping[str, Any]) -> None:
        self.heard.put(event)

    def send_event(self, event: MutableMapping[str, Any]) -> None:
        self._server.loop.call_soon_threadsafe(self._to_server.put_nowait, event)

    def send_text(self, text: str) -> None:
        self.send_event({"type": "websocket.receive", "text": text})

    def ask(self, kind: str, topic: object) -> None:
        self.send_text(json.dumps({"type": kind, "topic": str(topic)}))

    def next_event(self, patience: float = PATIENCE) -> MutableMapping[str, Any]:
        return self.heard.get(timeout=patience)

    def next(self, patience: float = PATIENCE) -> tuple[str, str]:
        """The next message, as its kind and topic; a close is `("close", code)`."""
        event = self.next_event(patience)
        if event["type"] == "websocket.close":
            return "close", str(event["code"])
        message = json.loads(event["text"])
        return message["type"], message["topic"]

    def is_silent_for(self, seconds: float) -> bool:
        try:
            self.heard.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def leave(self) -> None:
        self.send_event({"type": "websocket.disconnect", "code": 1001})
        self._ended.result(PATIENCE)


@contextmanager
def browsing(server: ServerLoop, seat: Seat, **options: Any) -> Iterator[Browser]:
    """An accepted socket of a seat, which leaves at the end."""
    browser = Browser(server, seat.user, seat, **options)
    assert browser.next_event()["type"] == "websocket.accept"
    try:
        yield browser
    finally:
        browser.leave()
