"""Putting on record how a run ended, when its connection is asked next, and who is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.audit.services import record_event
from platform_core.connections.calculation import next_run, try_again
from platform_core.connections.lifecycle import CONNECTION_LIFECYCLE, RUN_LIFECYCLE
from platform_core.connections.models import Connection, ConnectionRun, ConnectionState, RunState
from platform_core.connections.policies import CONNECTION_WORK
from platform_core.connections.registry import Tally
from platform_core.exchange import services as exchange
from platform_core.exchange.models import ImportState
from platform_core.identity.roles import Role
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import notify_seats
from platform_core.problems import WrongState
from platform_core.realtime.services import announce

TOLD_AFTER: Final = 3
"""Runs in a row that fail before whoever keeps the connection is told."""

_STEPS: Final = {RunState.FINISHED: "finish", RunState.STOPPED: "break off", RunState.FAILED: "fail"}
_EVENTS: Final = {
    RunState.FINISHED: "connection_run.finished",
    RunState.STOPPED: "connection_run.stopped",
    RunState.FAILED: "connection_run.failed",
}


def put_back(*, actor: Actor, run: ConnectionRun, why: str) -> None:
    """Have the imports of a run go on that it left in the middle: what was being read is read in the background."""
    for left in run.imports.filter(state=ImportState.CHECKING, job=None).order_by("pk"):
        exchange.check_later(actor=actor, import_id=left.pk)
    for left in run.imports.filter(state=ImportState.APPLYING, job=None).order_by("pk"):
        exchange.note_failed_work(actor=actor, import_id=left.pk, why=why)


@transaction.atomic
def end_run(
    *,
    actor: Actor,
    run: ConnectionRun,
    tally: Tally,
    state: RunState,
    message: str,
    until: datetime | None = None,
    is_well: bool = True,
    is_refused: bool = False,
    told: Mapping[str, Any] | None = None,
) -> ConnectionRun:
    """Put on record how a run ended, and when its connection is asked next.

    One that was stopped from outside, or died, was neither well nor a failure of the other side: what failed in a row
    before it still counts.
    """
    now = actor.clock.now()
    found = Connection.objects.select_for_update(no_key=True).order_by("pk").get(pk=run.connection_id)
    ended = ConnectionRun.objects.select_for_update().order_by("pk").get(pk=run.pk)
    try:
        ended.state = RUN_LIFECYCLE.after(_STEPS[state], current=RunState(ended.state))
    except WrongState:
        # It was taken for dead, and its end is on record.
        return ended
    ended.ended_at, ended.detail = max(now, ended.begun_at), message[:1000]
    for column in ("requests", "asked", "answered", "unchanged", "unknown", "failed", "notes"):
        setattr(ended, column, getattr(tally, column))
    ended.save()
    if told is not None:
        found.told = dict(told)
    regular = _regular(found, now)
    if state is RunState.FAILED:
        found.failures += 1
        found.failing_since = found.failing_since or now
        regular = try_again(now, found.failures, regular)
    else:
        if is_well:
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
        pause_by_itself(actor=actor, found=found, message=message)
    elif state is RunState.FAILED and found.failures == TOLD_AFTER:
        _tell(found, "connection.failing", actor=actor, seats=[found.owner_id])
    return ended


def _regular(found: Connection, now: datetime) -> datetime:
    return next_run(now, every=found.every, on_day=found.on_day, at_hour=found.at_hour, zone=found.alliance.zone)


def pause_by_itself(*, actor: Actor, found: Connection, message: str, is_kept: bool = True) -> None:
    """Pause a connection by itself, and tell whoever keeps it; where nobody does any more, the office."""
    if found.state != ConnectionState.ON:
        return
    found.state = CONNECTION_LIFECYCLE.after("pause", current=ConnectionState(found.state))
    found.next_run_at, found.paused_reason = None, message[:300]
    found.save()
    record_event("connection.paused", actor=actor, subject=found, changes={"reason": (None, found.paused_reason)})
    announce(found)
    seats = [found.owner_id]
    if not is_kept:
        seats = seats_holding(Role.SECRETARIAT, actor=actor, alliance=found.alliance_id)
    _tell(found, "connection.paused", actor=actor, seats=seats)


def _tell(found: Connection, kind: str, *, actor: Actor, seats: list[UUID]) -> None:
    # The work itself tells: the seat on whose behalf it was done is not left out as the one who did it.
    teller = Actor.system(CONNECTION_WORK, clock=actor.clock)
    notify_seats(actor=teller, seats=seats, kind=kind, subject=found, values={"name": found.name})


@transaction.atomic
def wait_for_next_time(*, actor: Actor, connection_id: UUID) -> None:
    """Have what is due wait for its next regular time."""
    found = Connection.objects.select_for_update(no_key=True).order_by("pk").get(pk=connection_id)
    now = actor.clock.now()
    if found.next_run_at is not None and found.next_run_at <= now:
        found.next_run_at = _regular(found, now)
        found.save(update_fields=["next_run_at"])
        announce(found)
