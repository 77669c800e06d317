"""Working off background jobs, inside the web process or in one of its own."""

import asyncio
import logging
from dataclasses import dataclass

from platform_core.jobs.worker import run_worker

logger = logging.getLogger(__name__)

RETRY_SECONDS = 2.0


@dataclass
class WorkerState:
    """Whether this process is to work jobs, and does, as the readiness check tells it."""

    wanted: bool = False
    alive: bool = False


STATE = WorkerState()


async def work_jobs(*, until_signal: bool = False) -> None:
    """Work off jobs until cancelled; a lost database ends one attempt, not the work."""
    STATE.wanted = True
    try:
        while True:
            STATE.alive = True
            try:
                await run_worker(until_signal=until_signal)
            except Exception:
                # Whatever it was is in the log; the jobs themselves are rows and wait.
                logger.exception("Background jobs stopped; trying again in %s s", RETRY_SECONDS)
                STATE.alive = False
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return
    finally:
        STATE.wanted = STATE.alive = False
