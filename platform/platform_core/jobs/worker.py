"""The worker that lives in the server's own process, or alone in one of its own."""

import asyncio
import contextlib
import logging
from typing import Final

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from procrastinate.contrib.django import app

from platform_core.jobs.rescue import DEAD_AFTER, SIGN_OF_LIFE_EVERY, rescue_jobs

logger = logging.getLogger(__name__)

RESCUE_EVERY: Final = 5.0
"""Seconds between two looks for the jobs of dead workers."""
_LONGEST_PAUSE: Final = 30.0


async def work_jobs(*, concurrency: int = 4, grace: float = 5.0) -> None:
    """Work jobs until cancelled; a lost database is waited for, not died of. At the end jobs get `grace` seconds."""
    rescuer = asyncio.create_task(_rescue_again_and_again(), name="rescue of jobs")
    try:
        pause = 1.0
        while True:
            try:
                await _work(concurrency, grace)
                pause = 1.0
            except Exception:
                logger.exception("the worker of jobs stopped; it starts again in %.0f s", pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
    finally:
        rescuer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await rescuer


async def _work(concurrency: int, grace: float) -> None:
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    async with app.with_connector(connector).open_async() as worker_app:
        await worker_app.run_worker_async(
            install_signal_handlers=False,
            concurrency=concurrency,
            shutdown_graceful_timeout=grace,
            update_heartbeat_interval=SIGN_OF_LIFE_EVERY,
            stalled_worker_timeout=DEAD_AFTER,
            delete_jobs="always",
        )


async def _rescue_again_and_again() -> None:
    while True:
        try:
            await sync_to_async(_rescue, thread_sensitive=False)()
        except Exception:
            logger.exception("jobs of dead workers could not be looked for")
        await asyncio.sleep(RESCUE_EVERY)


def _rescue() -> None:
    close_old_connections()
    try:
        rescue_jobs()
    finally:
        close_old_connections()
