"""Where files that are taken in are kept."""

import os
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

from django.conf import settings

from platform_core.files import StoredFile, private_folder, sync, write_stream

LARGEST_FILE: Final = 1 << 30


def imports_folder() -> Path:
    """Return the folder of all imports."""
    return Path(settings.DATA_DIR) / "files" / "imports"


def file_of(import_id: UUID) -> Path:
    """Return where the file of an import is kept; no name from outside becomes a path."""
    return imports_folder() / import_id.hex[-2:] / str(import_id)


def keep(source: BinaryIO, import_id: UUID) -> StoredFile:
    """Write a file whole where it is kept. Raises TooLargeError."""
    private_folder(imports_folder())
    target = file_of(import_id)
    target.parent.mkdir(exist_ok=True)
    part = target.with_suffix(".part")
    try:
        stored = write_stream(source, part, at_most=LARGEST_FILE)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    sync(target.parent)
    return stored


def drop(import_id: UUID) -> None:
    """Remove the file of an import."""
    file_of(import_id).unlink(missing_ok=True)
