"""Connections to databases of others."""

import json
from typing import TYPE_CHECKING, Any

from platform_core.connections.models import Connection, ConnectionRun, RunCause, RunState
from platform_core.identity.models import Alliance, Seat
from tests.factories.core import NOON
from tests.factories.exchange import make_import

if TYPE_CHECKING:
    from tests.factories.world import World

SECRET = {"key": "consumer-key", "secret": "consumer-secret"}


def make_connection(alliance: Alliance, owner: Seat, name: str = "EPO", **columns: Any) -> Connection:
    """A connection to EPO's services that was never asked."""
    given: dict[str, Any] = {
        "kind": "epo_ops",
        "settings": {"ask_for": "all", "legal": True},
        "secret": json.dumps(SECRET),
        "next_run_at": NOON,
        "created_at": NOON,
        **columns,
    }
    return Connection.objects.create(
        alliance=alliance, organisation=owner.organisation, owner=owner, name=name, **given
    )


def make_connection_run(connection: Connection, **columns: Any) -> ConnectionRun:
    """A time it was asked, with an import that came of it."""
    given: dict[str, Any] = {
        "cause": RunCause.SCHEDULE,
        "state": RunState.FINISHED,
        "begun_at": NOON,
        "ended_at": NOON,
        **columns,
    }
    run = ConnectionRun.objects.create(connection=connection, **given)
    run.imports.add(make_import(connection.alliance, connection.organisation, "EPO OPS 2026-03-02.xml"))
    return run


def populate(world: "World") -> None:
    for side, alliance in zip(("first", "second"), world.alliances, strict=True):
        make_connection_run(make_connection(alliance, world.seats[f"{side} secretariat"]))
