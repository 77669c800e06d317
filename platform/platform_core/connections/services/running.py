"""Asking a connection: alone, within its time, and with an end that is on record however it comes."""

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible, require
from platform_core.connections.models import Connection, ConnectionRun, ConnectionState, RunCause, RunState
from platform_core.connections.policies import KEEP_CONNECTION, RUN_CONNECTION
from platform_core.connections.registry import (
    BreakOff,
    Connector,
    ConnectorProblem,
    CredentialsRefused,
    Fetching,
    Tally,
    connector_of,
)
from platform_core.connections.services.asking import key_of, on_behalf_of
from platform_core.connections.services.ending import (
    end_run,
    pause_by_itself,
    put_back,
    wait_for_next_time,
)
from platform_core.exchange import services as exchange
from platform_core.exchange.models import Import, ImportState
from platform_core.exchange.registry import importer_of
from platform_core.files import file_sha256
from platform_core.jobs.running import Interrupted, Stopped, Superseded, is_lost_database
from platform_core.problems import NotAllowed, Problem
from platform_core.realtime.services import announce
from platform_core.secrets import CannotOpen
from platform_core.session_locks import alone_with

logger = logging.getLogger(__name__)

LONGEST_RUN: Final = 240.0
"""Seconds for one run; what is left is asked by the next one, so that nobody else waits for long."""

DIED: Final = "The server stopped while this ran. It goes on where it left off."
CANCELLED: Final = "This was cancelled."
UNEXPECTED: Final = "Something went wrong here; it has been logged."
UNKNOWN_KIND: Final = "This version of the platform does not know this kind of connection any more."
KEEPER_LOST: Final = "Whoever kept it may no longer do so: resume it to keep it yourself."
KEYS_MISSING: Final = "Its credentials cannot be opened: enter them anew."

Brought: Final = ConnectionRun.imports.through
_GONE: Final = (ImportState.REFUSED, ImportState.DISCARDED, ImportState.UNDONE)


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
    with alone_with(key_of(connection_id)) as is_alone:
        run = _begin(work, connection_id, cause, job_id, actor.user_id) if is_alone else None
        if run is None:
            return None
        return _Run(work, run, check, pause, time.monotonic() + longest).carry_out()


def end_dead_runs(*, actor: Actor, connection_id: UUID, why: str, was_due: bool = False) -> None:
    """End the runs of a connection that nobody carries out any more, unless somebody does after all.

    Where none had begun of what was due, it is not put on its way again before its next regular time.
    """
    with alone_with(key_of(connection_id)) as is_alone:
        if not is_alone:
            return
        dead = list(ConnectionRun.objects.filter(connection=connection_id, state=RunState.RUNNING).order_by("pk"))
        for run in dead:
            put_back(actor=on_behalf_of(run.connection, clock=actor.clock), run=run, why=why)
            end_run(actor=actor, run=run, tally=Tally(), state=RunState.FAILED, message=why)
        if was_due and not dead:
            wait_for_next_time(actor=actor, connection_id=connection_id)


@transaction.atomic
def _begin(
    work: Actor, connection_id: UUID, cause: RunCause, job_id: UUID | None, started_by: UUID | None
) -> ConnectionRun | None:
    found = get_visible(Connection, connection_id, actor=work, for_change=True)
    now = work.clock.now()
    for dead in ConnectionRun.objects.filter(connection=found, state=RunState.RUNNING).order_by("pk"):
        put_back(actor=work, run=dead, why=DIED)
        # That is no fault of the other side's: it goes on at once.
        end_run(actor=work, run=dead, tally=Tally(), state=RunState.STOPPED, message=DIED, until=now, is_well=False)
        found.refresh_from_db()
    if found.state != ConnectionState.ON:
        return None
    if cause == RunCause.SCHEDULE and found.next_run_at is not None and found.next_run_at > now:
        # Somebody else was faster.
        return None
    if _keeper(found, work) is None:
        pause_by_itself(actor=work, found=found, message=KEEPER_LOST, is_kept=False)
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
        self.keeper = work
        """Whose choices go with what is brought, and who has to see what they name."""

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
            self._end_with(RunState.STOPPED, CANCELLED, is_well=False)
            raise
        except (Interrupted, Superseded):
            # Whoever begins this work again goes on.
            self._end_with(RunState.STOPPED, DIED, until=self.work.clock.now(), is_well=False)
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
        self.keeper = keeper
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
            importer = importer_of(connector.subject)
            chosen = importer.choose(self.keeper, choices) if importer is not None else choices
            if self._is_here_already(connector, path, chosen):
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
                    chosen_by=self.keeper,
                    in_background=False,
                )
            self.run.imports.add(made)
        try:
            return self._carry_in(connector, made)
        except (Stopped, Interrupted, Superseded, Problem):
            raise
        except Exception as problem:
            if is_lost_database(problem):
                raise
            # It would go wrong again: whoever reads it in the background is spared that.
            exchange.note_failed_work(actor=self.work, import_id=made.pk, why=UNEXPECTED)
            raise

    def _carry_in(self, connector: Connector, made: Import) -> Import:
        made = exchange.check_import(actor=self.work, import_id=made.pk, progress=self._progress)
        if self.connection.straight_in and made.state == ImportState.CHECKED:
            made = self._take_in(connector, made)
            if made.state == ImportState.CHECKED and made.detail:
                # The register changed between the two: as it is now, the file may go in after all.
                made = exchange.check_again(actor=self.work, import_id=made.pk, progress=self._progress)
                made = self._take_in(connector, made) if made.state == ImportState.CHECKED else made
            if made.state == ImportState.CHECKED and made.detail:
                self.tally.failed += 1
                self.tally.note(made.file_name, "not_taken_in", made.detail)
        if made.state == ImportState.REFUSED:
            self.tally.failed += 1
            self.tally.note(made.file_name, "unreadable", made.detail)
        return made

    def _keep_position(self, position: Any) -> None:
        # A position is one in an answer to a question: to another one, asked since, it is none.
        asked = Connection.objects.filter(pk=self.connection.pk, settings=self.connection.settings)
        asked.update(position=position)

    def _take_in(self, connector: Connector, made: Import) -> Import:
        if made.counts.get("new") and not connector.brings_new:
            self.tally.note(made.file_name, "brings_new", "It speaks of something that is not on record: look at it.")
            return made
        exchange.begin_import(actor=self.work, import_id=made.pk, in_background=False)
        return exchange.apply_import(actor=self.work, import_id=made.pk, progress=self._progress)

    def _is_here_already(self, connector: Connector, path: Path, chosen: Mapping[str, Any]) -> bool:
        """Say whether the last that was brought is the very same, so that it says nothing new.

        Of what comes in parts, the last of this part is the one of the round before: whatever another round brought
        since may have said otherwise.
        """
        brought = Brought.objects.filter(connectionrun__connection=self.connection).exclude(import__state__in=_GONE)
        brought = brought.filter(import__choices=dict(chosen)).order_by("-import_id")
        if not connector.comes_in_parts:
            last = brought.values_list("import__file_sha256", flat=True).first()
            return last == file_sha256(path)
        same = brought.filter(import__file_sha256=file_sha256(path)).values_list("connectionrun_id", flat=True).first()
        if same is None:
            return False
        ended = ConnectionRun.objects.filter(connection=self.connection, state=RunState.FINISHED)
        round_ended = ended.filter(pk__gte=same).order_by("pk").values_list("pk", flat=True).first()
        last_ended = ended.order_by("-pk").values_list("pk", flat=True).first()
        return (
            round_ended is None
            or not brought.filter(connectionrun_id__gt=round_ended, connectionrun_id__lte=last_ended).exists()
        )

    def _progress(self, done: int, total: int) -> None:
        self.check()

    def _end_with(
        self,
        state: RunState,
        detail: str,
        *,
        until: datetime | None = None,
        is_well: bool = True,
        is_refused: bool = False,
    ) -> ConnectionRun:
        with transaction.atomic():
            put_back(actor=self.work, run=self.run, why=detail)
            return end_run(
                actor=self.work,
                run=self.run,
                tally=self.tally,
                state=state,
                message=detail,
                until=until,
                is_well=is_well,
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
