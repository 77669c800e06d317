"""The files of a close run: its bundle and its output, in a folder of its own per calculation."""

import contextlib
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import IO, Final
from uuid import UUID

from django.conf import settings

from platform_core.files import private_folder, sync, sync_tree

BUNDLE: Final = "bundle"
OUTPUT: Final = "output"

MARK: Final = "programme.toml"
"""The file without which a folder is no bundle."""

_CHUNK: Final = 1 << 20
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE: Final = 0o100644 << 16


def closes_folder() -> Path:
    """Return the folder under which every run has its own."""
    return Path(settings.DATA_DIR) / "closes"


def simulations_folder() -> Path:
    """Return the folder under which every simulation has its own while it is worked out."""
    return Path(settings.DATA_DIR) / "simulations"


def run_folder(run_id: UUID) -> Path:
    """Return the folder of all calculations of a run."""
    return closes_folder() / str(run_id)


def bundle_folder(run_id: UUID, claim: UUID) -> Path:
    """Return the bundle that one calculation of a run read."""
    return run_folder(run_id) / str(claim) / BUNDLE


def output_folder(run_id: UUID, claim: UUID) -> Path:
    """Return what one calculation of a run gave."""
    return run_folder(run_id) / str(claim) / OUTPUT


def new_bundle_folder(run_id: UUID, claim: UUID) -> Path:
    """Return where one calculation is to write its bundle, under a folder that nobody else on the machine reads."""
    private_folder(closes_folder())
    return bundle_folder(run_id, claim)


def make_durable(run_id: UUID, claim: UUID) -> None:
    """See to it that the files of one calculation outlive a power cut from here on."""
    sync_tree(run_folder(run_id) / str(claim))
    for folder in (run_folder(run_id), closes_folder()):
        sync(folder)


def forget_earlier(run_id: UUID, keep: UUID) -> None:
    """Remove the files of a run's calculations before one; claims are ordered by when they were made."""
    folder = run_folder(run_id)
    for other in sorted(folder.iterdir()) if folder.is_dir() else ():
        if other.name < str(keep):
            shutil.rmtree(other, ignore_errors=True)


def zip_folder(folder: Path) -> IO[bytes]:
    """Pack a folder into a zip in a temporary file; equal folders give equal bytes, on every machine and day.

    Nothing is compressed, since compressed bytes differ between versions of zlib; Parquet is compressed inside.
    Raises FileNotFoundError where there is no bundle, or it goes away meanwhile.
    """
    with contextlib.ExitStack() as given_up:
        packed = given_up.enter_context(tempfile.TemporaryFile(dir=settings.DATA_DIR))
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _NO_TIME)
                entry.create_system = 3
                entry.external_attr = _REGULAR_FILE
                entry.file_size = path.stat().st_size
                with path.open("rb") as source, archive.open(entry, "w") as target:
                    shutil.copyfileobj(source, target, _CHUNK)
            # Asked last: a folder that was removed while it was packed has lost it by now.
            if not (folder / MARK).is_file():
                raise FileNotFoundError(folder / MARK)
        # Whoever asked reads and closes it.
        given_up.pop_all()
    packed.seek(0)
    return packed


def forget_claim(run_id: UUID, claim: UUID) -> None:
    """Remove the files of one calculation."""
    shutil.rmtree(run_folder(run_id) / str(claim), ignore_errors=True)
