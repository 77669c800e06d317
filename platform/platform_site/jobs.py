"""Working off background jobs, inside the web process or in one of its own."""

import asyncio
import logging
from dataclasses import dataclass

from procrastinate.contrib.django import app as jobs_app
from procrastinate.contrib.django.django_connector import DjangoConnector

logger = logging.getLogger(__name__)

CONCURRENCY = 4
GRACE_SECONDS = 5
RETRY_SECONDS = 2.0


@dataclass
class WorkerState:
    """Whether this process works jobs, as the readiness check tells it."""

    wanted: bool = False
    alive: bool = False


STATE = WorkerState()


async def work_jobs(*, until_signal: bool = False) -> None:
    """Work off jobs until cancelled; a lost database ends one attempt, not the work."""
    STATE.wanted = True
    try:
        while True:
            try:
                await _work(until_signal=until_signal)
            except Exception:
                # Whatever it was is in the log; the jobs themselves are rows and wait.
                logger.exception("Background jobs stopped; trying again in %s s", RETRY_SECONDS)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return
    finally:
        STATE.wanted = False


async def _work(*, until_signal: bool) -> None:
    connector = jobs_app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError("jobs are deferred through Django's connection, or they would outlive a rolled back change")
    app = jobs_app.with_connector(connector.get_worker_connector())
    async with app.open_async():
        STATE.alive = True
        try:
            await app.run_worker_async(
                install_signal_handlers=until_signal,
                concurrency=CONCURRENCY,
                shutdown_graceful_timeout=GRACE_SECONDS,
            )
        finally:
            STATE.alive = False
