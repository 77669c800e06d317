"""The browser of the machine: found on the path, or installed where the package manager can."""

from tests.programs import find_program

# The one without windows of its own comes first: it needs a seventh less time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb", "--font-render-hinting=none")


class NoBrowser(Exception):
    """There is no browser, and none could be installed; the message says what to do."""


def find_chromium() -> str:
    """Return the path of a Chromium, installing Debian's where that is possible."""
    found = find_program(NAMES, packages=("chromium-headless-shell", "fonts-noto-cjk"))
    if found is None:
        raise NoBrowser(
            "The browser tests need Chromium on the path. On Debian or Ubuntu: apt-get install chromium-headless-shell "
            "fonts-noto-cjk; elsewhere, install Chromium or Chrome so that one of these is found: " + ", ".join(NAMES)
        )
    return found
