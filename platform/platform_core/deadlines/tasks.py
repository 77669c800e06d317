"""The background work of deadlines."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from procrastinate.contrib.django import app

from platform_core.clock import SystemClock
from platform_core.deadlines import services
from platform_core.deadlines.policies import DEADLINE_WORK
from platform_core.jobs.registry import QUICK, background
from platform_core.jobs.running import Running

logger = logging.getLogger(__name__)


@app.periodic(cron="7 * * * *")
@app.task(name="lianchi.defer_deadlines", queue=QUICK, queueing_lock="lianchi.defer_deadlines")
def begin_day(timestamp: int) -> None:
    """Every hour, have the deadlines of those alliances looked at whose day was not yet: a missed hour is no loss."""
    if count := services.defer_runs(clock=SystemClock()):
        logger.info("the deadlines of %s alliances are looked at", count)


@background(services.RUNNING, as_work=DEADLINE_WORK)
def run(running: Running, *, alliance_id: str) -> Mapping[str, Any]:
    """Look at the deadlines of one alliance; what it did is the job's result and stands in its rows."""
    runs = services.run_deadlines(actor=running.actor, alliance_id=UUID(alliance_id))
    return {
        "days": len(runs),
        "reminders": sum(one.reminders for one in runs),
        "missed": sum(one.missed for one in runs),
        "unreached": sum(one.unreached for one in runs),
    }
