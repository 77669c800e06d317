"""The background work on imports."""

import logging
from uuid import UUID

from procrastinate.contrib.django import app

from platform_core.access.actors import Actor
from platform_core.clock import SystemClock
from platform_core.exchange import services
from platform_core.exchange.policies import IMPORT_WORK
from platform_core.exchange.tidying import remove_stray_files
from platform_core.jobs.registry import HEAVY, QUICK, background
from platform_core.jobs.running import Running

logger = logging.getLogger(__name__)


def _after_failure(actor: Actor, message: str, *, import_id: str) -> None:
    services.note_failed_work(actor=actor, import_id=UUID(import_id), why=message)


@background(services.CHECK, as_work=IMPORT_WORK, queue=HEAVY, after_failure=_after_failure)
def check_import(running: Running, *, import_id: str) -> None:
    """Read the file of an import."""
    services.check_import(actor=running.actor, import_id=UUID(import_id), progress=running.progress)


@background(services.APPLY, as_work=IMPORT_WORK, queue=HEAVY, after_failure=_after_failure)
def apply_import(running: Running, *, import_id: str) -> None:
    """Take in what was read."""
    services.apply_import(actor=running.actor, import_id=UUID(import_id), progress=running.progress)


@background(services.UNDO, as_work=IMPORT_WORK, queue=HEAVY, after_failure=_after_failure)
def undo_import(running: Running, *, import_id: str) -> None:
    """Take back what was taken in."""
    services.undo_import(actor=running.actor, import_id=UUID(import_id), progress=running.progress)


@app.periodic(cron="41 * * * *")
@app.task(name="lianchi.remove_stray_imports", queue=QUICK)
def tidy_files(timestamp: int) -> None:
    """Remove, once an hour, the files that no import has as its own."""
    if removed := remove_stray_files(clock=SystemClock()):
        logger.warning("%s files without an import were removed", removed)
