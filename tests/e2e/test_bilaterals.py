"""A licensee claims what it holds from a member, finance asks the member, and the member confirms."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import ACCOUNTANT, LICENSEE, MEMBER, RIVAL
from tests.e2e.watching import settle

SHOWS = "Cross-licence of 2026-10-08, clause 2"


def choose(page: Page, box: str, option: str) -> None:
    page.get_by_role("combobox", name=box).click()
    page.locator(".ant-select-dropdown:visible").get_by_title(re.compile(option)).first.click()


def take(page: Page, step: str) -> None:
    """Take the main step of a claim, once its drawer has said what follows."""
    page.get_by_role("button", name=step, exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=step, exact=True).click()
    expect(page.get_by_text("Done")).to_be_visible()


def test_a_claim_goes_from_the_licensee_over_finance_to_the_member_and_is_credited(
    open_as: Open, tmp_path: Path
) -> None:
    licensee = open_as(LICENSEE, language="en")
    licensee.goto("/licences?tab=bilateral")
    settle(licensee)
    licensee.get_by_role("button", name="Claim a bilateral licence").click()
    choose(licensee, "Licence", "^TV-003")
    choose(licensee, "Member", "Yaoxi")
    licensee.get_by_label("What it stands on").fill(SHOWS)
    licensee.get_by_role("dialog").get_by_role("button", name="Claim a bilateral licence").click()
    licensee.wait_for_url(re.compile(r"/bilateral-claims/[\da-f-]{36}"))
    address = licensee.url.partition("?")[0]

    finance = open_as(ACCOUNTANT, language="en")
    finance.goto(address)
    settle(finance)
    finance.get_by_role("button", name="Ask the member", exact=True).click()
    finance.get_by_role("dialog").get_by_role("button", name="Ask the member").click()
    expect(finance.get_by_role("dialog")).to_contain_text("Nothing shows the licence yet")

    licensee.get_by_role("button", name="Attach a paper").click()
    paper = tmp_path / "contract.pdf"
    paper.write_bytes(b"%PDF-1.4\n%%EOF\n")
    licensee.get_by_label("What it is").fill("Contract, clause 2")
    licensee.locator("input[type=file]").set_input_files(paper)
    licensee.get_by_role("dialog").get_by_role("button", name="Attach a paper").last.click()
    expect(licensee.get_by_text("Contract, clause 2")).to_be_visible()
    finance.get_by_role("dialog").get_by_role("button", name="Ask the member").click()
    expect(finance.get_by_text("Member to answer")).to_be_visible()

    rival = open_as(RIVAL, language="en")
    rival.goto(address)
    settle(rival)
    expect(rival.get_by_text(SHOWS)).to_have_count(0)

    member = open_as(MEMBER, language="en")
    member.goto(address)
    settle(member)
    expect(member.get_by_text(SHOWS)).to_be_visible()
    take(member, "Confirm")
    expect(member.get_by_text("Confirmed", exact=True)).to_be_visible()

    licensee.get_by_role("link", name="TV-003").click()
    licensee.get_by_role("tab", name="Bilateral licences").click()
    expect(licensee.get_by_role("heading", name="Credited")).to_be_visible()
    expect(licensee.get_by_text("Confirmed", exact=True)).to_be_visible()
