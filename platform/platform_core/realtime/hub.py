"""One subscription per process and topic, with a fan-out of our own to the sockets of this process."""

import asyncio
import contextlib
import logging
from collections import defaultdict
from typing import Any, Protocol
from uuid import UUID

from channels.layers import get_channel_layer
from django.core.exceptions import ImproperlyConfigured

from platform_core.realtime.topics import RIGHTS_GROUP, Part, Topic

logger = logging.getLogger(__name__)


class Listener(Protocol):
    """A socket as the hub sees it; both calls return at once, the socket's own task does the work."""

    def seat_id(self) -> UUID:
        """Return the seat that listens."""
        ...

    def offer(self, topic: Topic, part: Part | None, tab: str) -> None:
        """Take note that a topic changed, to those who may know of a part where one is named; `tab` asked for it."""
        ...

    def ask_again(self) -> None:
        """Take note that the seat's rights may have changed."""
        ...


class Hub:
    """The ear of one process: a single channel that is in the group of every topic somebody here listens to."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        layer = get_channel_layer()
        if layer is None:
            raise ImproperlyConfigured("CHANNEL_LAYERS names no default layer")
        self._layer = layer
        self._channel = ""
        self._topics: defaultdict[Topic, set[Listener]] = defaultdict(set)
        self._listeners: dict[Listener, set[Topic]] = {}
        self._reader: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        self._posts: set[asyncio.Task[None]] = set()

    @property
    def listeners(self) -> int:
        """How many sockets are open in this process."""
        return len(self._listeners)

    async def enter(self, listener: Listener) -> None:
        """Add a socket, which listens to nothing yet."""
        async with self._lock:
            if self._reader is None:
                self._channel = await self._layer.new_channel()
                await self._layer.group_add(RIGHTS_GROUP, self._channel)
                self._reader = asyncio.create_task(self._read())
            self._listeners[listener] = set()

    async def leave(self, listener: Listener) -> None:
        """Take a socket away with everything it listens to; with the last one, stop listening at all."""
        async with self._lock:
            for topic in self._listeners.pop(listener, set()):
                await self._drop(topic, listener)
            if not self._listeners and self._reader is not None:
                self._reader.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await self._reader
                self._reader = None
                await self._layer.group_discard(RIGHTS_GROUP, self._channel)

    async def subscribe(self, listener: Listener, topic: Topic) -> None:
        """Have a socket hear of a topic; the caller has asked the kernel."""
        async with self._lock:
            if listener not in self._listeners:
                return
            if not self._topics[topic]:
                await self._layer.group_add(topic.group, self._channel)
            self._topics[topic].add(listener)
            self._listeners[listener].add(topic)

    async def unsubscribe(self, listener: Listener, topic: Topic) -> None:
        """Have a socket hear of a topic no longer."""
        async with self._lock:
            if topic in self._listeners.get(listener, ()):
                self._listeners[listener].discard(topic)
                await self._drop(topic, listener)

    def post(self, group: str, message: dict[str, Any]) -> None:
        """Send to a group from any thread, on the loop the channel layer lives on."""
        self.loop.call_soon_threadsafe(self._post_here, group, message)

    def topic_count(self) -> int:
        """Count the topics somebody in this process listens to."""
        return len(self._topics)

    def _post_here(self, group: str, message: dict[str, Any]) -> None:
        task = asyncio.ensure_future(self._group_send(group, message))
        self._posts.add(task)
        task.add_done_callback(self._posts.discard)

    async def _group_send(self, group: str, message: dict[str, Any]) -> None:
        try:
            await self._layer.group_send(group, message)
        except Exception:
            logger.exception("could not announce to %s", group)

    async def _drop(self, topic: Topic, listener: Listener) -> None:
        self._topics[topic].discard(listener)
        if not self._topics[topic]:
            del self._topics[topic]
            await self._layer.group_discard(topic.group, self._channel)

    async def _read(self) -> None:
        while True:
            try:
                message = await self._layer.receive(self._channel)
                self._hand_out(message)
            except Exception:
                # A channel layer that is away for a moment comes back; sockets stay open meanwhile.
                logger.exception("the channel layer could not be read")
                await asyncio.sleep(1)

    def _hand_out(self, message: dict[str, Any]) -> None:
        if message["type"] == "changed":
            topic = Topic.parse(message["topic"])
            part = Part(Topic.parse(message["part"]), message["to"]) if "part" in message else None
            for listener in tuple(self._topics.get(topic, ())):
                listener.offer(topic, part, message.get("tab", ""))
        elif message["type"] == "rights":
            seats = {UUID(seat) for seat in message["seats"]}
            for listener in tuple(self._listeners):
                if listener.seat_id() in seats:
                    listener.ask_again()


_hub: Hub | None = None


def hub() -> Hub:
    """Return the hub of the running loop, made at first use."""
    global _hub
    if _hub is None or _hub.loop is not asyncio.get_running_loop():
        _hub = Hub()
    return _hub


def running_hub() -> Hub | None:
    """Return the hub of this process if it has one whose loop still runs."""
    return _hub if _hub is not None and not _hub.loop.is_closed() else None
