"""Pictures of every screen to look at: python -m tests.e2e.screenshots OUT_DIR [--site ADDRESS] [--only NAME]."""

import argparse
from contextlib import nullcontext
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.chromium import FLAGS, find_chromium
from tests.e2e.every_screen import SIZES, open_asked
from tests.e2e.live import live_site
from tests.e2e.people import LOCALES, Door
from tests.e2e.screens import MORE, SCREENS, Screen, address_of
from tests.e2e.seeding import seed
from tests.e2e.watching import settle
from tests.stripe_server import served

LOOKS = (("desktop", "light"), ("desktop", "dark"), ("phone", "dark"), ("phone", "light"))
LOADED = """() => !document.querySelector("[aria-busy=true], .ant-spin-spinning, [class*=skeleton]")"""


def take_pictures(door: Door, screen: Screen, language: str, folder: Path) -> None:
    """Keep one screen in one language as files, whole, in every size and theme."""
    context = door.open(screen.email, language=language)
    page = context.new_page()
    page.goto(address_of(screen, context))
    settle(page)
    for size, theme in LOOKS:
        page.set_viewport_size(SIZES[size])
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # a look is one of two words
        settle(page)
        open_asked(page, screen, language)
        # What a button opens asks for its contents first, and charts draw themselves last.
        page.wait_for_timeout(400)
        page.wait_for_function(LOADED)
        settle(page)
        page.screenshot(path=folder / f"{screen.name}-{language}-{size}-{theme}.png", full_page=True)
        if any(screen.press):
            page.reload()
            settle(page)
    context.close()


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--site", help="a site that runs already, with the demonstration")
    parser.add_argument("--only", default="", help="screens whose name begins so")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with (
        served() as service,
        nullcontext(given.site) if given.site else live_site(STRIPE_URL=service.address) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        door = Door(browser, address)
        if not given.site:
            seed(door, service)
        for screen in (*SCREENS, *MORE):
            if screen.name.startswith(given.only):
                for language in LOCALES:
                    take_pictures(door, screen, language, given.folder)
        browser.close()


if __name__ == "__main__":
    main()
