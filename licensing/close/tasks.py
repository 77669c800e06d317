"""The background work of closes."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from procrastinate.contrib.django import app

from licensing.close.policies import CLOSE_WORK
from licensing.close.services import CALCULATION, calculate, note_failed_calculation
from licensing.close.services.queueing import WORKINGS, queue_workings_again
from licensing.close.simulations.services import OF_CLOSE, OF_OWN_SALES, work_out_close, work_out_own_sales
from licensing.close.tidying import remove_stray_files
from licensing.close.workings.selectors import runs_without_workings
from licensing.close.workings.services import release_workings
from platform_core.access.actors import Actor
from platform_core.clock import SystemClock
from platform_core.jobs.registry import HEAVY, QUICK, background
from platform_core.jobs.running import Running

logger = logging.getLogger(__name__)


def _after_failure(actor: Actor, message: str, *, run_id: str, attempt: int) -> None:
    note_failed_calculation(actor=actor, run_id=UUID(run_id), attempt=attempt, why=message)


@background(CALCULATION, as_work=CLOSE_WORK, queue=HEAVY, after_failure=_after_failure)
def calculate_close_run(running: Running, *, run_id: str, attempt: int) -> Mapping[str, Any]:
    """Calculate a close run as it was asked for the `attempt`th time."""
    return calculate(running, run_id=UUID(run_id), attempt=attempt)


@background(WORKINGS, as_work=CLOSE_WORK, queue=HEAVY)
def release_workings_of_close(running: Running, *, run_id: str) -> None:
    """Release what the statements of a posted close are made of, to everybody who may read them."""
    release_workings(actor=running.actor, run_id=UUID(run_id), progress=running.progress)


@background(OF_CLOSE, as_work=CLOSE_WORK, queue=HEAVY)
def simulate_with_close(running: Running, *, run_id: str, versions: list[str]) -> Mapping[str, Any]:
    """Try terms with the sales that a close was calculated from."""
    return work_out_close(running, run_id=UUID(run_id), versions=versions)


@background(OF_OWN_SALES, as_work=CLOSE_WORK, queue=HEAVY)
def simulate_with_own_sales(
    running: Running, *, programme_id: str, licence_id: str | None, **rest: Any
) -> Mapping[str, Any]:
    """Try terms with sales that somebody invented, or reported itself."""
    licence = None if licence_id is None else UUID(licence_id)
    return work_out_own_sales(running, programme_id=UUID(programme_id), licence_id=licence, **rest)


@app.periodic(cron="53 * * * *")
@app.task(name="lianchi.release_missing_workings", queue=QUICK)
def release_missing_workings(timestamp: int) -> None:
    """Have the workings released, once an hour, that closes of earlier versions or failed work left out."""
    actor = Actor.system(CLOSE_WORK, clock=SystemClock())
    for run in runs_without_workings():
        queue_workings_again(actor=actor, run=run)


@app.periodic(cron="23 * * * *")
@app.task(name="lianchi.remove_stray_files", queue=QUICK)
def tidy_files(timestamp: int) -> None:
    """Remove, once an hour, the files that no report and no close has as its own."""
    if removed := remove_stray_files(clock=SystemClock()):
        logger.warning("%s folders without a report or a close were removed", removed)
