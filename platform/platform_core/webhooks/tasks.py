"""Bringing events to webhooks in the background."""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from procrastinate.contrib.django import app

from platform_core.clock import SystemClock
from platform_core.jobs.registry import CALLS, CALLS_AT_ONCE
from platform_core.webhooks import services

logger = logging.getLogger(__name__)

_callers: Final = ThreadPoolExecutor(max_workers=CALLS_AT_ONCE, thread_name_prefix="webhook")
"""Threads of their own, since the ones that all work shares are few."""


@app.task(name=services.FIND, queue=services.QUEUE)
def find(event_id: str) -> None:
    """Find whom to tell of an event."""
    services.find_webhooks(UUID(event_id), clock=SystemClock())


@app.task(name=services.SEND, queue=CALLS)
async def send(delivery_id: str) -> None:
    """Make one attempt; what fails is tried again by the round below."""
    await sync_to_async(_send, thread_sensitive=False, executor=_callers)(UUID(delivery_id))


def _send(delivery_id: UUID) -> None:
    close_old_connections()
    try:
        services.call_webhook(delivery_id, clock=SystemClock())
    finally:
        close_old_connections()


@app.periodic(cron="* * * * *")
@app.task(name="lianchi.call_webhooks_again", queue=services.QUEUE, queueing_lock="lianchi.call_webhooks_again")
def send_again(timestamp: int) -> None:
    """Every minute, put what is due on its way again, one job each, so that a slow one holds nobody up."""
    services.call_again(clock=SystemClock())


@app.periodic(cron="41 3 * * *")
@app.task(name="lianchi.forget_old_deliveries", queue=services.QUEUE)
def forget(timestamp: int) -> None:
    """Once a day, forget what was sent long ago."""
    if count := services.forget_old_deliveries(clock=SystemClock()):
        logger.info("%s old deliveries to webhooks were forgotten", count)
