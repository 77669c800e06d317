"""The keyboard alone, in a real browser: everything that can be worked is reached, and one sees where one is."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import ACCOUNTANT
from tests.e2e.screens import SCREENS, Screen, address_of
from tests.e2e.watching import settle

MAIN = ("sign-in", "home-finance", "members", "closes", "close-to-approve", "statement", "patent", "account-security")
"""One screen of each kind."""

# Of radio buttons and of tabs the chosen one is reached, and the arrow keys lead to the others.
REACHABLE = """() => {
    window.reached = new Set();
    addEventListener("focusin", (event) => window.reached.add(event.target));
    window.workable = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
        .filter((one) => one.tabIndex >= 0 && !one.disabled && !one.closest("[inert], [aria-hidden=true]"))
        .filter((one) => !(one.type === "radio" && !one.checked))
        .filter((one) => one.checkVisibility({ visibilityProperty: true }));
    return window.workable.length;
}"""

# A ring is drawn round the element itself, or round the label or field that a bare one stands in.
RINGED = """() => {
    const at = document.activeElement;
    if (at === document.body) return true;
    const ring = (one) => {
        const style = getComputedStyle(one);
        return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
    };
    const around = [at, at.parentElement, at.parentElement?.parentElement, at.closest("label")];
    const beside = [...(at.parentElement?.children ?? [])];
    return [...around, ...beside].some((one) => one && ring(one)) || at.outerHTML.slice(0, 200);
}"""

MISSED = "() => window.workable.filter((one) => !window.reached.has(one)).map((one) => one.outerHTML.slice(0, 160))"


@pytest.mark.parametrize("screen", [one for one in SCREENS if one.name in MAIN], ids=lambda screen: screen.name)
def test_tab_reaches_all_there_is_to_work_and_shows_where_one_is(open_as: Open, screen: Screen) -> None:
    page = open_as(screen.email)
    page.goto(address_of(screen, page.context))
    settle(page)
    count = page.evaluate(REACHABLE)
    assert count > 0
    for _step in range(count + 5):
        page.keyboard.press("Tab")
        assert page.evaluate(RINGED) is True
    assert page.evaluate(MISSED) == []


def test_the_first_tab_leads_past_the_navigation(open_as: Open) -> None:
    page = open_as(SCREENS[2].email, language="en")
    page.goto("/")
    settle(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert inside_main(page)


def inside_main(page: Page) -> bool:
    return bool(page.evaluate("() => document.activeElement.closest('main') !== null"))


def test_the_focus_stays_on_the_page_when_what_had_it_is_gone(open_as: Open) -> None:
    page = open_as(ACCOUNTANT, language="en")
    page.goto("/")
    settle(page)
    seen = page.get_by_role("button", name="Mark as seen")
    seen.focus()
    page.keyboard.press("Enter")
    expect(seen).to_have_count(0)
    expect(page.get_by_role("heading", name="Home")).to_be_focused()
