"""The background work of reports."""

import logging

from procrastinate.contrib.django import app

from licensing.reports.policies import REPORT_WORK
from licensing.reports.services import end_abandoned_draft
from licensing.reports.tidying import abandoned_drafts, remove_stray_drafts
from platform_core.access.actors import Actor
from platform_core.clock import SystemClock
from platform_core.jobs.registry import QUICK

logger = logging.getLogger(__name__)


@app.periodic(cron="43 3 * * *")
@app.task(name="lianchi.tidy_report_drafts", queue=QUICK)
def tidy_drafts(timestamp: int) -> None:
    """End, once a night, the drafts that nobody signs any more, and remove what files are left of drafts."""
    clock = SystemClock()
    for draft in abandoned_drafts(clock=clock):
        end_abandoned_draft(actor=Actor.system(REPORT_WORK, clock=clock), draft_id=draft)
    if removed := remove_stray_drafts(clock=clock):
        logger.warning("%s folders without an open draft were removed", removed)
