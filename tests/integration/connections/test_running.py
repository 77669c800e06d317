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
from platform_core.exchange.reading import UnreadableFile
from platform_core.exchange.services import discard_import
from platform_core.jobs.models import Job
from platform_core.jobs.running import Stopped
from platform_core.jobs.services import cancel_job, hand_back
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

    def __init__(self, *, comes_in_parts: bool = False, **given: Any) -> None:
        super().__init__()
        self.does: Any = lambda fetching: None
        connector = Connector(
            code="made_up",
            subject="patents.patent",
            choose=lambda actor, given: dict(given),
            secrets=("key",),
            fetch=lambda fetching: self.does(fetching),
            comes_in_parts=comes_in_parts,
        )
        registry.register_connector(connector)
        self.connection: Connection = self.open("made_up", secret={"key": "abc"}, **given)

    def bring(self, fetching: Fetching, position: Any = None) -> Import | None:
        path = fetching.folder / "list"
        path.write_text(TABLE, encoding="utf-8")
        return fetching.take(path, name="list.csv", choices={}, position=position)

    def brings(self, *titles: str, **choices: Any) -> ConnectionRun:
        """Have it asked once, and bring files that say one title of a patent each."""

        def fetch(fetching: Fetching) -> None:
            for title in titles:
                path = fetching.folder / "list"
                path.write_text(f"公开（公告）号,名称\nCN103294796B,{title}\n", encoding="utf-8")
                fetching.take(path, name="list.csv", choices=choices)

        self.does = fetch
        return self.ask(self.connection)

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


def test_a_connection_that_kills_its_worker_fails_time_after_time_and_its_keeper_is_told(room: Room) -> None:
    def crash(fetching: Fetching) -> None:
        # The process is gone: nothing of ours runs any more.
        raise SystemExit(137)

    room.does = crash
    for failures in (1, 2, 3):
        room.clock.move(timedelta(days=1))
        assert services.defer_due_runs(clock=room.clock) == 1
        job = Job.objects.get(state="waiting")
        for _attempt in range(3):
            with pytest.raises(SystemExit):
                run_job(job.pk, clock=room.clock)
            job.refresh_from_db()
            hand_back(job.pk, job.attempt)
        run_job(job.pk, clock=room.clock)
        room.connection.refresh_from_db()
        assert room.connection.failures == failures
    assert [notice.kind for notice in Notice.objects.all()] == ["connection.failing"]


def test_a_cancellation_is_neither_a_failure_nor_the_end_of_failing(room: Room) -> None:
    def stopped(fetching: Fetching) -> None:
        raise Stopped

    Connection.objects.update(failures=2, failing_since=NOON)
    room.does = stopped
    with pytest.raises(Stopped):
        room.ask(room.connection)
    room.connection.refresh_from_db()
    assert (room.connection.failures, room.connection.failing_since) == (2, NOON)
    room.does = lambda fetching: None
    room.ask(room.connection)
    assert (room.connection.failures, room.connection.failing_since) == (0, None)


def test_what_was_due_and_is_cancelled_before_it_begins_waits_for_its_next_time(room: Room) -> None:
    room.clock.move(timedelta(days=5))
    services.defer_due_runs(clock=room.clock)
    cancel_job(actor=room.actor, job_id=Job.objects.get().pk)
    room.connection.refresh_from_db()
    assert room.connection.next_run_at == NOON.replace(hour=19) + timedelta(days=5)
    assert (services.defer_due_runs(clock=room.clock), ConnectionRun.objects.count()) == (0, 0)


def test_another_question_is_asked_from_the_beginning_even_if_it_is_set_while_the_first_is_asked(room: Room) -> None:
    def half(fetching: Fetching) -> None:
        services.edit_connection(
            actor=room.actor, connection_id=room.connection.pk, edits={"settings": {"ask_for": "other"}}
        )
        fetching.keep_position({"behind": 3})
        raise BreakOff("Wait.", until=fetching.now())

    room.does = half
    room.ask(room.connection)
    assert (room.connection.settings, room.connection.position) == ({"ask_for": "other"}, None)


def test_values_that_go_back_are_brought_and_the_same_again_are_not(room: Room) -> None:
    assert [room.brings(title).unchanged for title in ("甲", "甲", "乙", "甲")] == [0, 1, 0, 0]
    # Under other choices the same file says something else.
    assert [room.brings("甲", source_kind="office").unchanged for _ in range(2)] == [0, 1]
    latest = Import.objects.latest("pk")
    discard_import(actor=room.actor, import_id=latest.pk)
    assert room.brings("甲", source_kind="office").unchanged == 0


def test_of_what_comes_in_parts_each_part_is_compared_with_that_of_the_round_before() -> None:
    room = Room(comes_in_parts=True)
    try:
        told = [room.brings("甲", "乙").unchanged, room.brings("甲", "乙").unchanged]
        told += [room.brings("丙").unchanged, room.brings("甲", "乙").unchanged]
    finally:
        registry._connectors.pop("made_up")
    assert told == [0, 2, 0, 0]


def test_a_file_that_goes_straight_in_does_so_though_the_register_changed_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = Room(straight_in=True)
    answers = [True, False]
    monkeypatch.setattr("pools.patents.imports.applying.register_has_changed", lambda *_: answers.pop(0))
    try:
        run = room.brings("甲")
        assert (run.failed, [found.state for found in imports_of(run)]) == (0, [ImportState.APPLIED])

        # If that does not help, somebody has to look at it, and the run says so.
        answers[:] = [True, True]
        run = room.brings("乙")
    finally:
        registry._connectors.pop("made_up")
    [waits] = imports_of(run)
    assert (waits.state, run.failed) == (ImportState.CHECKED, 1)
    assert run.notes == [{"about": "list.csv", "code": "not_taken_in", "detail": waits.detail}]


def test_what_is_refused_is_counted_and_noted_whoever_brings_it(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: Any) -> None:
        raise UnreadableFile("too_large", "It is too large.")

    monkeypatch.setattr("pools.patents.imports.importer.stage", refuse)
    run = room.brings("甲")
    assert (run.state, run.failed) == (RunState.FINISHED, 1)
    assert run.notes == [{"about": "list.csv", "code": "unreadable", "detail": "It is too large."}]


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
