"""Heavy work in a process of its own, so that requests and sockets never wait for it."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from platform_core.jobs.running import Running

_LOOK_EVERY: Final = 0.2
_CHUNK: Final = 1 << 16
_LINE_AT_MOST: Final = 1 << 16
_GRACE: Final = 2.0


class TimeUp(Exception):
    """The child took longer than it was given."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: seconds, bytes of memory of its own (0: no limit), bytes of output that are kept."""

    seconds: float = 3600.0
    memory: int = 0
    output: int = 1 << 20


@dataclass(frozen=True, slots=True)
class ChildResult:
    """How a child ended: its exit status, the beginning of its output, the end of what it said on standard error."""

    status: int
    output: str
    errors: str


def run_child(
    command: Sequence[str],
    *,
    running: Running | None = None,
    on_progress: Callable[[Mapping[str, Any]], None] | None = None,
    limits: Limits | None = None,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> ChildResult:
    """Run a programme in a child process, and return how it ended.

    Lines on its standard error that are JSON objects are news of progress and go to `on_progress`; other lines are
    kept. The child is killed with everything it started when the job it runs for, if it does for one, is cancelled or
    interrupted (which is raised), when it takes longer than it may (`TimeUp`), and when this process dies. Of this
    process's environment, which holds the site's secrets, it has nothing; whatever it is to know is given.
    """
    bounds = limits or Limits()
    keeper = [sys.executable, "-m", "platform_core.jobs.child", str(os.getpid()), str(bounds.memory), *command]
    process = subprocess.Popen(
        keeper,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={
            "PATH": os.defpath,
            "PYTHONUTF8": "1",
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            **(environment or {}),
        },
        start_new_session=True,
    )
    try:
        return _follow(process, running, on_progress, bounds)
    finally:
        _kill(process)


def _follow(
    process: "subprocess.Popen[bytes]",
    running: Running | None,
    on_progress: Callable[[Mapping[str, Any]], None] | None,
    bounds: Limits,
) -> ChildResult:
    output = bytearray()
    errors = _Lines(on_progress, bounds.output)
    end = time.monotonic() + bounds.seconds
    with selectors.DefaultSelector() as selector:
        for stream in (process.stdout, process.stderr):
            if stream is None:
                raise TypeError("the child has no pipes")
            selector.register(stream, selectors.EVENT_READ, data=stream is process.stdout)
        while selector.get_map():
            if running is not None:
                running.check()
            if time.monotonic() > end:
                raise TimeUp(f"This took longer than {bounds.seconds:.0f} seconds and was stopped.")
            for key, _ in selector.select(_LOOK_EVERY):
                chunk = os.read(key.fd, _CHUNK)
                if not chunk:
                    selector.unregister(key.fileobj)
                elif key.data:
                    output += chunk[: max(0, bounds.output - len(output))]
                else:
                    errors.add(chunk)
    status = process.wait(timeout=max(_GRACE, end - time.monotonic()))
    errors.finish()
    return ChildResult(status, output.decode("utf-8", "replace"), errors.text())


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        # The child leads a group of its own, so that what it started goes with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _news(line: bytes) -> dict[str, Any] | None:
    if not line.startswith(b"{"):
        return None
    try:
        news: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return news


class _Lines:
    """Standard error, line by line: progress is passed on, the end of the rest is kept."""

    def __init__(self, on_progress: Callable[[Mapping[str, Any]], None] | None, limit: int) -> None:
        self._on_progress = on_progress
        self._limit = limit
        self._open = b""
        self._kept = b""

    def add(self, chunk: bytes) -> None:
        *lines, self._open = (self._open + chunk).split(b"\n")
        for line in lines:
            self._take(line)
        if len(self._open) > _LINE_AT_MOST:
            self._take(self._open)
            self._open = b""

    def finish(self) -> None:
        if self._open:
            self._take(self._open)
            self._open = b""

    def text(self) -> str:
        return self._kept.decode("utf-8", "replace")

    def _take(self, line: bytes) -> None:
        news = _news(line)
        if news is not None and self._on_progress is not None:
            self._on_progress(news)
            return
        self._kept = (self._kept + line + b"\n")[-self._limit :]
