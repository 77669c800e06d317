"""The websocket at `/ws/`: a signed-in person's seat listens to topics the kernel lets it hear."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import parse_qs
from uuid import UUID

from django.db import close_old_connections

from platform_core.access.acting import actor_in_seat, choose_seat
from platform_core.access.actors import Actor
from platform_core.access.ends import next_turn
from platform_core.access.log import log_staff_request
from platform_core.problems import NotAllowed, NotFound
from platform_core.realtime.hub import hub
from platform_core.realtime.tabs import tab_named
from platform_core.realtime.topics import Part, Topic, parts_known_to, topics_heard_by

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
T = TypeVar("T")

TOPICS_AT_MOST: Final = 200
MESSAGE_AT_MOST: Final = 4096
FRESH_FOR: Final = 1.0
"""Seconds for which an answer of the kernel is relied on before the next message."""

NOT_SIGNED_IN: Final = 4401
SEAT_WITHDRAWN: Final = 4403
BAD_MESSAGE: Final = 4400

# A few threads of our own: the kernel's short questions never wait behind a long request.
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="socket")


async def websocket(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one websocket connection (ASGI), whose scope carries the session and its user."""
    await receive()
    user = scope.get("user")
    if user is None or not user.is_authenticated:
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": NOT_SIGNED_IN, "reason": "Sign in first."})
        return
    try:
        seat_id = await _ask(
            partial(choose_seat, user.pk, _asked_for(scope, "seat"), remembered=_remembered_seat(scope))
        )
        actor = await _ask(partial(actor_in_seat, seat_id, user_id=user.pk))
    except NotAllowed as refusal:
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": SEAT_WITHDRAWN, "reason": refusal.detail})
        return
    await send({"type": "websocket.accept"})
    await Socket(actor, scope, receive, send).run()


class Socket:
    """One open socket of one seat: what it listens to, and what it is still to be told."""

    def __init__(self, actor: Actor, scope: Scope, receive: Receive, send: Send) -> None:
        self._actor = actor
        self._scope = scope
        self._receive = receive
        self._send = send
        self._asked: dict[Topic, float] = {}
        self._tab = tab_named(_asked_for(scope, "tab"))
        self._changed: dict[Topic, set[tuple[Part | None, bool]]] = {}
        """What changed of a topic, and whether this very tab asked for it."""
        self._known_at = time.monotonic()
        """When the seat's rights were last read."""
        self._ask_all = False
        self._next_turn: datetime | None = None
        """When a right of the seat, or the session, next begins or ends by itself, as of the last question."""
        self._news = asyncio.Event()

    def seat_id(self) -> UUID:
        """Return the seat that listens."""
        if self._actor.seat_id is None:
            raise TypeError("a socket belongs to a seat")
        return self._actor.seat_id

    def offer(self, topic: Topic, part: Part | None, tab: str) -> None:
        """Take note that a topic, or a part of it, changed; several changes before it can be told are one."""
        if topic in self._asked:
            self._changed.setdefault(topic, set()).add((part, bool(tab) and tab == self._tab))
            self._news.set()

    def ask_again(self) -> None:
        """Take note that the seat's rights may have changed."""
        self._ask_all = True
        self._news.set()

    async def run(self) -> None:
        """Read what the client asks and tell it what changed, until either side ends."""
        await hub().enter(self)
        reader = asyncio.create_task(self._read())
        teller = asyncio.create_task(self._tell())
        try:
            done, _ = await asyncio.wait({reader, teller}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                error = task.exception()
                # A client that goes away while it is told something is no error.
                if error is not None and not isinstance(error, OSError):
                    logger.error("a socket ended by an error", exc_info=error)
                    await self._close(1011, "Something went wrong; connect again.")
        finally:
            for task in (reader, teller):
                task.cancel()
            await asyncio.gather(reader, teller, return_exceptions=True)
            await hub().leave(self)

    async def _read(self) -> None:
        while True:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                return
            text = event.get("text") or ""
            message = _parse(text) if len(text) <= MESSAGE_AT_MOST else None
            if message is None:
                await self._close(BAD_MESSAGE, 'Send JSON such as {"type": "subscribe", "topic": "…"}.')
                return
            kind, name = message
            if kind == "subscribe":
                await self._subscribe(name)
            else:
                await self._unsubscribe(name)

    async def _subscribe(self, name: str) -> None:
        try:
            topic = Topic.parse(name)
        except NotFound:
            await self._say("refused", name)
            return
        if len(self._asked) >= TOPICS_AT_MOST and topic not in self._asked:
            await self._say("refused", name)
            return
        # Listening begins before the kernel answers, so that no change falls between the two.
        self._asked[topic] = 0.0
        await hub().subscribe(self, topic)
        await _ask(partial(log_staff_request, f"SUBSCRIBE {topic}", actor=self._actor))
        if await self._still_hears([topic]):
            await self._say("subscribed", str(topic))
        else:
            await self._forget(topic)
            await self._say("refused", name)

    async def _unsubscribe(self, name: str) -> None:
        try:
            topic = Topic.parse(name)
        except NotFound:
            return
        await self._forget(topic)
        await self._say("unsubscribed", str(topic))

    async def _tell(self) -> None:
        while True:
            try:
                # Python 3.11's `wait_for` swallows the end of the socket where news come at the same moment.
                async with asyncio.timeout(self._seconds_to_next_turn()):
                    await self._news.wait()
            except TimeoutError:
                self._ask_all = True
            self._news.clear()
            if self._ask_all:
                self._ask_all = False
                if not await self._refresh():
                    return
            changed, self._changed = self._changed, {}
            parts = {part for found in changed.values() for part in _in_question(found)}
            known_since = [self._asked.get(topic, 0.0) for topic in changed] + ([self._known_at] if parts else [])
            stale = any(time.monotonic() - since > FRESH_FOR for since in known_since)
            if stale and not await self._refresh():
                return
            known: set[Part | None] = {None}
            if parts:
                known |= await _ask(partial(parts_known_to, self._actor, parts))
            for topic, found in changed.items():
                told = [is_own for part, is_own in found if part in known]
                if topic in self._asked and told:
                    await self._say("changed", str(topic), own=all(told))

    async def _refresh(self) -> bool:
        """Read the seat's rights anew and drop what it may hear no more; False if the seat itself is gone."""
        if not await _ask(partial(_session_lives, self._scope)):
            await self._close(NOT_SIGNED_IN, "Signed out.")
            return False
        try:
            self._actor = await _ask(
                partial(actor_in_seat, self.seat_id(), user_id=self._actor.user_id, clock=self._actor.clock)
            )
        except NotAllowed:
            for topic in tuple(self._asked):
                await self._forget(topic)
                await self._say("withdrawn", str(topic))
            await self._close(SEAT_WITHDRAWN, "This seat has ended.")
            return False
        self._known_at = time.monotonic()
        topics = list(self._asked)
        heard = await self._still_hears(topics)
        for topic in topics:
            if topic not in heard and topic in self._asked:
                await self._forget(topic)
                await self._say("withdrawn", str(topic))
        return True

    async def _still_hears(self, topics: list[Topic]) -> set[Topic]:
        asked_at = time.monotonic()
        actor = self._actor
        heard, *turns = await _ask(
            lambda: (topics_heard_by(actor, topics), next_turn(actor), _end_of_session(self._scope))
        )
        self._next_turn = min((turn for turn in turns if turn is not None), default=None)
        # Whoever waits for the next turn waits for this one from now on.
        self._news.set()
        for topic in heard:
            if topic in self._asked:
                self._asked[topic] = asked_at
        return heard

    async def _forget(self, topic: Topic) -> None:
        self._asked.pop(topic, None)
        self._changed.pop(topic, None)
        await hub().unsubscribe(self, topic)

    def _seconds_to_next_turn(self) -> float | None:
        now = self._actor.clock.now()
        return max(0.0, (self._next_turn - now).total_seconds()) + 0.01 if self._next_turn else None

    async def _say(self, kind: str, topic: str, *, own: bool = False) -> None:
        message = {"type": kind, "topic": topic} | ({"own": True} if own else {})
        await self._send({"type": "websocket.send", "text": json.dumps(message)})

    async def _close(self, code: int, reason: str) -> None:
        await self._send({"type": "websocket.close", "code": code, "reason": reason})


def _parse(text: str) -> tuple[str, str] | None:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match message:
        case {"type": ("subscribe" | "unsubscribe") as kind, "topic": str(topic)}:
            return kind, topic
    return None


def _in_question(found: set[tuple[Part | None, bool]]) -> set[Part]:
    """The parts that decide whether there is news: none where somebody else changed what everybody here may know of."""
    return set() if (None, False) in found else {part for part, _is_own in found if part is not None}


def _asked_for(scope: Scope, name: str) -> str | None:
    query: bytes = scope.get("query_string", b"")
    asked = parse_qs(query.decode("ascii", "replace")).get(name)
    return asked[0] if asked else None


def _remembered_seat(scope: Scope) -> str | None:
    session = scope.get("session")
    chosen = session.get("seat") if session is not None else None
    return str(chosen) if chosen else None


def _session_lives(scope: Scope) -> bool:
    session = scope.get("session")
    if session is None or session.session_key is None:
        return True
    # A key alone may belong to a session that has run out: only loading asks for its end.
    return bool(session.__class__(session.session_key).load())


def _end_of_session(scope: Scope) -> datetime | None:
    session = scope.get("session")
    if session is None or session.session_key is None:
        return None
    # As it stands now: a session that is used ends later.
    fresh = session.__class__(session.session_key)
    fresh.load()
    ends: datetime | None = fresh.expires_at
    return ends


async def _ask(question: Callable[[], T]) -> T:
    def ask() -> T:
        close_old_connections()
        try:
            return question()
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_threads, ask)
