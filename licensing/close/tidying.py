"""Removing the files of filings that were not recorded, of calculations that were not loaded, and of simulations."""

import shutil
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from licensing.close import storage
from licensing.close.lifecycle import IN_HAND
from licensing.close.models import CloseRun
from licensing.reports.models import SalesReport
from licensing.reports.storage import INCOMING, reports_folder
from platform_core.clock import Clock

KEPT_FOR: Final = timedelta(days=1)
"""How old a folder must be to be removed: older than any filing or calculation that is still under way."""


def remove_stray_files(*, clock: Clock) -> int:
    """Remove the folders older than a day that no report and no close has as its own, and return how many.

    A simulation takes its folder away itself, unless it was killed.
    """
    before = (clock.now() - KEPT_FOR).timestamp()
    stray = [
        *_stray_uploads(before),
        *_stray_reports(before),
        *_stray_calculations(before),
        *_older(storage.simulations_folder(), before),
    ]
    for folder in stray:
        shutil.rmtree(folder, ignore_errors=True)
    return len(stray)


def _stray_uploads(before: float) -> list[Path]:
    return list(_older(reports_folder() / INCOMING, before))


def _stray_reports(before: float) -> Iterator[Path]:
    for part in _folders(reports_folder()):
        if part.name != INCOMING:
            old = {report: folder for folder in _older(part, before) if (report := _id(folder)) is not None}
            recorded = set(SalesReport.objects.filter(pk__in=old).values_list("pk", flat=True))
            yield from (folder for report, folder in old.items() if report not in recorded)


def _stray_calculations(before: float) -> Iterator[Path]:
    def used(run_id: UUID) -> set[UUID | None]:
        run = CloseRun.objects.filter(pk=run_id).first()
        return set() if run is None else {run.results_claim, run.claim if run.calculation in IN_HAND else None}

    yield from stray_claims(storage.closes_folder(), before, used)


def stray_claims(runs: Path, before: float, used: Callable[[UUID], Collection[UUID | None]]) -> Iterator[Path]:
    """Yield the folders of calculations, below one for each run, that are older than an instant and used by no run."""
    for run_folder in _folders(runs):
        run_id = _id(run_folder)
        old = {claim: folder for folder in _older(run_folder, before) if (claim := _id(folder)) is not None}
        if run_id is not None and old:
            in_use = used(run_id)
            yield from (folder for claim, folder in old.items() if claim not in in_use)


def _folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if path.is_dir())


def _older(folder: Path, before: float) -> Iterator[Path]:
    for path in _folders(folder):
        try:
            changed = path.stat().st_mtime
        except FileNotFoundError:
            # A filing that ended meanwhile has taken it away.
            continue
        if changed < before:
            yield path


def _id(folder: Path) -> UUID | None:
    """Read a folder's name as the id it was made from; nothing of another form is touched."""
    try:
        given = UUID(folder.name)
    except ValueError:
        return None
    return given if str(given) == folder.name else None
