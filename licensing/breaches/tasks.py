"""The background work of breaches: licences end on their day, and what was put right is closed."""

import logging

from procrastinate.contrib.django import app

from licensing.breaches.policies import BREACH_WORK
from licensing.breaches.services import close_what_is_put_right, end_on_their_day
from platform_core.access.actors import Actor
from platform_core.clock import SystemClock
from platform_core.jobs.registry import QUICK

logger = logging.getLogger(__name__)


@app.periodic(cron="3 * * * *")
@app.task(name="lianchi.end_licences", queue=QUICK)
def end_licences(timestamp: int) -> None:
    """End, once an hour, the licences whose decided last day has passed, and close what was put right."""
    actor = Actor.system(BREACH_WORK, clock=SystemClock())
    ended, closed = end_on_their_day(actor=actor), close_what_is_put_right(actor=actor)
    if ended or closed:
        logger.info("%s licences ended, %s breaches were put right", ended, closed)
