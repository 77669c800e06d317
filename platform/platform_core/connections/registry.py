"""The connectors there are, filled in the `apps.py` of each room."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.connections.models import Connection
from platform_core.exchange.models import Import

MOST_NOTES: Final = 100
"""Of so many things that were refused or unknown a run keeps the reason; the rest are counted."""


class ConnectorProblem(Exception):
    """Why a run comes to nothing: a sentence for people. What was taken in before it stays."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class CredentialsRefused(ConnectorProblem):
    """The other side does not know us by what we were given: trying again would be hammering."""


class BreakOff(ConnectorProblem):
    """There is more to ask, but not now: the other side wants us to wait, or the run has had its time."""

    def __init__(self, detail: str, *, until: datetime) -> None:
        super().__init__(detail)
        self.until = until


@dataclass(slots=True)
class Tally:
    """What a run counts."""

    requests: int = 0
    asked: int = 0
    answered: int = 0
    unchanged: int = 0
    unknown: int = 0
    failed: int = 0
    notes: list[dict[str, str]] = field(default_factory=list)

    def note(self, about: str, code: str, detail: str) -> None:
        """Keep why something was refused or is unknown."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append({"about": about[:200], "code": code, "detail": detail[:500]})


class Taking(Protocol):
    """Takes a file in, the way its connection is set: seen first, or at once."""

    def __call__(self, path: Path, *, name: str, choices: Mapping[str, Any], position: Any = None) -> Import | None:
        """Take a file in and return its import; None where the very same file is here already.

        Where the next run goes on is kept together with it: whatever happens then, nothing is lost or brought twice.
        """
        ...


@dataclass(slots=True)
class Fetching:
    """What a connector has in hand while it runs."""

    connection: Connection
    actor: Actor
    """Whose right it is to ask: the seat that keeps the connection, with what it may see."""
    secret: Mapping[str, str] = field(repr=False)
    tally: Tally
    take: Taking
    folder: Path
    """For what comes, before it is taken in; it goes with the run."""
    check: Callable[[], None]
    """Ends the run where it is no longer wanted; to be called between steps."""
    pause: Callable[[float], None]
    """Waits so many seconds."""
    is_over: Callable[[], bool]
    """Whether the run has had its time."""
    keep_position: Callable[[Any], None]
    """Notes where the next run goes on, where there is nothing to take in; `take` does so by itself."""
    position: Any = None
    """Where to go on; None: at the beginning."""
    told: dict[str, Any] = field(default_factory=dict)
    """What the other side says of our quota."""

    def now(self) -> datetime:
        """Return the present instant."""
        return self.actor.clock.now()


@dataclass(frozen=True, slots=True)
class Connector:
    """A kind of connection: how one is set up, and how it is asked."""

    code: str
    subject: str
    """What it brings, as topics name it: patents.patent."""
    choose: Callable[[Actor, Mapping[str, Any]], dict[str, Any]]
    """Checks what people set and returns it as it is kept; raises InvalidInput."""
    secrets: tuple[str, ...]
    """The names of what the other side knows us by; none: it needs nothing."""
    fetch: Callable[[Fetching], None]
    """Asks. Raises BreakOff to go on later, and other ConnectorProblems where it cannot."""
    brings_new: bool = True
    """Whether it may bring what is not on record; where not, and something does, people look before it is taken in."""
    comes_in_parts: bool = False
    """Whether the files of one round, up to a run that finishes, speak of different things each."""
    prepare: Callable[[UUID, str], object] = lambda connection_id, alliance: None
    """Makes ready what a connection of an alliance (its code) needs here."""
    folder: Callable[[UUID, str], str] = lambda connection_id, alliance: ""
    """The folder, below the data folder, where people put what it takes."""


_connectors: dict[str, Connector] = {}


def register_connector(connector: Connector) -> None:
    """Have a kind of connection known."""
    _connectors[connector.code] = connector


def connector_of(code: str) -> Connector | None:
    """Return a kind of connection, if this version of the platform has it."""
    return _connectors.get(code)


def connectors() -> tuple[Connector, ...]:
    """Return all kinds of connections."""
    return tuple(_connectors.values())
