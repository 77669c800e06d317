"""What holds for every screen, in both languages: usable by everybody, silent, and in one language."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Open
from tests.e2e.people import PHONE
from tests.e2e.screens import SCREENS, Screen, address_of
from tests.e2e.watching import settle, violations

# Words of our own in the page's frame, not names and other contents, which stay in the language they are in.
OURS = "h1, th, nav, [role=tab], .ant-btn:not([lang]), label"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_screen_is_usable_by_everybody(open_as: Open, screen: Screen, language: str) -> None:
    page = open_as(screen.email, language=language)
    page.goto(address_of(screen, page.context))
    settle(page)
    expect(page.get_by_role("heading").first).to_be_visible()
    assert violations(page) == []
    if language == "en" and screen.name not in ("organisation", "member", "alliance"):
        texts = page.locator(OURS).all_inner_texts()
        mixed = [text for text in texts if re.search(r"[一-鿿]", text) and "@" not in text]
        assert [text for text in mixed if not re.search(r"[A-Za-z]{3}", text)] == []


IN_THE_DARK = ("sign-in", "home-finance", "members", "account-security")


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_screen_fits_a_phone(open_as: Open, screen: Screen) -> None:
    page = open_as(screen.email, viewport=PHONE, has_touch=True, color_scheme="dark")
    page.goto(address_of(screen, page.context))
    settle(page)
    expect(page.get_by_role("heading").first).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    if screen.name in IN_THE_DARK:
        assert violations(page) == []
