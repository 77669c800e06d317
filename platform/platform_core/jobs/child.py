"""The first moments of a child process: bound to its parent's life and to its limits, then the real programme.

Run as `python -m platform_core.jobs.child PARENT MEMORY COMMAND…`, where MEMORY is in bytes (0: no limit).
"""

import ctypes
import os
import resource
import signal
import sys
from typing import Final

_SET_PARENT_DEATH_SIGNAL: Final = 1
_GENTLY: Final = 5
ORPHANED: Final = 75


def main() -> None:
    """Tie this process to its parent and its limits, and become the programme."""
    parent, memory, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    # The parent may have died before it was asked to be watched.
    if os.getppid() != int(parent):
        sys.exit(ORPHANED)
    os.nice(_GENTLY)
    if int(memory):
        resource.setrlimit(resource.RLIMIT_DATA, (int(memory), int(memory)))
    os.execvp(command[0], command)  # noqa: S606 (becoming another programme is the purpose)


if __name__ == "__main__":
    main()
