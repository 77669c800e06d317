"""A firm takes an open licence by notice and payment, its owner confirms, and a rival learns nothing of it."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import BILLED, MEMBER, PROSPECT, RIVAL
from tests.e2e.watching import settle


def send(page: Page, step: str, paper: Path) -> None:
    """Take the step of an open drawer with its paper."""
    drawer = page.get_by_role("dialog")
    drawer.locator("input[type=file]").set_input_files(paper)
    expect(drawer.get_by_text("letter.pdf").last).to_be_attached()
    drawer.get_by_role("button", name=step, exact=True).click()
    expect(page.get_by_text("Recorded", exact=True).first).to_be_visible()


def test_a_firm_takes_an_open_licence_and_its_owner_confirms_what_came(open_as: Open, tmp_path: Path) -> None:
    paper = tmp_path / "letter.pdf"
    paper.write_bytes(b"%PDF-1.4\n%%EOF\n")
    firm = open_as(PROSPECT, language="en")
    firm.goto("/open-licences?state=announced")
    settle(firm)
    firm.get_by_role("table").get_by_role("link").first.click()
    settle(firm)
    expect(firm.get_by_text("Checks before filing")).to_have_count(0)
    firm.get_by_role("button", name="Take a licence", exact=True).click()
    firm.get_by_role("dialog").get_by_role("button", name="Prepare the notice").click()
    firm.wait_for_url(re.compile(r"/open-licences/[\da-f-]{36}"))
    address = firm.url.partition("?")[0]
    settle(firm)

    owner = open_as(MEMBER, language="en")
    owner.goto(address)
    settle(owner)
    expect(owner.get_by_text("Give the notice")).to_have_count(0)

    firm.get_by_role("button", name="Give the notice", exact=True).click()
    send(firm, "Give the notice", paper)
    expect(firm.get_by_text("Noticed, sum to be paid")).to_be_visible()
    firm.get_by_role("button", name="Advise a payment", exact=True).click()
    firm.get_by_role("dialog").get_by_label("Amount").fill("60000.00")
    send(firm, "Advise a payment", paper)
    expect(firm.get_by_text("In force", exact=True)).to_be_visible()

    rival = open_as(RIVAL, language="en")
    rival.goto(address)
    settle(rival)
    expect(rival.get_by_text("Noticed on")).to_have_count(0)

    owner.reload()
    settle(owner)
    owner.get_by_role("button", name="Confirm receipt", exact=True).click()
    send(owner, "Confirm receipt", paper)
    expect(owner.get_by_role("list", name="What is due").get_by_text("Received")).to_be_visible()


def test_an_owner_shows_evidence_of_a_contested_notice_and_its_firm_is_asked(open_as: Open, tmp_path: Path) -> None:
    paper = tmp_path / "letter.pdf"
    paper.write_bytes(b"%PDF-1.4\n%%EOF\n")
    firm = open_as(BILLED, language="en")
    firm.goto("/open-licences?tab=taken&state=contested")
    settle(firm)
    firm.get_by_role("table").get_by_role("link").first.click()
    firm.wait_for_url(re.compile(r"/open-licences/[\da-f-]{36}"))
    settle(firm)
    # Nobody is led to say that a notice is its own before anything was shown for it.
    expect(firm.get_by_text("None shown by the owner yet")).to_be_visible()
    expect(firm.get_by_role("button", name="It is our notice")).to_have_count(0)

    owner = open_as(MEMBER, language="en")
    owner.goto(firm.url.partition("?")[0])
    settle(owner)
    owner.get_by_role("button", name="Show evidence", exact=True).click()
    owner.get_by_role("dialog").get_by_label("What it shows").fill("Receipt of delivery")
    send(owner, "Show evidence", paper)
    expect(owner.get_by_text("Receipt of delivery")).to_be_visible()
    expect(owner.get_by_text("Contested, stopped")).to_be_visible()

    firm.reload()
    settle(firm)
    expect(firm.get_by_role("button", name="It is our notice")).to_be_visible()
