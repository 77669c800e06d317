"""The background work of documents."""

import logging

from procrastinate.contrib.django import app

from platform_core.clock import SystemClock
from platform_core.documents.storage import remove_stray_files
from platform_core.jobs.registry import QUICK

logger = logging.getLogger(__name__)


@app.periodic(cron="37 3 * * *")
@app.task(name="lianchi.remove_stray_documents", queue=QUICK)
def tidy_documents(timestamp: int) -> None:
    """Remove, once a night, the files that no document has as its own."""
    if removed := remove_stray_files(clock=SystemClock()):
        logger.warning("%s files without a document were removed", removed)
