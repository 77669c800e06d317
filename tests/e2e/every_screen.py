"""What holds for every screen, in both languages, on desks and phones, light and dark.

The tests stand in two files, so that two workers share them. Of the four looks a screen gets one in each language, a
desk in one and a phone in the other, and the others on other days; `LIANCHI_LOOKS=all` gives all four to both, and
`LIANCHI_LOOKS=0` to `3` one day's again.
"""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from playwright.sync_api import Page, expect

from tests.e2e.people import DESKTOP, PHONE
from tests.e2e.screens import Screen, address_of
from tests.e2e.watching import Windows, rest, settle, violations

# Words of our own in the page's frame, not names and other contents, which stay in the language they are in.
OURS = "h1, th, nav, [role=tab], .ant-btn, label"

# What is said to be in another language may be: the name of a language, in itself.
IN_THE_PAGES_LANGUAGE = """(found) => found.map((element) => {
    const copy = element.cloneNode(true);
    const other = (lang) => lang.slice(0, 2) !== document.documentElement.lang.slice(0, 2);
    if (element.lang && other(element.lang)) return "";
    for (const part of copy.querySelectorAll("[lang]")) if (other(part.lang)) part.remove();
    return copy.textContent;
})"""

NAMED = (
    "organisation",
    "member",
    "alliance",
    "connection",
    "bank-account",
    "bank-account-columns",
    "statement-line",
    "exchange-sheet",
    "deduction-doubtful",
    "deduction-doubtful-own",
)
"""Screens whose heading is somebody's name."""

SWITCH = {"zh": re.compile("^English$"), "en": re.compile("^(简体)?中文$")}
"""The button that has a page speak the other language, by the one it speaks; to strangers it gives the full name."""

LOOKS: tuple[tuple[Literal["desktop", "phone"], Literal["light", "dark"]], ...] = (
    ("desktop", "light"),
    ("phone", "dark"),
    ("desktop", "dark"),
    ("phone", "light"),
)
DAY = os.environ.get("LIANCHI_LOOKS") or str(datetime.now(UTC).toordinal() % len(LOOKS))
SIZES = {"desktop": DESKTOP, "phone": PHONE}


def looks_in(language: str) -> tuple[tuple[Literal["desktop", "phone"], Literal["light", "dark"]], ...]:
    """Return the looks that a language is tried in today."""
    if DAY == "all":
        return LOOKS
    return (LOOKS[(int(DAY) + ("zh", "en").index(language)) % len(LOOKS)],)


def try_screen(windows: Windows, record_property: Callable[[str, object], None], screen: Screen) -> None:
    """Open a screen, see what holds for it, and have it speak the other language.

    A window stays in the language that it was left in, so that one screen comes up in Chinese and the next in English.
    """
    page = windows.page_of(screen.email)
    page.goto(address_of(screen, page.context))
    settle(page)
    first = _language_of(page)
    _look(page, record_property, screen, first)
    page.get_by_role("button", name=SWITCH[first]).click()
    settle(page)
    second = _language_of(page)
    assert second != first
    _look(page, record_property, screen, second)
    page.close()
    assert windows.complaints.found == []


def _language_of(page: Page) -> str:
    return str(page.evaluate("() => document.documentElement.lang"))[:2]


def _look(page: Page, record_property: Callable[[str, object], None], screen: Screen, language: str) -> None:
    """See that a screen fits, speaks one language, and shuts nobody out, in the looks of its language."""
    expect(page.get_by_role("heading").first).to_be_visible()
    if language == "en" and screen.name not in NAMED:
        assert chinese_words(page) == []
    for size, theme in looks_in(language):
        page.set_viewport_size(SIZES[size])
        page.emulate_media(color_scheme=theme)
        rest(page)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), f"too wide: {size}"
        found = violations(page)
        record_property("axe", (screen.name, len(found)))
        assert found == [], f"{language}, {size}, {theme}"


def open_asked(page: Page, screen: Screen, language: str) -> None:
    """Open what is to be looked at on a screen, where it is behind a button, and a choice of the menu that opens."""
    if button := screen.press[language == "en"]:
        page.get_by_role("button", name=button).first.click()
    if choice := screen.choose[language == "en"]:
        page.get_by_role("menuitem", name=choice).first.click()


def chinese_words(page: Page) -> list[str]:
    """Return words of ours that are Chinese although the page is English."""
    texts: list[str] = page.locator(OURS).evaluate_all(IN_THE_PAGES_LANGUAGE)
    mixed = [text for text in texts if re.search(r"[一-鿿]", text) and "@" not in text]
    return [text for text in mixed if not re.search(r"[A-Za-z]{3}", text)]
