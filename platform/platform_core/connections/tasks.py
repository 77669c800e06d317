"""The background work of connections."""

import logging
import time
from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from procrastinate.contrib.django import app

from platform_core.access.actors import Actor
from platform_core.clock import SystemClock
from platform_core.connections import services
from platform_core.connections.models import RunCause
from platform_core.connections.policies import CONNECTION_WORK
from platform_core.jobs.registry import LOOKUPS, QUICK, background
from platform_core.jobs.running import Running

logger = logging.getLogger(__name__)

LOOKS_EVERY: Final = 0.5
"""Seconds of a wait after which it is asked whether the work is still wanted."""


@app.periodic(cron="*/5 * * * *")
@app.task(name="lianchi.ask_connections", queue=QUICK, queueing_lock="lianchi.ask_connections")
def ask_due(timestamp: int) -> None:
    """Every five minutes, put the connections whose time has come on their way: a missed time is no loss."""
    if count := services.defer_due_runs(clock=SystemClock()):
        logger.info("%s connections are asked", count)


def _wait(running: Running, seconds: float) -> None:
    """Wait, and wake up where the work is no longer wanted or the server stops."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        running.check()
        time.sleep(min(left, LOOKS_EVERY))


def _after_failure(actor: Actor, message: str, *, connection_id: str, cause: str) -> None:
    was_due = RunCause(cause) is RunCause.SCHEDULE
    services.end_dead_runs(actor=actor, connection_id=UUID(connection_id), why=message, was_due=was_due)


@background(services.RUN, as_work=CONNECTION_WORK, queue=LOOKUPS, after_failure=_after_failure)
def run(running: Running, *, connection_id: str, cause: str) -> Mapping[str, Any]:
    """Ask one connection once; how that went stands in the row of the run."""
    found = services.run_connection(
        actor=running.actor,
        connection_id=UUID(connection_id),
        cause=RunCause(cause),
        job_id=running.job_id,
        check=running.check,
        pause=partial(_wait, running),
    )
    return {"run": str(found.pk), "state": found.state} if found is not None else {}
