"""A distribution in a real browser: made by two people, then read, checked and objected to by a member."""

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from licensing.distribution.proofs import read_statement, verify_statement
from tests.e2e.conftest import Open
from tests.e2e.people import ACCOUNTANT, HEAD_OF_FINANCE, MEMBER_FINANCE, PHONE
from tests.e2e.watching import rest, settle, violations

PAID = "UHD-PRO"


def sure(page: Page, step: str) -> None:
    """Take a step that is asked about once more."""
    page.get_by_role("button", name=step, exact=True).click()
    dialogue = page.get_by_role("dialog")
    rest(page)
    assert violations(page) == []
    dialogue.get_by_role("button", name=step, exact=True).click()
    expect(dialogue).to_have_count(0)


def is_in_state(page: Page, state: str) -> None:
    """Wait for a state beside the title: the line of steps names steps that are still ahead as well."""
    expect(page.locator("main header").get_by_text(state, exact=True)).to_be_visible(timeout=60_000)


def test_money_is_given_out_by_two_people_and_a_member_checks_and_objects(open_as: Open) -> None:
    first = open_as(ACCOUNTANT, language="en")
    first.goto("/distributions")
    settle(first)
    first.get_by_role("button", name="Start a distribution").click()
    form = first.get_by_role("dialog", name="Start a distribution")
    form.get_by_role("combobox", name="Programme").click()
    first.locator(".ant-select-dropdown:visible").get_by_text(re.compile(PAID)).first.click()
    rest(first)
    assert violations(first) == []
    form.get_by_role("button", name="Start", exact=True).click()
    first.wait_for_url(re.compile(r"/distributions/[\da-f-]{36}$"))
    is_in_state(first, "To be reviewed")
    settle(first)
    assert violations(first) == []
    first.get_by_role("tab", name="Periods").click()
    expect(first.get_by_role("table")).to_contain_text("2026Q1")

    first.get_by_role("button", name="Review", exact=True).click()
    first.get_by_role("dialog").get_by_label("What the review found").fill(
        "The bank's statement of June says the same."
    )
    first.get_by_role("dialog").get_by_role("button", name="Review", exact=True).click()
    is_in_state(first, "To be approved")
    expect(first.get_by_role("button", name="Approve", exact=True)).to_be_disabled()

    second = open_as(HEAD_OF_FINANCE, language="en")
    second.goto(first.url)
    settle(second)
    sure(second, "Approve")
    is_in_state(second, "To be released")
    sure(second, "Release")
    is_in_state(second, "Released")

    member = open_as(MEMBER_FINANCE, language="en")
    member.goto("/distribution-statements")
    settle(member)
    member.get_by_role("main").get_by_role("link", name=re.compile(PAID)).first.click()
    member.wait_for_url(re.compile(r"/distribution-statements/[\da-f-]{36}$"))
    settle(member)
    assert violations(member) == []
    told = member.context.request.get(f"/api/v1/distribution-statements/{member.url.rsplit('/', 1)[1]}").json()
    minor = int(told["amount_minor"])
    expect(member.get_by_role("main")).to_contain_text(f"{minor // 100:,}.{minor % 100:02d}")
    if told["proof_withheld"]:
        expect(member.get_by_role("main")).to_contain_text("It tells the total")
    else:
        with member.expect_download() as kept:
            member.get_by_role("button", name="Download the proof").click()
        proven = read_statement(Path(kept.value.path()).read_bytes())
        verify_statement(proven)
        assert proven.statement.amount_minor == minor
    member.get_by_role("button", name="Download", exact=True).click()
    with member.expect_download() as kept:
        member.get_by_role("menuitem", name="JSON").click()
    assert json.loads(Path(kept.value.path()).read_bytes())["amount_minor"] == minor

    member.get_by_role("button", name="Object", exact=True).click()
    dialogue = member.get_by_role("dialog")
    dialogue.get_by_label("What you hold against it").fill("One family of ours is missing.")
    rest(member)
    assert violations(member) == []
    dialogue.get_by_role("button", name="Object", exact=True).click()
    expect(member.get_by_role("main").get_by_text("To be answered").first).to_be_visible()

    first.goto("/")
    settle(first)
    first.get_by_role("link", name="Answer an objection to a distribution statement").first.click()
    first.wait_for_url(re.compile(r"/objections/[\da-f-]{36}$"))
    settle(first)
    first.get_by_role("button", name="Answer", exact=True).click()
    dialogue = first.get_by_role("dialog")
    dialogue.get_by_label("Refuse").check()
    dialogue.get_by_label("Answer").fill("It left the pool before January.")
    dialogue.get_by_role("button", name="Answer", exact=True).click()
    is_in_state(first, "Refused")
    assert violations(first) == []

    phone = open_as(MEMBER_FINANCE, viewport=PHONE)
    phone.goto(member.url)
    settle(phone)
    expect(phone.get_by_role("heading", name="证明")).to_be_visible()
    assert violations(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
