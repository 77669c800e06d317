"""What a page says when something on it could not be read: that it failed, why, and how to try again."""

import json
import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.conftest import Open
from tests.e2e.people import ACCOUNTANT, HEAD_OF_FINANCE, SECRETARY
from tests.e2e.watching import settle

BUSY = {
    "status": 429,
    "content_type": "application/problem+json",
    "headers": {"Retry-After": "3"},
    "body": '{"code": "too_many_requests", "status": 429}',
}
"""An answer that asks for patience: no refusal, and nothing that the page itself tries again."""


def breaks(page: Page, address: str) -> None:
    """Let the server not answer at an address from now on."""
    page.route(re.compile(address), lambda route: route.fulfill(**BUSY))


def mends(page: Page, address: str) -> None:
    """Let the server answer again."""
    page.unroute(re.compile(address))


@pytest.mark.parametrize(
    ("language", "told", "again"),
    [("en", "Part of this page could not be read", "Try again"), ("zh", "本页有部分内容未能读取", "重试")],
)
def test_what_no_part_of_a_page_speaks_of_is_told_above_it_until_it_is_read(
    open_as: Open, language: str, told: str, again: str
) -> None:
    page = open_as(ACCOUNTANT, language=language)
    breaks(page, "/api/v1/operating-entities")
    page.goto("/programmes")
    settle(page)
    page.locator("[data-row-link]").first.click()
    alert = page.get_by_role("alert").filter(has_text=told)
    expect(alert).to_be_visible()
    alert.get_by_role("button", name=again).click()
    expect(alert).to_be_visible()
    mends(page, "/api/v1/operating-entities")
    alert.get_by_role("button", name=again).click()
    expect(alert).to_have_count(0)


def test_rates_that_could_not_be_read_are_not_said_to_be_none(open_as: Open) -> None:
    page = open_as(ACCOUNTANT, language="en")
    breaks(page, "/api/v1/tariffs")
    page.goto("/programmes")
    settle(page)
    page.locator("[data-row-link]").first.click()
    failed = page.get_by_role("tabpanel").get_by_role("alert")
    expect(failed).to_be_visible()
    # It is said there, and not once more above the page.
    expect(page.get_by_role("alert")).to_have_count(1)
    mends(page, "/api/v1/tariffs")
    failed.get_by_role("button", name="Try again").click()
    expect(failed).to_have_count(0)


def test_a_close_is_not_waited_for_where_its_checks_could_not_be_made(open_as: Open) -> None:
    page = open_as(ACCOUNTANT, language="en")
    breaks(page, "/api/v1/licence-dates")
    page.goto("/closes?start=1")
    settle(page)
    if not page.get_by_role("dialog").is_visible():
        page.get_by_role("button", name="Start a close").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Programme").click()
    page.keyboard.press("Enter")
    dialog.get_by_label("Period").fill("2026Q3")
    failed = dialog.get_by_role("alert").filter(has_text="could not be checked")
    expect(failed).to_be_visible()
    mends(page, "/api/v1/licence-dates")
    failed.get_by_role("button", name="Try again").click()
    expect(failed).to_have_count(0)


def test_notices_that_could_not_be_read_are_not_said_to_be_none(open_as: Open) -> None:
    page = open_as(HEAD_OF_FINANCE, language="en")
    breaks(page, "/api/v1/notices\\?")
    page.goto("/")
    settle(page)
    page.get_by_role("button", name="Notices").click()
    failed = page.get_by_role("alert").filter(has_text="Notices could not be read")
    expect(failed).to_be_visible()
    mends(page, "/api/v1/notices\\?")
    failed.get_by_role("button", name="Try again").click()
    expect(failed).to_have_count(0)


def test_rows_that_follow_and_could_not_be_read_are_asked_for_again(open_as: Open) -> None:
    page = open_as(SECRETARY, language="en")
    page.goto("/patents")
    settle(page)
    breaks(page, "/api/v1/patents\\?.*after=")
    rows = page.locator("[data-row-link]")
    before = rows.count()
    page.get_by_role("button", name=re.compile("^Show .* more$")).click()
    failed = page.get_by_role("alert").filter(has_text="The rows that follow could not be read")
    expect(failed).to_be_visible()
    assert rows.count() == before
    mends(page, "/api/v1/patents\\?.*after=")
    failed.get_by_role("button", name="Try again").click()
    expect(failed).to_have_count(0)
    assert rows.count() > before


def test_the_mark_of_a_change_stays_until_the_page_has_been_read_again(open_as: Open) -> None:
    page = open_as(SECRETARY, language="en")
    sockets: list[WebSocketRoute] = []

    def listen(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket(re.compile("/ws"), listen)
    page.goto("/organisations")
    settle(page)
    page.locator("[data-row-link]").first.click()
    page.wait_for_url(re.compile("/organisations/"))
    settle(page)
    organisation = page.url.rpartition("/")[2].partition("?")[0]
    sockets[-1].send(json.dumps({"type": "changed", "topic": f"identity.organisation:{organisation}"}))
    changed = page.get_by_text("This has changed since you opened it.")
    again = page.get_by_role("button", name="Show the present state")
    expect(changed).to_be_visible()
    breaks(page, f"/api/v1/organisations/{organisation}$")
    again.click()
    expect(page.get_by_role("alert").filter(has_text="could not be read")).to_be_visible()
    expect(changed).to_be_visible()
    mends(page, f"/api/v1/organisations/{organisation}$")
    again.click()
    expect(changed).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)
