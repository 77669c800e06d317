"""The background work of requests for licences."""

import logging

from procrastinate.contrib.django import app

from platform_core.access.actors import Actor
from platform_core.jobs.registry import QUICK
from pools.asking.policies import FORGETTING
from pools.asking.services import forget_askers

logger = logging.getLogger(__name__)


@app.periodic(cron="53 3 * * *")
@app.task(name="lianchi.forget_licence_askers", queue=QUICK)
def forget(timestamp: int) -> None:
    """Once a day, remove what is not confirmed, and who asked long ago."""
    if count := forget_askers(actor=Actor.system(FORGETTING)):
        logger.info("%s requests for licences were erased", count)
