"""Where the files of reports are kept: as they came, and their checked lines, in a folder of their own per report."""

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

from django.conf import settings

FILED_NAME: Final = "filed"
"""The file as it came; its own name stands in the report's row, so that no name from outside becomes a path."""

LINES_NAME: Final = "lines.parquet"

INCOMING: Final = "incoming"
"""The folder of files that are being checked."""

_CHUNK: Final = 1 << 20
_PRIVATE: Final = 0o700


class TooLargeError(ValueError):
    """The stream is longer than it may be."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was written whole: where, how long, and its SHA-256."""

    path: Path
    size: int
    sha256: str


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


def write_stream(source: BinaryIO, path: Path, *, at_most: int) -> StoredFile:
    """Write a stream to a file piece by piece, hashing it on the way. Raises TooLargeError beyond `at_most` bytes."""
    digest = hashlib.sha256()
    size = 0
    with path.open("wb") as out:
        while piece := source.read(_CHUNK):
            size += len(piece)
            if size > at_most:
                raise TooLargeError(f"more than {at_most} bytes")
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return StoredFile(path, size, digest.hexdigest())


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def keep(folder: Path, report_id: UUID) -> None:
    """Give the files of a new folder to a report, all at once, so that they outlive a power cut from here on."""
    target = report_folder(report_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    sync_tree(folder)
    os.replace(folder, target)
    for changed in (target.parent, reports_folder()):
        sync(changed)


def private_folder(folder: Path) -> None:
    """Make a folder, if need be, and let nobody else on the machine look into it."""
    folder.mkdir(parents=True, exist_ok=True)
    if stat.S_IMODE(folder.stat().st_mode) != _PRIVATE:
        folder.chmod(_PRIVATE)


def sync_tree(folder: Path) -> None:
    """Have all files of a folder, and the folder itself, written to the disk."""
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    """Have a file's content, or the names in a folder, written to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def discard(report_id: UUID) -> None:
    """Remove the files of a report whose row was never written."""
    shutil.rmtree(report_folder(report_id), ignore_errors=True)
