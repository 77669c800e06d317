"""Asking a connection: alone, within its time, and with an end that is on record however it comes."""

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from django.db import connection as database
from django.db import transaction

from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible, require
from platform_core.audit.services import record_event
from platform_core.connections.calculation import next_run, try_again
from platform_core.connections.lifecycle import CONNECTION_LIFECYCLE, RUN_LIFECYCLE
from platform_core.connections.models import Connection, ConnectionRun, ConnectionState, RunCause, RunState
from platform_core.connections.policies import CONNECTION_WORK, KEEP_CONNECTION, RUN_CONNECTION
from platform_core.connections.registry import (
    BreakOff,
    Connector,
    ConnectorProblem,
    CredentialsRefused,
    Fetching,
    Tally,
    connector_of,
)
from platform_core.connections.services.asking import on_behalf_of
from platform_core.exchange import services as exchange
from platform_core.exchange.models import Import, ImportState
from platform_core.files import file_sha256
from platform_core.identity.roles import Role
from platform_core.jobs.running import CONNECTION_LOST, Interrupted, Stopped, Superseded
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import notify_seats
from platform_core.problems import NotAllowed, Problem, WrongState
from platform_core.realtime.services import announce
from platform_core.secrets import CannotOpen

logger = logging.getLogger(__name__)

LONGEST_RUN: Final = 240.0
"""Seconds for one run; what is left is asked by the next one, so that nobody else waits for long."""
TOLD_AFTER: Final = 3
"""Runs in a row that fail before whoever keeps the connection is told."""

DIED: Final = "The server stopped while this ran. It goes on where it left off."
CANCELLED: Final = "This was cancelled."
UNEXPECTED: Final = "Something went wrong here; it has been logged."
UNKNOWN_KIND: Final = "This version of the platform does not know this kind of connection any more."
KEYS_MISSING: Final = "Its credentials cannot be opened: enter them anew."
KEEPER_LOST: Final = "Whoever kept it may no longer do so: resume it to keep it yourself."

_GONE: Final = (ImportState.REFUSED, ImportState.DISCARDED, ImportState.UNDONE)
_STEPS: Final = {RunState.FINISHED: "finish", RunState.STOPPED: "break off", RunState.FAILED: "fail"}
_EVENTS: Final = {
    RunState.FINISHED: "connection_run.finished",
    RunState.STOPPED: "connection_run.stopped",
    RunState.FAILED: "connection_run.failed",
}


def run_connection(
    *,
    actor: Actor,
    connection_id: UUID,
    cause: RunCause,
    job_id: UUID | None = None,
    check: Callable[[], None] = lambda: None,
    pause: Callable[[float], None] = time.sleep,
    longest: float = LONGEST_RUN,
) -> ConnectionRun | None:
    """Ask a connection once; None where it is being asked already, or is not to be asked.

    It works on behalf of the seat that keeps the connection, whoever started it, and pauses the connection if that
    seat may no longer keep it. Not to be called within a transaction: the other side may take its time.
    """
    found = get_visible(Connection, connection_id, actor=actor, along=("owner",))
    require(actor, RUN_CONNECTION, found)
    work = on_behalf_of(found, clock=actor.clock)
    with _alone(connection_id) as is_alone:
        run = _begin(work, connection_id, cause, job_id, actor.user_id) if is_alone else None
        if run is None:
            return None
        return _Run(work, run, check, pause, time.monotonic() + longest).carry_out()


def end_dead_runs(*, actor: Actor, connection_id: UUID, why: str) -> None:
    """End the runs of a connection that nobody carries out any more, unless somebody does after all."""
    with _alone(connection_id) as is_alone:
        if is_alone:
            for run in ConnectionRun.objects.filter(connection=connection_id, state=RunState.RUNNING).order_by("pk"):
                _put_back(on_behalf_of(run.connection, clock=actor.clock), run, why)
                _end_run(actor.clock.now(), run, Tally(), RunState.FAILED, why, actor=actor)


@contextmanager
def _alone(connection_id: UUID) -> Iterator[bool]:
    """Keep others from asking the same connection meanwhile; says whether nobody does.

    The lock is the session's, so that it lasts over transactions and goes with the process, however that ends.
    """
    key = [f"connection:{connection_id}"]
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key)
        [is_alone] = cursor.fetchone() or (False,)
    try:
        yield bool(is_alone)
    finally:
        # Where the line to the database was lost, so was the lock.
        if is_alone and database.connection is not None and not database.connection.closed:
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


@transaction.atomic
def _begin(
    work: Actor, connection_id: UUID, cause: RunCause, job_id: UUID | None, started_by: UUID | None
) -> ConnectionRun | None:
    found = get_visible(Connection, connection_id, actor=work, for_change=True)
    now = work.clock.now()
    for dead in ConnectionRun.objects.filter(connection=found, state=RunState.RUNNING).order_by("pk"):
        _put_back(work, dead, DIED)
        # That is no fault of the other side's: it goes on at once.
        _end_run(now, dead, Tally(), RunState.STOPPED, DIED, actor=work, until=now)
        found.refresh_from_db()
    if found.state != ConnectionState.ON:
        return None
    if cause == RunCause.SCHEDULE and found.next_run_at is not None and found.next_run_at > now:
        # Somebody else was faster.
        return None
    if _keeper(found, work) is None:
        _pause_by_itself(found, KEEPER_LOST, actor=work)
        return None
    run = ConnectionRun.objects.create(
        connection=found, cause=cause, begun_at=now, job_id=job_id, started_by_id=started_by
    )
    announce(found)
    return run


def _keeper(found: Connection, work: Actor) -> Actor | None:
    """Return who keeps a connection, with what they may see now; None where they may keep it no more."""
    try:
        keeper = replace(actor_in_seat(found.owner_id, clock=work.clock), staff=None)
    except NotAllowed:
        return None
    return keeper if can(keeper, KEEP_CONNECTION, found) else None


class _Run:
    """One run, from its first question to its end."""

    def __init__(
        self,
        work: Actor,
        run: ConnectionRun,
        check: Callable[[], None],
        pause: Callable[[float], None],
        until: float,
    ) -> None:
        self.work, self.run, self.connection = work, run, run.connection
        self.check, self.pause, self.until = check, pause, until
        self.tally = Tally()
        self.told: dict[str, Any] = dict(self.connection.told)

    def carry_out(self) -> ConnectionRun:
        try:
            self._fetch()
        except BreakOff as problem:
            return self._end_with(RunState.STOPPED, problem.detail, until=problem.until)
        except ConnectorProblem as problem:
            return self._end_with(RunState.FAILED, problem.detail, is_refused=isinstance(problem, CredentialsRefused))
        except Problem as problem:
            return self._end_with(RunState.FAILED, problem.detail or problem.title)
        except (Stopped, KeyboardInterrupt):
            self._end_with(RunState.STOPPED, CANCELLED)
            raise
        except (Interrupted, Superseded):
            # Whoever begins this work again goes on.
            self._end_with(RunState.STOPPED, DIED, until=self.work.clock.now())
            raise
        except Exception:
            self._end_with(RunState.FAILED, UNEXPECTED)
            raise
        return self._end_with(RunState.FINISHED, "")

    def _fetch(self) -> None:
        connector = connector_of(self.connection.kind)
        keeper = _keeper(self.connection, self.work)
        if connector is None:
            raise ConnectorProblem(UNKNOWN_KIND)
        if keeper is None:
            raise ConnectorProblem(KEEPER_LOST)
        with TemporaryDirectory(prefix="lianchi-connection-") as folder:
            connector.fetch(
                Fetching(
                    connection=self.connection,
                    actor=keeper,
                    secret=_opened(self.connection, connector),
                    tally=self.tally,
                    take=partial(self._take, connector),
                    folder=Path(folder),
                    check=self.check,
                    pause=self.pause,
                    is_over=lambda: time.monotonic() >= self.until,
                    keep_position=self._keep_position,
                    position=self.connection.position,
                    told=self.told,
                )
            )

    def _take(
        self, connector: Connector, path: Path, *, name: str, choices: Mapping[str, Any], position: Any = None
    ) -> Import | None:
        with transaction.atomic():
            self._keep_position(position)
            if self._is_here_already(connector, path):
                self.tally.unchanged += 1
                return None
            with path.open("rb") as source:
                made = exchange.start_import(
                    actor=self.work,
                    alliance_id=self.connection.alliance_id,
                    subject=connector.subject,
                    file=source,
                    name=name,
                    choices=choices,
                    in_background=False,
                )
            self.run.imports.add(made)
        try:
            return self._carry_in(connector, made)
        except (Stopped, Interrupted, Superseded, *CONNECTION_LOST):
            raise
        except Exception:
            # It would go wrong again: whoever reads it in the background is spared that.
            exchange.note_failed_work(actor=self.work, import_id=made.pk, why=UNEXPECTED)
            raise

    def _carry_in(self, connector: Connector, made: Import) -> Import:
        made = exchange.check_import(actor=self.work, import_id=made.pk, progress=self._progress)
        if self.connection.straight_in and made.state == ImportState.CHECKED:
            return self._take_in(connector, made)
        return made

    def _keep_position(self, position: Any) -> None:
        Connection.objects.filter(pk=self.connection.pk).update(position=position)

    def _take_in(self, connector: Connector, made: Import) -> Import:
        if made.counts.get("new") and not connector.brings_new:
            self.tally.note(made.file_name, "brings_new", "It speaks of something that is not on record: look at it.")
            return made
        exchange.begin_import(actor=self.work, import_id=made.pk, in_background=False)
        return exchange.apply_import(actor=self.work, import_id=made.pk, progress=self._progress)

    def _is_here_already(self, connector: Connector, path: Path) -> bool:
        same = Import.objects.filter(
            alliance=self.connection.alliance_id, subject=connector.subject, file_sha256=file_sha256(path)
        )
        return same.exclude(state__in=_GONE).exists()

    def _progress(self, done: int, total: int) -> None:
        self.check()

    def _end_with(
        self, state: RunState, detail: str, *, until: datetime | None = None, is_refused: bool = False
    ) -> ConnectionRun:
        with transaction.atomic():
            _put_back(self.work, self.run, detail)
            return _end_run(
                self.work.clock.now(),
                self.run,
                self.tally,
                state,
                detail,
                actor=self.work,
                until=until,
                is_refused=is_refused,
                told=self.told,
            )


def _opened(found: Connection, connector: Connector) -> Mapping[str, str]:
    if not connector.secrets:
        return {}
    try:
        text = found.secret
    except CannotOpen:
        raise CredentialsRefused(KEYS_MISSING) from None
    if not text:
        raise CredentialsRefused(KEYS_MISSING)
    opened: dict[str, str] = json.loads(text)
    return opened


def _put_back(work: Actor, run: ConnectionRun, why: str) -> None:
    """Have the imports of a run go on that it left in the middle: what was being read is read in the background."""
    for left in run.imports.filter(state=ImportState.CHECKING, job=None).order_by("pk"):
        exchange.check_later(actor=work, import_id=left.pk)
    for left in run.imports.filter(state=ImportState.APPLYING, job=None).order_by("pk"):
        exchange.note_failed_work(actor=work, import_id=left.pk, why=why)


@transaction.atomic
def _end_run(
    now: datetime,
    run: ConnectionRun,
    tally: Tally,
    state: RunState,
    detail: str,
    *,
    actor: Actor,
    until: datetime | None = None,
    is_refused: bool = False,
    told: Mapping[str, Any] | None = None,
) -> ConnectionRun:
    """Put on record how a run ended, and when its connection is asked next."""
    found = Connection.objects.select_for_update(no_key=True).order_by("pk").get(pk=run.connection_id)
    ended = ConnectionRun.objects.select_for_update().order_by("pk").get(pk=run.pk)
    try:
        ended.state = RUN_LIFECYCLE.after(_STEPS[state], current=RunState(ended.state))
    except WrongState:
        # It was taken for dead, and its end is on record.
        return ended
    ended.ended_at, ended.detail = max(now, ended.begun_at), detail[:1000]
    for column in ("requests", "asked", "answered", "unchanged", "unknown", "failed", "notes"):
        setattr(ended, column, getattr(tally, column))
    ended.save()
    if told is not None:
        found.told = dict(told)
    regular = next_run(now, every=found.every, on_day=found.on_day, at_hour=found.at_hour, zone=found.alliance.zone)
    if state is RunState.FAILED:
        found.failures += 1
        found.failing_since = found.failing_since or now
        regular = try_again(now, found.failures, regular)
    else:
        found.failures, found.failing_since = 0, None
        if state is RunState.FINISHED:
            found.position = None
        elif until is not None:
            regular = max(until, now)
    if found.state == ConnectionState.ON:
        found.next_run_at = regular
    found.save()
    counts = {name: (None, getattr(tally, name)) for name in ("asked", "answered", "failed")}
    record_event(_EVENTS[state], actor=actor, subject=ended, changes={**counts, "detail": (None, ended.detail)})
    announce(found, part=ended)
    if is_refused:
        _pause_by_itself(found, detail, actor=actor)
    elif state is RunState.FAILED and found.failures == TOLD_AFTER:
        _tell(found, "connection.failing", actor=actor, seats=[found.owner_id])
    return ended


def _pause_by_itself(found: Connection, reason: str, *, actor: Actor) -> None:
    """Pause a connection by itself, and tell whoever keeps it; where nobody does any more, the office."""
    if found.state != ConnectionState.ON:
        return
    found.state = CONNECTION_LIFECYCLE.after("pause", current=ConnectionState(found.state))
    found.next_run_at, found.paused_reason = None, reason[:300]
    found.save()
    record_event("connection.paused", actor=actor, subject=found, changes={"reason": (None, found.paused_reason)})
    announce(found)
    seats = [found.owner_id]
    if reason == KEEPER_LOST:
        seats = seats_holding(Role.SECRETARIAT, actor=actor, alliance=found.alliance_id)
    _tell(found, "connection.paused", actor=actor, seats=seats)


def _tell(found: Connection, kind: str, *, actor: Actor, seats: list[UUID]) -> None:
    # The work itself tells: the seat on whose behalf it was done is not left out as the one who did it.
    teller = Actor.system(CONNECTION_WORK, clock=actor.clock)
    notify_seats(actor=teller, seats=seats, kind=kind, subject=found, values={"name": found.name})
