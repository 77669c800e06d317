"""An alliance whose office keeps connections, and has them asked."""

from typing import Any

from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.clock import FixedClock
from platform_core.connections import services
from platform_core.connections.models import Connection, ConnectionRun, RunCause
from platform_core.exchange.models import Import
from platform_core.identity.models import Alliance, Seat
from platform_core.identity.roles import Role
from tests.factories.core import actor_of_seat, clock_at, give_role, make_alliance, make_organisation, make_seat


class Office:
    """An alliance, the seat of its office, and a clock that stands still; waiting is noted and not done."""

    def __init__(self) -> None:
        association = make_organisation("协会")
        self.alliance: Alliance = make_alliance("uhd", association=association)
        self.firm = make_organisation("江汉显示有限公司")
        self.seat: Seat = self.hire()
        self.clock: FixedClock = clock_at()
        self.waited: list[float] = []

    def hire(self) -> Seat:
        """Give somebody a seat in the office."""
        association = self.alliance.association
        assert association is not None
        return give_role(make_seat(organisation=association), Role.SECRETARIAT, alliance=self.alliance).seat

    @property
    def actor(self) -> Actor:
        return actor_of_seat(self.seat, clock=self.clock)

    def open(self, kind: str, **given: Any) -> Connection:
        return services.open_connection(
            actor=self.actor, alliance_id=self.alliance.pk, kind=kind, **{"name": kind, "every": "day", **given}
        )

    def ask(self, connection: Connection, cause: RunCause = RunCause.COMMAND, **given: Any) -> ConnectionRun:
        """Have a connection asked once, and return how that went."""
        run = services.run_connection(
            actor=Actor.system(COMMAND_LINE, clock=self.clock),
            connection_id=connection.pk,
            cause=cause,
            **{"pause": self.waited.append, **given},
        )
        assert run is not None
        connection.refresh_from_db()
        return run


def imports_of(run: ConnectionRun) -> list[Import]:
    return list(run.imports.order_by("pk"))
