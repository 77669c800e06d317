"""The browser of the machine: found on the path, or installed where the package manager can."""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb", "--font-render-hinting=none")
INSTALL_SECONDS = 240


class NoBrowser(Exception):
    """There is no browser, and none could be installed; the message says what to do."""


def find_chromium() -> str:
    """Return the path of a Chromium, installing Debian's where that is possible."""
    return _on_path() or _installed() or _give_up()


def _on_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _installed() -> str | None:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return None
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (("update", "-q"), ("install", "-qy", "--no-install-recommends", "chromium", "fonts-noto-cjk")):
        done = subprocess.run([apt, *command], env=quiet, capture_output=True, timeout=INSTALL_SECONDS, check=False)
        if done.returncode != 0:
            return None
    return _on_path()


def _give_up() -> str:
    raise NoBrowser(
        "The browser tests need Chromium on the path. On Debian or Ubuntu: apt-get install chromium fonts-noto-cjk; "
        "elsewhere, install Chromium or Chrome so that one of these is found: " + ", ".join(NAMES)
    )
