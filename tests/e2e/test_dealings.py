"""A firm applies for a licence on a phone, the office offers, the firm answers; and a contract's seal takes two."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import PHONE, PROSPECT, RIVAL, SECRETARY
from tests.e2e.screens import SCREENS, address_of
from tests.e2e.watching import settle, violations


def on_screen(page: Page, name: str) -> Page:
    screen = next(one for one in SCREENS if one.name == name)
    page.goto(address_of(screen, page.context))
    settle(page)
    return page


def choose(page: Page, box: str, option: str | re.Pattern[str]) -> None:
    page.get_by_role("combobox", name=box).click()
    page.locator(".ant-select-dropdown:visible").get_by_title(option).first.click()


def test_a_firm_reads_an_offer_on_a_phone_and_answers_with_another(open_as: Open) -> None:
    page = on_screen(open_as(PROSPECT, language="en", viewport=PHONE), "dealing-offered")
    address = page.url
    expect(page.get_by_text("Answer the offer, or make another.")).to_be_visible()
    steps = page.locator("ol[aria-label=Conduct] > li")
    expect(steps).to_have_count(6)
    expect(steps.last).to_contain_text("Time to cure a breach: 60 days → 45 days")
    assert violations(page) == []
    page.get_by_role("button", name="Accept the offer").click()
    expect(page.get_by_role("dialog")).to_contain_text("Both sides then sign a contract by this offer.")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Make another offer").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Time to cure a breach").fill("50")
    day = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    dialog.get_by_label("Answer by").fill(day)
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Make the offer").click()
    expect(page.get_by_text("The applicant is to answer")).to_have_count(0)
    expect(page.get_by_text("The office is to answer until:")).to_be_visible()
    expect(steps.last).to_contain_text("Time to cure a breach: 45 days → 50 days")

    # The office finds it on its home page; a member finds nothing.
    office = open_as(SECRETARY, language="en")
    office.goto("/")
    settle(office)
    expect(office.get_by_text("Answer in a licence dealing").first).to_be_visible()
    office.goto(address)
    expect(office.get_by_text("Answer the applicant, or make another offer.")).to_be_visible()
    rival = open_as(RIVAL, language="en")
    rival.goto(address)
    settle(rival)
    expect(rival.get_by_text(re.compile("50 days|Jizhou"))).to_have_count(0)


def test_the_seal_is_approved_by_another_person_and_what_is_missing_is_said(open_as: Open) -> None:
    page = on_screen(open_as(SECRETARY, language="en"), "dealing-contract")
    expect(page.get_by_text("Before the countersignature there is missing:")).to_contain_text(
        "the licensee's sealed original, approval of the seal"
    )
    page.get_by_role("button", name="Original received").click()
    page.get_by_role("dialog").get_by_label("Original received").fill(datetime.now(UTC).date().isoformat())
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Original received").click()
    page.get_by_role("button", name="Decide on the seal").click()
    page.get_by_role("dialog").get_by_role("button", name="Decide on the seal").click()
    expect(page.get_by_text("Decided by")).to_be_visible()
    expect(page.get_by_role("button", name="Record the countersignature")).to_be_visible()
    assert violations(page) == []
