"""Pictures of every screen to look at: python -m tests.e2e.screenshots OUT_DIR [--site ADDRESS] [--only NAME]."""

import argparse
from contextlib import nullcontext
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.chromium import FLAGS, find_chromium
from tests.e2e.live import live_site
from tests.e2e.people import DESKTOP, PHONE, Door
from tests.e2e.screens import SCREENS, Screen, address_of
from tests.e2e.watching import settle

LOOKS = (
    ("zh", "desktop", "light"),
    ("en", "desktop", "light"),
    ("zh", "phone", "light"),
    ("en", "phone", "light"),
    ("zh", "desktop", "dark"),
)


def take_picture(door: Door, screen: Screen, look: tuple[str, str, str], folder: Path) -> None:
    """Keep one screen in one language, size and theme as a file."""
    language, size, theme = look
    viewport = PHONE if size == "phone" else DESKTOP
    context = door.open(screen.email, language=language, viewport=viewport, color_scheme=theme)
    page = context.new_page()
    page.goto(address_of(screen, context))
    settle(page)
    page.wait_for_timeout(200)
    page.screenshot(path=folder / f"{screen.name}-{language}-{size}-{theme}.png")
    context.close()


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--site", help="a site that runs already, with the demonstration")
    parser.add_argument("--only", default="", help="screens whose name begins so")
    parser.add_argument("--looks", type=int, default=len(LOOKS), help="how many of the looks, from the first")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with nullcontext(given.site) if given.site else live_site() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        door = Door(browser, address)
        for screen in SCREENS:
            if screen.name.startswith(given.only):
                for look in LOOKS[: given.looks]:
                    take_picture(door, screen, look, given.folder)
        browser.close()


if __name__ == "__main__":
    main()
