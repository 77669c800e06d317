"""The background work of distributions."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from procrastinate.contrib.django import app

from licensing.distribution.policies import DISTRIBUTION_WORK
from licensing.distribution.services import CALCULATION, calculate_distribution, note_failed_distribution
from licensing.distribution.tidying import remove_stray_calculations
from platform_core.access.actors import Actor
from platform_core.clock import SystemClock
from platform_core.jobs.registry import HEAVY, QUICK, background
from platform_core.jobs.running import Running

logger = logging.getLogger(__name__)


def _after_failure(actor: Actor, message: str, *, run_id: str, attempt: int) -> None:
    note_failed_distribution(actor=actor, run_id=UUID(run_id), attempt=attempt, why=message)


@background(CALCULATION, as_work=DISTRIBUTION_WORK, queue=HEAVY, after_failure=_after_failure)
def calculate_distribution_run(running: Running, *, run_id: str, attempt: int) -> Mapping[str, Any]:
    """Work a distribution out as it was asked for the `attempt`th time."""
    return calculate_distribution(running, run_id=UUID(run_id), attempt=attempt)


@app.periodic(cron="33 * * * *")
@app.task(name="lianchi.remove_stray_distributions", queue=QUICK)
def tidy_files(timestamp: int) -> None:
    """Remove, once an hour, the files that no distribution has as its own."""
    if removed := remove_stray_calculations(clock=SystemClock()):
        logger.warning("%s folders without a distribution were removed", removed)
