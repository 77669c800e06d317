"""Where the files of reports are kept: as they came, and their checked lines, in a folder of their own per report."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from platform_core.files import private_folder, sync, sync_tree

FILED_NAME: Final = "filed"
"""The file as it came; its own name stands in the report's row, so that no name from outside becomes a path."""

LINES_NAME: Final = "lines.parquet"

DETAILS_NAME: Final = "details.parquet"
"""What was said of the lines besides: a close takes the lines alone."""

INCOMING: Final = "incoming"
"""The folder of files that are being checked."""


def reports_folder() -> Path:
    """Return the folder under which every report has its own."""
    return Path(settings.DATA_DIR) / "files" / "reports"


def report_folder(report_id: UUID) -> Path:
    """Return a report's folder; the last digits of the id spread the folders evenly."""
    return reports_folder() / report_id.hex[-2:] / str(report_id)


def filed_file(report_id: UUID) -> Path:
    """Return where the file as it came is kept."""
    return report_folder(report_id) / FILED_NAME


def lines_file(report_id: UUID) -> Path:
    """Return where the checked lines are kept."""
    return report_folder(report_id) / LINES_NAME


def details_file(report_id: UUID) -> Path:
    """Return where the details of the lines are kept, if there are any."""
    return report_folder(report_id) / DETAILS_NAME


def drafts_folder() -> Path:
    """Return the folder under which every draft has its own."""
    return Path(settings.DATA_DIR) / "files" / "report-drafts"


def draft_folder(draft_id: UUID) -> Path:
    """Return a draft's folder, which stands apart from those of reports."""
    return drafts_folder() / draft_id.hex[-2:] / str(draft_id)


@contextmanager
def new_folder() -> Iterator[Path]:
    """Give a folder to write a report's files in; what is not moved away by `keep` is removed again."""
    private_folder(reports_folder())
    incoming = reports_folder() / INCOMING
    incoming.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=incoming))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep(folder: Path, report_id: UUID) -> None:
    """Give the files of a new folder to a report, all at once, so that they outlive a power cut from here on."""
    _move(folder, report_folder(report_id))


def keep_draft(folder: Path, draft_id: UUID) -> None:
    """Give the files of a new folder to a draft."""
    private_folder(draft_folder(draft_id).parents[1])
    _move(folder, draft_folder(draft_id))


def link_draft(draft_id: UUID, folder: Path) -> None:
    """Have a draft's files in a new folder as well: the draft keeps its own until the report is on record."""
    for path in draft_folder(draft_id).iterdir():
        os.link(path, folder / path.name)


def _move(folder: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    sync_tree(folder)
    os.replace(folder, target)
    for changed in (target.parent, target.parents[1]):
        sync(changed)


def discard_draft(draft_id: UUID) -> None:
    """Remove the files of a draft that was signed or discarded."""
    shutil.rmtree(draft_folder(draft_id), ignore_errors=True)


def discard(report_id: UUID) -> None:
    """Remove the files of a report whose row was never written."""
    shutil.rmtree(report_folder(report_id), ignore_errors=True)
