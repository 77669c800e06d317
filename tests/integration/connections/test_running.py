"""A connection is asked by schedule, on behalf of whoever keeps it, and every run comes to an end that is on record."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database

from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.connections import registry, services
from platform_core.connections.models import Connection, ConnectionRun, ConnectionState, RunCause, RunState
from platform_core.connections.registry import BreakOff, Connector, Fetching
from platform_core.connections.services.running import CANCELLED, DIED, KEEPER_LOST, UNEXPECTED
from platform_core.exchange.models import Import, ImportState
from platform_core.jobs.models import Job
from platform_core.jobs.running import Stopped
from platform_core.jobs.tasks import run as run_job
from platform_core.notices.models import Notice
from platform_core.problems import Conflict, InvalidInput, WrongState
from tests.factories.core import NOON
from tests.factories.exchange import make_import
from tests.integration.connections.office import Office, imports_of

pytestmark = pytest.mark.django_db

TABLE = "公开（公告）号,名称\nCN103294796B,一种信息处理方法\n"


class Room(Office):
    """An office with a connector that does what a test says."""

    def __init__(self) -> None:
        super().__init__()
        self.does: Any = lambda fetching: None
        connector = Connector(
            code="made_up",
            subject="patents.patent",
            choose=lambda actor, given: dict(given),
            secrets=("key",),
            fetch=lambda fetching: self.does(fetching),
        )
        registry.register_connector(connector)
        self.connection: Connection = self.open("made_up", secret={"key": "abc"})

    def bring(self, fetching: Fetching, position: Any = None) -> Import | None:
        path = fetching.folder / "list"
        path.write_text(TABLE, encoding="utf-8")
        return fetching.take(path, name="list.csv", choices={}, position=position)

    def work(self) -> int:
        """Put what is due on its way, and do the work that waits."""
        deferred = services.defer_due_runs(clock=self.clock)
        for job_id in Job.objects.filter(state="waiting").order_by("pk").values_list("pk", flat=True):
            run_job(job_id, clock=self.clock)
        self.connection.refresh_from_db()
        return deferred


@pytest.fixture
def room() -> Iterator[Room]:
    yield Room()
    registry._connectors.pop("made_up")


def runs() -> list[tuple[str, str]]:
    return list(ConnectionRun.objects.order_by("pk").values_list("state", "detail"))


def test_it_is_asked_at_its_hour_and_a_missed_time_is_made_up_once(room: Room) -> None:
    due = room.connection.next_run_at
    assert due == NOON.replace(hour=19)
    assert room.work() == 0

    room.clock.move(timedelta(days=5))
    assert services.defer_due_runs(clock=room.clock) == 1
    # It waits already.
    assert room.work() == 0
    assert runs() == [("finished", "")]
    assert room.connection.next_run_at == NOON.replace(hour=19) + timedelta(days=5)
    run = ConnectionRun.objects.get()
    assert (run.cause, run.job_id) == (RunCause.SCHEDULE, Job.objects.get().pk)
    assert room.work() == 0


def test_what_it_is_known_by_reaches_the_connector_and_nothing_else(room: Room) -> None:
    seen = []
    room.does = lambda fetching: seen.append((dict(fetching.secret), fetching.actor.seat_id))
    room.ask(room.connection)
    assert seen == [({"key": "abc"}, room.seat.pk)]
    with database.cursor() as cursor:
        cursor.execute("SELECT secret FROM connections_connection")
        assert "abc" not in cursor.fetchone()[0]
    assert "abc" not in str(list(AuditEvent.objects.values("changes")))
    services.end_connection(actor=room.actor, connection_id=room.connection.pk)
    room.connection.refresh_from_db()
    assert not room.connection.has_secret


def test_what_came_before_a_break_stays_and_the_next_run_goes_on(room: Room) -> None:
    begun = []

    def half(fetching: Fetching) -> None:
        begun.append(fetching.position)
        room.bring(fetching, {"behind": 3})
        raise BreakOff("Wait.", until=fetching.now() + timedelta(hours=2))

    room.does = half
    run = room.ask(room.connection)
    assert (run.state, run.detail) == (RunState.STOPPED, "Wait.")
    assert imports_of(run)[0].state == ImportState.CHECKED
    assert (room.connection.position, room.connection.next_run_at) == (
        {"behind": 3},
        room.clock.now() + timedelta(hours=2),
    )
    room.does = lambda fetching: begun.append(fetching.position)
    assert room.ask(room.connection).state == RunState.FINISHED
    assert begun == [None, {"behind": 3}]
    assert room.connection.position is None


def test_a_run_that_is_cancelled_or_goes_wrong_ends_and_its_file_is_read_all_the_same(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop() -> None:
        raise Stopped

    def interrupted(fetching: Fetching) -> None:
        monkeypatch.setattr("pools.patents.imports.importer.stage", lambda *_: stop())
        room.bring(fetching)

    room.does = interrupted
    with pytest.raises(Stopped):
        room.ask(room.connection)
    assert runs() == [("stopped", CANCELLED)]
    found = Import.objects.get()
    assert (found.state, found.job is not None) == (ImportState.CHECKING, True)
    monkeypatch.undo()
    assert found.job is not None
    run_job(found.job.pk)
    found.refresh_from_db()
    assert found.state == ImportState.CHECKED

    def wrong(fetching: Fetching) -> None:
        raise ZeroDivisionError

    room.does = wrong
    with pytest.raises(ZeroDivisionError):
        room.ask(room.connection)
    assert runs()[1] == ("failed", UNEXPECTED)
    assert Connection.objects.get().failures == 1


def test_a_run_that_died_is_ended_by_the_next_one(room: Room) -> None:
    dead = ConnectionRun.objects.create(connection=room.connection, cause=RunCause.SCHEDULE, begun_at=NOON)
    reading = make_import(room.alliance, room.firm)
    Import.objects.filter(pk=reading.pk).update(state=ImportState.APPLYING)
    dead.imports.add(reading)

    run = room.ask(room.connection)

    assert runs() == [("stopped", DIED), ("finished", "")]
    assert Connection.objects.get().failures == 0
    reading.refresh_from_db()
    assert (reading.state, reading.detail) == (ImportState.CHECKED, DIED)
    assert run.pk != dead.pk


def test_the_end_of_its_job_ends_a_run_that_nobody_carries_out(room: Room) -> None:
    ConnectionRun.objects.create(connection=room.connection, cause=RunCause.SCHEDULE, begun_at=NOON)
    actor = services.on_behalf_of(room.connection, clock=room.clock)
    services.end_dead_runs(actor=actor, connection_id=room.connection.pk, why="The server stopped.")
    assert runs() == [("failed", "The server stopped.")]
    with pytest.raises(Exception, match="can no longer be changed"):
        ConnectionRun.objects.update(detail="otherwise")


def test_whose_keeper_may_keep_it_no_more_is_paused_until_somebody_else_keeps_it(room: Room) -> None:
    colleague = room.hire()
    room.seat.role_assignments.update(ends_at=NOON + timedelta(hours=1))
    room.clock.move(timedelta(days=1))

    assert room.work() == 1

    assert not ConnectionRun.objects.exists()
    assert (room.connection.state, room.connection.paused_reason) == (ConnectionState.PAUSED, KEEPER_LOST)
    assert [(notice.kind, notice.seat_id) for notice in Notice.objects.all()] == [("connection.paused", colleague.pk)]
    room.seat = colleague
    services.resume_connection(actor=room.actor, connection_id=room.connection.pk)
    room.clock.move(timedelta(days=1))
    room.work()
    assert runs() == [("finished", "")]
    assert room.connection.owner_id == colleague.pk


def test_it_is_asked_by_hand_once_at_a_time_and_only_while_it_is_on(room: Room) -> None:
    services.request_run(actor=room.actor, connection_id=room.connection.pk)
    with pytest.raises(WrongState, match="already"):
        services.request_run(actor=room.actor, connection_id=room.connection.pk)
    room.work()
    run = ConnectionRun.objects.get()
    assert (run.cause, run.started_by_id) == (RunCause.PERSON, room.seat.user_id)

    services.pause_connection(actor=room.actor, connection_id=room.connection.pk)
    with pytest.raises(WrongState, match="resume it first"):
        services.request_run(actor=room.actor, connection_id=room.connection.pk)
    asked = services.run_connection(
        actor=Actor.system(COMMAND_LINE, clock=FixedClock(NOON)),
        connection_id=room.connection.pk,
        cause=RunCause.COMMAND,
    )
    assert asked is None
    assert ConnectionRun.objects.count() == 1


def test_what_is_wrong_with_a_connection_is_told_with_its_place(room: Room) -> None:
    with pytest.raises(InvalidInput) as refused:
        room.open("made_up", name=" ", every="week", on_day=8, at_hour=24, secret={"key": "abc"})
    assert [error.pointer for error in refused.value.errors] == ["/name", "/on_day", "/at_hour"]
    with pytest.raises(InvalidInput) as refused:
        room.open("made_up", name="other", secret={"key": "a\nb", "more": "x"})
    assert [(error.pointer, error.code) for error in refused.value.errors] == [
        ("/secret/key", "invalid"),
        ("/secret/more", "unknown"),
    ]
    with pytest.raises(Conflict, match="has this name"):
        room.open("made_up", secret={"key": "abc"})
    assert Connection.objects.count() == 1
