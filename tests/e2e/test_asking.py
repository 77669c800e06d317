"""Somebody without an account asks an owner for a licence; the owner answers; a chart is filled in by keyboard."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import MEMBER, PHONE
from tests.e2e.screens import SCREENS, Screen, address_of
from tests.e2e.watching import settle, violations


def on_screen(page: Page, name: str) -> Page:
    """Open one of the screens of the list."""
    screen = next(one for one in SCREENS if one.name == name)
    page.goto(address_of(screen, page.context))
    settle(page)
    return page


def choose(page: Page, box: str, option: str | re.Pattern[str]) -> None:
    page.get_by_role("combobox", name=box).click()
    page.locator(".ant-select-dropdown:visible").get_by_title(option).first.click()


def test_anybody_asks_an_owner_on_a_phone(open_as: Open) -> None:
    page = on_screen(open_as(None, language="en", viewport=PHONE), "ask-owner")
    page.get_by_role("button", name="Send the link to confirm").click()
    expect(page.get_by_text("Choose the owner you want to ask.")).to_be_visible()
    choose(page, "Owner", re.compile("Yaoxi|曜西|YAOXI|Electronics|电子"))
    page.get_by_label("Some of them").check()
    page.get_by_role("combobox", name="Which patents").click()
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").first.click()
    page.keyboard.press("Escape")
    page.get_by_label("Products").fill("display modules")
    page.get_by_label("Your name").fill("Li Wang")
    page.get_by_label("Your organisation").fill("Asking Ltd")
    page.get_by_label("E-mail address").fill("li.wang@asking.example")
    page.get_by_role("combobox", name="Country").fill("Germ")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send the link to confirm").click()
    expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    expect(page.get_by_text("li.wang@asking.example")).to_be_visible()
    assert violations(page) == []
    pool = page.url.rpartition("/")[2]
    page.goto(f"/asking/{pool}/confirmation/not-a-key")
    expect(page.get_by_role("heading", name="This link does not hold any more")).to_be_visible()
    page.get_by_role("link", name="Ask again").click()
    expect(page.get_by_role("heading", name="Ask an owner for a bilateral licence")).to_be_visible()


def test_anybody_finds_the_way_from_the_sign_in_page_to_an_owner(open_as: Open) -> None:
    page = open_as(None, language="en")
    page.goto("/sign-in")
    page.get_by_role("link", name="Public lists of patents").click()
    expect(page.get_by_role("heading", name="Public lists of patents")).to_be_visible()
    settle(page)
    expect(page.get_by_role("list", name="Public lists of patents").get_by_role("listitem")).not_to_have_count(0)
    page.get_by_role("link", name="Ask an owner in").first.click()
    page.wait_for_url(re.compile(r"/asking/[\da-f-]{36}$"))
    expect(page.get_by_role("combobox", name="Owner")).to_be_visible()


def test_what_cannot_be_read_is_not_said_to_be_over(open_as: Open) -> None:
    page = open_as(None, language="en")
    on_screen(page, "ask-owner")
    address = page.url
    pool = address.rpartition("/")[2]

    def broken(route: str, goes_to: str) -> None:
        page.route(re.compile(route), lambda asked: asked.fulfill(status=429, content_type="application/problem+json"))
        page.goto(goes_to)
        settle(page)

    broken("/api/v1/licence-requests/confirmation", f"/asking/{pool}/confirmation/not-a-key")
    expect(page.get_by_role("alert").get_by_role("button", name="Try again")).to_be_visible()
    expect(page.get_by_text("This link does not hold any more")).to_have_count(0)
    broken(f"/api/v1/pools/{pool}$", address)
    expect(page.get_by_role("alert").get_by_role("button", name="Try again")).to_be_visible()
    expect(page.get_by_text("There is no such public list")).to_have_count(0)
    page.unroute_all()
    broken("/api/v1/pool-(members|entries)", address)
    expect(page.get_by_role("alert").filter(has_text="The owners could not be read.")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_owner_answers_a_request(open_as: Open) -> None:
    page = open_as(MEMBER, language="en")
    page.goto(address_of(Screen("request", "/licence-requests/{licence-requests?state=received}"), page.context))
    settle(page)
    page.get_by_role("button", name="Answer", exact=True).click()
    form = page.get_by_role("dialog", name="Answer")
    form.get_by_label("Answer", exact=True).fill("We should like to talk.")
    expect(form.get_by_label("Where to go on from there")).to_have_value(re.compile("@yaoxi.example"))
    form.get_by_role("button", name="Answer", exact=True).click()
    expect(page.get_by_text("We should like to talk.")).to_be_visible()
    expect(page.locator("h1 + *", has_text="Answered")).to_be_visible()


def test_rows_of_a_chart_are_added_and_moved_by_keyboard(open_as: Open) -> None:
    page = on_screen(open_as(MEMBER, language="en"), "claim-chart-draft")
    rows = page.get_by_role("table", name="Chart").get_by_role("row")
    expect(rows).to_have_count(2)
    page.get_by_label("Evidence, row 1").press("Enter")
    expect(rows).to_have_count(3)
    expect(page.get_by_label("Element of the claim, row 2")).to_be_focused()
    page.keyboard.type("a tone curve")
    page.keyboard.press("Tab")
    page.keyboard.type("9.4.9")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_label("Clause or feature, row 1")).to_have_value("9.4.9")
    expect(page.get_by_label("Clause or feature, row 1")).to_be_focused()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved")).to_be_visible()
    page.reload()
    settle(page)
    expect(page.get_by_label("Element of the claim, row 1")).to_have_value("a tone curve")
    expect(rows).to_have_count(3)
