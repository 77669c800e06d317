"""Where the files of documents are kept: by the hash of their bytes, so that equal files are kept once."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from platform_core.clock import Clock
from platform_core.documents.models import Document
from platform_core.files import StoredFile, private_folder, sync

INCOMING: Final = "incoming"
KEPT_FOR: Final = 24 * 60 * 60
"""Seconds after which a file without a document is taken for one whose upload failed."""


def documents_folder() -> Path:
    """Return the folder of all documents."""
    return Path(settings.DATA_DIR) / "files" / "documents"


def file_of(sha256: str) -> Path:
    """Return where the file with this hash is kept."""
    return documents_folder() / sha256[:2] / sha256


@contextmanager
def new_file() -> Iterator[Path]:
    """Give the path of a file to be written; unless `keep` moves it away, it is removed again."""
    private_folder(documents_folder())
    incoming = documents_folder() / INCOMING
    incoming.mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(dir=incoming)
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def keep(stored: StoredFile) -> None:
    """Put a file that was written whole in its place, so that it outlives a power cut; within a transaction."""
    _hold(stored.sha256)
    target = file_of(stored.sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(stored.path, target)
    for changed in (target.parent, documents_folder()):
        sync(changed)


def remove_stray_files(*, clock: Clock) -> int:
    """Remove the files older than a day that no document has as its own, and return how many."""
    before = clock.now().timestamp() - KEPT_FOR
    old = [path for path in sorted(documents_folder().glob("*/*")) if _is_older(path, before)]
    # Most files are some document's: they are told apart without locks, of which a transaction has only so many.
    known = set(Document.objects.order_by().values_list("sha256", flat=True).iterator())
    return sum(_remove(path, before) for path in old if path.parent.name == INCOMING or path.name not in known)


def _remove(path: Path, before: float) -> bool:
    with transaction.atomic():
        if path.parent.name != INCOMING:
            # The same file may just be coming in again: its upload holds this until its row is committed.
            _hold(path.name)
            if Document.objects.filter(sha256=path.name).exists() or not _is_older(path, before):
                return False
        path.unlink(missing_ok=True)
        return True


def _is_older(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        # An upload ended while we looked.
        return False


def _hold(sha256: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"document {sha256}"])
