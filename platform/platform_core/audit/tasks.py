"""Sealing the record, every few minutes."""

import logging

from procrastinate.contrib.django import app

from platform_core.audit.sealing import seal_events
from platform_core.clock import SystemClock

logger = logging.getLogger(__name__)


@app.periodic(cron="*/5 * * * *")
@app.task(name="lianchi.seal_events", queue="quick", queueing_lock="lianchi.seal_events")
def seal_record(timestamp: int) -> None:
    """Seal what was recorded since the last time."""
    for seal in seal_events(clock=SystemClock()):
        logger.info("the audit record is sealed up to row %s: %s", seal.last_row, seal.head)
