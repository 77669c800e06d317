"""Closing a bundle with the engine in a child process, and reading the records for it as of one instant."""

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Final

from django.db import connection, transaction

from platform_core.ids import new_id
from platform_core.jobs.processes import Limits, run_child
from platform_core.jobs.running import Running
from platform_core.problems import Problem

logger = logging.getLogger(__name__)

ENGINE: Final = ("-m", "licensing.engine")
"""What Python runs as the engine."""

LONGEST: Final = 4 * 3600.0
"""Seconds the engine may take."""

_CLOSED: Final = 0
_REJECTED: Final = 2

Engine = Callable[[Running, Path, Path], bool]
"""Closes a bundle into a folder that is not there yet, and says whether it did, or rejected the input."""


class CalculationFailed(Problem):
    """The engine or the records gave no result; what was to be calculated is as it was before."""

    code: ClassVar[str] = "calculation_failed"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "The calculation failed"


def engine_closes(running: Running, bundle: Path, output: Path) -> bool:
    """Run the engine in a child process. Return whether it closed the bundle, or rejected its input."""

    def tell(news: Mapping[str, Any]) -> None:
        running.progress(int(news.get("done", 0)), int(news.get("total", 0)), str(news.get("stage", "")))

    command = [sys.executable, *ENGINE, "close", str(bundle), "--out", str(output), "--progress-json"]
    ended = run_child(command, running=running, on_progress=tell, limits=Limits(seconds=LONGEST), folder=bundle.parent)
    if ended.status not in (_CLOSED, _REJECTED):
        # What the engine says names folders of the server: that is for its log, not for the run's page.
        reference = new_id()
        logger.error("the engine ended with status %s (%s): %s", ended.status, reference, ended.errors.strip())
        raise CalculationFailed(f"The engine gave no result. If you report it, give the reference {reference}.")
    return ended.status == _CLOSED


@contextmanager
def one_view_of_the_records() -> Iterator[None]:
    """Read everything as of one instant, whatever is filed or edited meanwhile."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
