"""Doing work in a process of its own that dies at a named point, as a machine does that loses its power."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any, NoReturn

from django.db import connections

DIED = -signal.SIGKILL
LONGEST = 30.0
"""Seconds a child may take; then something is stuck, and the test says so."""


def in_a_child(work: Callable[[], object], *, kill_after: float | None = None) -> int:
    """Do some work in a child process, and return how it ended: 0, or minus the signal it died of.

    `kill_after`: seconds after which it is killed wherever it is.
    """
    # The child must not speak over the lines of its parent.
    connections.close_all()
    child = os.fork()
    if child == 0:
        _live(work)
    end = time.monotonic() + (LONGEST if kill_after is None else kill_after)
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= end:
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            if kill_after is None:
                raise AssertionError(f"the work took longer than {LONGEST} s")
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001)


def _live(work: Callable[[], object]) -> NoReturn:
    status = 1
    try:
        work()
        status = 0
    finally:
        # Neither the tests' clean-up nor their report is the child's.
        os._exit(status)


def dies(*, before: bool, call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function in the place of another that dies before its first call, or after it."""

    def instead(*arguments: Any, **named: Any) -> Any:
        if not before:
            call(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return instead
