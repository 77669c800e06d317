"""Hooks by which a lower room tells upper rooms what happened, in the same transaction and in a known order."""

from collections.abc import Callable
from typing import Generic, ParamSpec

from django.db import connection

P = ParamSpec("P")


class Hook(Generic[P]):
    """One kind of news; whoever must care subscribes in the `ready` of its app, and is called in that order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._subscribers: list[Callable[P, None]] = []

    def subscribe(self, subscriber: Callable[P, None]) -> Callable[P, None]:
        """Add a subscriber behind those already there; adding the same one twice changes nothing."""
        if subscriber not in self._subscribers:
            self._subscribers.append(subscriber)
        return subscriber

    def unsubscribe(self, subscriber: Callable[P, None]) -> None:
        """Take a subscriber away again."""
        self._subscribers.remove(subscriber)

    @property
    def subscribers(self) -> tuple[Callable[P, None], ...]:
        """Those who are called, in order."""
        return tuple(self._subscribers)

    def tell(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call every subscriber in order; what one raises stops the change as a whole."""
        if not connection.in_atomic_block:
            raise RuntimeError(f"the hook {self.name!r} was told outside a transaction")
        for subscriber in self.subscribers:
            subscriber(*args, **kwargs)
