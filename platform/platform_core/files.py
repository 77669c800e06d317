"""Writing files so that they are whole, private, and on the disk before anything refers to them."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

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
