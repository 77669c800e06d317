"""A close from folder to folder: the results appear whole or not at all."""

import errno
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import duckdb
import pyarrow as pa

from licensing.engine.compute import Progress, compute
from licensing.engine.output import RESULT_FILES, write_rejects, write_results
from licensing.engine.rejects import BundleError, Rejects

ENGINE_VERSION: Final = "1"
"""Changes when the same bundle would give another result; written into every `run.json`."""


@dataclass(frozen=True, slots=True)
class CloseOutcome:
    """How a close ended: `closed`, or `rejected` with nothing closed. `rejected_counts` by code, also where skipped."""

    status: Literal["closed", "rejected"]
    out: Path
    totals: dict[str, int] = field(default_factory=dict)
    rejected_counts: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def exit_status(self) -> int:
        """0, or 2 where `rejected.csv` was written."""
        return 2 if self.rejected_counts else 0


def close_bundle(
    bundle: Path,
    out: Path,
    *,
    skip_rejected: bool = False,
    progress: Progress | None = None,
) -> CloseOutcome:
    """Close the bundle into the folder `out`, which may hold an earlier close and nothing else.

    Rejected input leaves `rejected.csv` alone in `out` (with `skip_rejected` beside the results of the rest).
    Raises BundleError where there is no bundle, or `out` cannot be written.
    """
    report = progress or (lambda stage: None)
    if out.resolve().is_relative_to(bundle.resolve()):
        raise BundleError(f"{out} is inside the bundle: name a folder elsewhere, so that the inputs stay as they are")
    with _disk_errors(out), _aside(out) as (target, scratch):
        computed = compute(bundle, scratch, skip_rejected=skip_rejected, progress=report)
        if isinstance(computed, Rejects):
            write_rejects(computed, target / "rejected.csv")
            return CloseOutcome("rejected", out, rejected_counts=computed.counts())
        totals = write_results(computed, target, ENGINE_VERSION, report)
        return CloseOutcome("closed", out, totals, computed.rejects.counts(), tuple(computed.notes))


@contextmanager
def _disk_errors(out: Path) -> Iterator[None]:
    """Say in words what a disk refuses."""
    try:
        yield
    except PermissionError as error:
        raise BundleError(
            f"{error.filename or out}: no permission; choose another folder or change its owner"
        ) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise BundleError(f"{out}: no space left on the disk; free some, then run the close again") from error
        raise BundleError(f"{error.filename or out}: {error.strerror or error}") from error
    except (duckdb.InterruptException, RuntimeError) as error:
        # A Ctrl-C that reaches DuckDB within a query comes back as an error of the query.
        if "interrupted" in str(error).lower():
            raise KeyboardInterrupt from error
        raise
    except (duckdb.IOException, duckdb.OutOfMemoryException, pa.ArrowMemoryError) as error:
        raise BundleError(f"the close ran out of disk or memory: {str(error).splitlines()[0]}") from error


@contextmanager
def _aside(out: Path) -> Iterator[tuple[Path, Path]]:
    """A folder for results and one for scratch beside `out`; at the end the results take the place of `out`.

    Both vanish when anything goes wrong, also at SIGTERM; what a killed run left is removed by the next one.
    """
    out = out.absolute()
    check_replaceable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(out)
    work = out.parent / f"{_prefix(out)}{os.getpid()}"
    work.mkdir(mode=0o700)
    with _terminable():
        try:
            results, scratch = work / "results", work / "scratch"
            results.mkdir()
            scratch.mkdir()
            yield results, scratch
            check_replaceable(out)
            _put_in_place(results, out, work / "replaced")
        finally:
            shutil.rmtree(work, ignore_errors=True)


def check_replaceable(out: Path) -> None:
    """Refuse a folder that holds anything but an earlier close."""
    if not out.exists() and not out.is_symlink():
        return
    if not out.is_dir():
        raise BundleError(f"{out} is a file: name a folder for the results")
    foreign = sorted(path.name for path in out.iterdir() if path.name not in RESULT_FILES or not path.is_file())
    if foreign:
        message = (
            f"{out} holds {foreign[0]!r}, which is not of a close: name a new folder, or an earlier close to replace"
        )
        raise BundleError(message)


def _put_in_place(results: Path, out: Path, replaced: Path) -> None:
    if out.exists():
        out.rename(replaced)
        try:
            results.rename(out)
        except BaseException:
            replaced.rename(out)
            raise
    else:
        results.rename(out)
    out.chmod(0o777 & ~_umask())


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _prefix(out: Path) -> str:
    return f".{out.name}.closing-"


def _remove_leftovers(out: Path) -> None:
    """Remove what runs left behind that no longer live."""
    for left in out.parent.glob(f"{_prefix(out)}*"):
        pid = left.name.removeprefix(_prefix(out))
        if pid.isdecimal() and int(pid) != os.getpid() and not _lives(int(pid)):
            shutil.rmtree(left, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end the run the way an interruption does, so that everything is tidied up."""
    try:
        before = signal.signal(signal.SIGTERM, _stop)
    except ValueError:
        # Not the main thread: whoever runs us there decides about signals.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt
