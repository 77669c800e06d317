"""Programs of the machine that tests need: found on the path, or installed where the package manager can."""

import os
import shutil
import subprocess
from collections.abc import Sequence

INSTALL_SECONDS = 240


def find_program(names: Sequence[str], *, packages: Sequence[str]) -> str | None:
    """Return the path of the first of these programs, installing Debian's packages where that is possible."""
    return _on_path(names) or _installed(names, packages)


def _on_path(names: Sequence[str]) -> str | None:
    return next((path for name in names if (path := shutil.which(name))), None)


def _installed(names: Sequence[str], packages: Sequence[str]) -> str | None:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return None
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (("update", "-q"), ("install", "-qy", "--no-install-recommends", *packages)):
        done = subprocess.run([apt, *command], env=quiet, capture_output=True, timeout=INSTALL_SECONDS, check=False)
        if done.returncode != 0:
            return None
    return _on_path(names)
