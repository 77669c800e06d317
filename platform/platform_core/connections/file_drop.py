"""Files that others leave in a folder of ours: taken once they are whole, each once, and nothing from elsewhere."""

import contextlib
import errno
import fcntl
import logging
import os
import signal
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from platform_core.connections.registry import BreakOff, ConnectorProblem, Fetching
from platform_core.exchange.models import ImportState
from platform_core.exchange.storage import LARGEST_FILE
from platform_core.files import private_folder
from platform_core.jobs.running import Interrupted, Stopped, Superseded, is_lost_database
from platform_core.problems import Problem

logger = logging.getLogger(__name__)

DONE: Final = "done"
REFUSED: Final = "refused"
SETTLES_IN: Final = 3.0
"""Seconds between two looks at a file: whoever is still writing it has made it longer meanwhile."""
MOST_FILES: Final = 50
"""Files of one run; the rest is taken by the next one."""
LOOK_AGAIN_AFTER: Final = timedelta(minutes=5)
LOOK_AGAIN_AT_LAST: Final = timedelta(hours=6)
"""How long to wait for a file that is not whole: twice as long each time, up to this."""
MOST_LOOKS: Final = 7
"""Runs in a row that find a file not whole before that counts as a failure, of which its keeper is told: half a day."""
LONGEST_NAME: Final = 200

MORE: Final = "There are more files than one run takes: the next one goes on."
UNFINISHED: Final = "Somebody is still writing files: they are taken once they are whole."
NO_FOLDER: Final = "Its folder cannot be read: look after its owner and rights on the server."

NEVER_WHOLE: Final = "A file has been written to for hours and was never whole: look after whoever writes it."
LEFT: Final = "Files could not be read and stay where they are: look after their owner and rights on the server."

UNEXPECTED: Final = "The file could not be read by fault of the platform; it has been logged."
NO_ACCESS: Final = "The server may not read this file: look after its owner and rights."
NOT_READ: Final = "The file could not be read: it stays here, and is tried again."
NOT_A_FILE: Final = "This is no file but a link, a pipe or a device: only files that lie here themselves are taken."
LINKED: Final = "This file has another name elsewhere: copy it here rather than link it."
ODD_NAME: Final = "The name has characters that cannot be shown, or is too long: give the file another one."
TOO_LARGE: Final = f"The file is larger than {LARGEST_FILE >> 20} MB: give it in parts."
_CHUNK: Final = 1 << 20
_FOLDER_ITSELF: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FIRST_NUMBERED: Final = 2
_NO_FILES: Final = frozenset({errno.ELOOP, errno.ENXIO, errno.ENODEV})
"""What the system says of links, pipes without anybody at the other end, and devices."""
_FORBIDDEN: Final = frozenset({errno.EACCES, errno.EPERM})


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a file was like at a look."""

    inode: int
    size: int
    changed: int


def drop_folder(connection_id: UUID, alliance: str) -> str:
    """Return the folder of a connection, below the data folder; the code of an alliance is a plain name."""
    return f"drop/{alliance}/{connection_id}"


def make_drop_folder(connection_id: UUID, alliance: str) -> Path:
    """Make the folder of a connection, if need be."""
    folder = Path(settings.DATA_DIR) / drop_folder(connection_id, alliance)
    if not (drops := folder.parent.parent).exists():
        # Who else may come here afterwards is up to whoever runs the server.
        private_folder(drops)
    for one in (folder, folder / DONE, folder / REFUSED):
        one.mkdir(parents=True, exist_ok=True)
    return folder


def take_dropped_files(fetching: Fetching, *, choices: Mapping[str, Any]) -> None:
    """Take the files that lie in a connection's folder, and move each to those that are done, or refused with why."""
    with _told_as_no_folder():
        path = make_drop_folder(fetching.connection.pk, fetching.connection.alliance.code)
        folder = os.open(path, _FOLDER_ITSELF)
    try:
        _Drop(fetching, folder, choices).take_all()
    finally:
        os.close(folder)


@contextlib.contextmanager
def _told_as_no_folder() -> Iterator[None]:
    """Tell as something to be looked after on the server that a folder is not what it should be."""
    try:
        yield
    except OSError as problem:
        logger.warning("the folder of a connection cannot be used: %s", problem)
        raise ConnectorProblem(NO_FOLDER) from problem


class _Drop:
    """One look into a folder. Everything is done relative to it as it was opened, so that no name leads out of it."""

    def __init__(self, fetching: Fetching, folder: int, choices: Mapping[str, Any]) -> None:
        self.fetching, self.folder, self.choices = fetching, folder, choices
        self.before: dict[str, int] = (fetching.position or {}).get("unfinished") or {}
        """Files that earlier runs in a row found not whole, and how often."""
        self.unreadable = False

    def take_all(self) -> None:
        first = self._look()
        if not first:
            return
        self.fetching.pause(SETTLES_IN)
        second = self._look()
        unfinished = {}
        for count, (name, seen) in enumerate(sorted(first.items())):
            self.fetching.check()
            if count >= MOST_FILES or self.fetching.is_over():
                raise BreakOff(MORE, until=self.fetching.now())
            if second.get(name) != seen or not self._take(name, seen):
                unfinished[shown(name)] = self.before.get(shown(name), 0) + 1
        self._tell_of_what_stays(unfinished)

    def _tell_of_what_stays(self, unfinished: Mapping[str, int]) -> None:
        """End the run so that what was left is looked at again: soon where it is being written, later each time."""
        self.fetching.keep_position({"unfinished": unfinished} if unfinished else None)
        if self.unreadable:
            raise ConnectorProblem(LEFT)
        if not unfinished:
            return
        looks = max(unfinished.values())
        if looks > MOST_LOOKS:
            raise ConnectorProblem(NEVER_WHOLE)
        # As often as the file that came last asks for: others are not to wait for one that is never whole.
        wait = LOOK_AGAIN_AFTER * 2 ** (min(unfinished.values()) - 1)
        raise BreakOff(UNFINISHED, until=self.fetching.now() + min(wait, LOOK_AGAIN_AT_LAST))

    def _look(self) -> dict[str, _Seen]:
        """Return what lies in the folder; what programs hide while they write it is left alone."""
        found = {}
        for name in os.listdir(self.folder):
            if name.startswith((".", "~")) or name.endswith((".part", ".tmp", ".crdownload", ".filepart")):
                continue
            with contextlib.suppress(FileNotFoundError):
                state = os.stat(name, dir_fd=self.folder, follow_symlinks=False)
                if not stat.S_ISDIR(state.st_mode):
                    found[name] = _Seen(state.st_ino, state.st_size, state.st_mtime_ns)
        return found

    def _take(self, name: str, seen: _Seen) -> bool:
        """Take one file; False where it is not whole yet, or was changed meanwhile."""
        if (why := _wrong_name(name)) is not None:
            return self._turn_away(name, seen, "odd_name", why)
        copy = self.fetching.folder / "dropped"
        try:
            # A pipe must not keep us waiting, and a link must not lead anywhere.
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=self.folder)
            with os.fdopen(handle, "rb") as source:
                state = os.fstat(handle)
                if not stat.S_ISREG(state.st_mode):
                    return self._turn_away(name, seen, "not_a_file", NOT_A_FILE)
                if state.st_nlink != 1:
                    return self._turn_away(name, seen, "linked", LINKED)
                if state.st_size > LARGEST_FILE:
                    return self._turn_away(name, seen, "too_large", TOO_LARGE)
                if _seen(state) != seen or _is_being_written(handle):
                    return False
                with copy.open("wb") as out:
                    while piece := source.read(_CHUNK):
                        out.write(piece)
                if _seen(os.fstat(handle)) != seen:
                    return False
        except FileNotFoundError:
            return True
        except OSError as problem:
            if problem.errno in _NO_FILES:
                return self._turn_away(name, seen, "not_a_file", NOT_A_FILE)
            self._leave(name, problem)
            return True
        return self._bring(name, seen, copy)

    def _bring(self, name: str, seen: _Seen, copy: Path) -> bool:
        tally = self.fetching.tally
        tally.asked += 1
        try:
            made = self.fetching.take(copy, name=name, choices=self.choices)
        except (Stopped, Interrupted, Superseded, Problem):
            raise
        except Exception as problem:
            if is_lost_database(problem):
                raise
            # One file that our reader stumbles over is not to stand in the way of all others.
            logger.exception("a file of the connection %s could not be taken in", self.fetching.connection.pk)
            tally.failed += 1
            tally.note(name, "unexpected", UNEXPECTED)
            return self._move(name, seen, REFUSED, UNEXPECTED)
        if made is not None and made.state == ImportState.REFUSED:
            return self._move(name, seen, REFUSED, made.detail)
        tally.answered += 1
        return self._move(name, seen, DONE)

    def _turn_away(self, name: str, seen: _Seen, code: str, why: str) -> bool:
        self._count_failed(name, code, why)
        return self._move(name, seen, REFUSED, why)

    def _leave(self, name: str, problem: OSError) -> None:
        """Leave a file where it is that cannot be read, and have the run say so: it is no fault of the file's."""
        logger.warning("a file in the folder of a connection cannot be read: %s", problem)
        self.unreadable = True
        if problem.errno in _FORBIDDEN:
            self._count_failed(name, "no_access", NO_ACCESS)
        else:
            self._count_failed(name, "not_read", NOT_READ)

    def _count_failed(self, name: str, code: str, why: str) -> None:
        self.fetching.tally.asked += 1
        self.fetching.tally.failed += 1
        self.fetching.tally.note(shown(name), code, why)

    def _move(self, name: str, seen: _Seen, where: str, why: str = "") -> bool:
        """Move what was looked at, itself and not what it may lead to, under a name that is free there.

        False where another file has its name by now, or other contents: those are for the next run.
        """
        with _told_as_no_folder(), _opened_within(self.folder, where) as there:
            try:
                if _seen(os.stat(name, dir_fd=self.folder, follow_symlinks=False)) != seen:
                    return False
                kept = _free_name(shown(name), there)
                os.rename(name, kept, src_dir_fd=self.folder, dst_dir_fd=there)
            except FileNotFoundError:
                # Somebody took it away meanwhile: there is nothing left to move.
                return True
            if why:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
                beside = os.open(_free_name(f"{kept}.txt", there), flags, 0o600, dir_fd=there)
                with os.fdopen(beside, "w", encoding="utf-8") as out:
                    out.write(f"{why}\n")
        return True


@contextlib.contextmanager
def _opened_within(within: int, name: str) -> Iterator[int]:
    """Open a folder that lies in another one itself, as the place that names are looked for in."""
    folder = os.open(name, _FOLDER_ITSELF, dir_fd=within)
    try:
        yield folder
    finally:
        os.close(folder)


def _seen(state: os.stat_result) -> _Seen:
    return _Seen(state.st_ino, state.st_size, state.st_mtime_ns)


def _is_being_written(handle: int) -> bool:
    """Say whether somebody has the file open for writing, where the system can tell."""
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        # The signal by which the system asks for a lease back is one that nobody minds.
        fcntl.fcntl(handle, 10, signal.SIGURG)  # F_SETSIG, which the library has no name for
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except OSError:
        # Another user's file, or a file system that knows no leases: that it keeps its size has to be enough.
        return False
    fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def _wrong_name(name: str) -> str | None:
    odd = any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn") for letter in name)
    return ODD_NAME if odd or len(os.fsencode(name)) > LONGEST_NAME else None


def shown(name: str) -> str:
    """Return a name as it can be shown and kept, whatever characters it has."""
    plain = "".join(
        letter if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn") else "_" for letter in name
    )
    return plain.encode()[:LONGEST_NAME].decode(errors="ignore") or "file"


def _free_name(name: str, folder: int) -> str:
    stem, dot, end = name.rpartition(".")
    if not stem:
        stem, dot, end = name, "", ""
    number, free = _FIRST_NUMBERED, name
    while True:
        try:
            os.stat(free, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return free
        free, number = f"{stem} ({number}){dot}{end}", number + 1
