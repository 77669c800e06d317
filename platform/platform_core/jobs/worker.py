"""The worker of jobs: works them off, shows that it lives, and looks after the jobs of workers that died."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from platform_core.api.idempotency import forget_old_answers
from platform_core.clock import SystemClock
from platform_core.jobs.registry import CALLS, CALLS_AT_ONCE, LOOKUPS, LOOKUPS_AT_ONCE, QUEUES
from platform_core.jobs.rescue import DEAD_AFTER, SIGN_OF_LIFE_EVERY, rescue_jobs

logger = logging.getLogger(__name__)

RESCUE_EVERY: Final = 5.0
"""Seconds between two looks for the jobs of dead workers."""
TIDY_EVERY: Final = 3600.0
"""Seconds between two rounds of deleting what is no longer needed."""
LOOK_EVERY: Final = 1.0
"""Seconds between two looks into the queue when nothing was told."""


async def run_worker(*, concurrency: int = 4, grace: float = 5.0, until_signal: bool = False) -> None:
    """Work jobs off until cancelled (or a signal, if asked for); running ones then get `grace` seconds to end.

    Raises when the database is lost; whoever runs it begins again.
    """
    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError("jobs are deferred through Django's connection, or they would outlive a rolled back change")
    worker_app = app.with_connector(connector.get_worker_connector())

    async def work_off(queues: Sequence[str], at_once: int, *, signals: bool) -> None:
        await worker_app.run_worker_async(
            queues=list(queues),
            install_signal_handlers=signals,
            concurrency=at_once,
            shutdown_graceful_timeout=grace,
            # A job that waits for another to let go of its turn is found by looking again.
            fetch_job_polling_interval=LOOK_EVERY,
            update_heartbeat_interval=SIGN_OF_LIFE_EVERY,
            stalled_worker_timeout=DEAD_AFTER,
            # How a job ended stands in its own row; the queue keeps what is still to be done.
            delete_jobs="always",
        )

    async with worker_app.open_async():
        housekeeper = asyncio.create_task(_keep_house(), name="rescue of jobs")
        # Whoever lets our calls hang holds up other calls at most, never a close or a letter.
        workers = [
            asyncio.create_task(work_off(QUEUES, concurrency, signals=until_signal), name="work"),
            asyncio.create_task(work_off([CALLS], CALLS_AT_ONCE, signals=False), name="calls"),
            asyncio.create_task(work_off([LOOKUPS], LOOKUPS_AT_ONCE, signals=False), name="look-ups"),
        ]
        try:
            ended, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
            for worker in ended:
                worker.result()
        finally:
            for task in (housekeeper, *workers):
                task.cancel()
            await asyncio.gather(housekeeper, *workers, return_exceptions=True)


async def _keep_house() -> None:
    tidied_at = -TIDY_EVERY
    while True:
        try:
            await sync_to_async(_on_fresh_connection, thread_sensitive=False)(rescue_jobs)
            if time.monotonic() - tidied_at >= TIDY_EVERY:
                tidied_at = time.monotonic()
                await sync_to_async(_on_fresh_connection, thread_sensitive=False)(_tidy)
        except Exception:
            logger.exception("the jobs of dead workers could not be looked after")
        await asyncio.sleep(RESCUE_EVERY)


def _tidy() -> int:
    return forget_old_answers(clock=SystemClock())


def _on_fresh_connection(act: Callable[[], int]) -> None:
    close_old_connections()
    try:
        act()
    finally:
        close_old_connections()
