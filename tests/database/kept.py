"""A migrated database that is made once and copied for each run, as long as no migration changes.

Migrating takes longer than most files of tests do. The copy is of a stopped server's folder, and each run starts a
server of its own on it: nothing that a run does reaches another.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from platform_site.database.embedded import EmbeddedDatabase

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(tempfile.gettempdir()) / f"lianchi-migrated-{os.getuid()}"
AT_MOST = 8
"""How many are kept, for those who go back and forth between branches."""
MIGRATIONS = [f"{room}/**/migrations/*.py" for room in ("platform", "members", "pools", "licensing")]
ALSO = ("platform/platform_site/database/*.py", "platform/platform_core/database_rules*", "requirements/base.txt")
"""What else a migrated database depends on: roles and rights, what the rules are made of, Django itself."""


def copy_migrated(folder: Path, make: Callable[[EmbeddedDatabase], None]) -> None:
    """Put a copy of the migrated server into a folder that is not there yet; `make` migrates the first of its kind."""
    with _one_at_a_time():
        if folder.exists():
            return
        kept = KEPT / _fingerprint()
        if not (kept / "server.json").exists():
            _make(kept, make)
        kept.touch()
        # Of the same owners, times and holes; within a second.
        subprocess.run(["cp", "-a", str(kept), str(folder)], check=True, timeout=120)
        for old in sorted(_all_kept(), key=lambda path: path.stat().st_mtime)[:-AT_MOST]:
            shutil.rmtree(old)


def _make(kept: Path, make: Callable[[EmbeddedDatabase], None]) -> None:
    aside = KEPT / "new"
    shutil.rmtree(aside, ignore_errors=True)
    # Durable while it is made: a throwaway server leaves no folder, and this one must have ended in good order.
    with EmbeddedDatabase(aside) as server:
        make(server)
    shutil.rmtree(kept, ignore_errors=True)
    aside.rename(kept)


def _all_kept() -> list[Path]:
    return [path for path in KEPT.iterdir() if path.is_dir() and path.name != "new"]


def _fingerprint() -> str:
    """Return a name for what is migrated: another one as soon as any file it depends on changes."""
    seen = hashlib.sha256()
    for pattern in (*MIGRATIONS, *ALSO):
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file():
                seen.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return seen.hexdigest()[:16]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    KEPT.mkdir(mode=0o711, exist_ok=True)
    if KEPT.stat().st_uid != os.getuid():
        raise RuntimeError(f"{KEPT} belongs to somebody else: remove it, or name another folder with TMPDIR.")
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
