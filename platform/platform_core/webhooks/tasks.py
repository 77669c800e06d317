"""Bringing events to webhooks in the background."""

import logging
from uuid import UUID

from procrastinate.contrib.django import app

from platform_core.clock import SystemClock
from platform_core.webhooks import services

logger = logging.getLogger(__name__)


@app.task(name=services.FIND, queue=services.QUEUE)
def find(event_id: str) -> None:
    """Find whom to tell of an event."""
    services.find_webhooks(UUID(event_id), clock=SystemClock())


@app.task(name=services.SEND, queue=services.QUEUE)
def send(delivery_id: str) -> None:
    """Make one attempt; what fails is tried again by the round below."""
    services.call_webhook(UUID(delivery_id), clock=SystemClock())


@app.periodic(cron="* * * * *")
@app.task(name="lianchi.call_webhooks_again", queue=services.QUEUE, queueing_lock="lianchi.call_webhooks_again")
def send_again(timestamp: int) -> None:
    """Every minute, put what is due on its way again, one job each, so that a slow one holds nobody up."""
    for delivery_id in services.due_deliveries(clock=SystemClock()):
        app.configure_task(services.SEND, queue=services.QUEUE).defer(delivery_id=str(delivery_id))


@app.periodic(cron="41 3 * * *")
@app.task(name="lianchi.forget_old_deliveries", queue=services.QUEUE)
def forget(timestamp: int) -> None:
    """Once a day, forget what was sent long ago."""
    if count := services.forget_old_deliveries(clock=SystemClock()):
        logger.info("%s old deliveries to webhooks were forgotten", count)
