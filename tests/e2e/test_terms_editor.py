"""Terms are written in a form and as the document, which stay the same."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import MEMBER_FINANCE, PHONE, SECRETARY
from tests.e2e.watching import settle, violations


def begun(open_as: Open, language: str = "en") -> Page:
    """Begin the next version of a programme's terms, from those that are there."""
    page = open_as(SECRETARY, language=language)
    page.goto("/programmes")
    settle(page)
    page.locator("[data-row-link]").first.click()
    page.get_by_role("tab", name={"en": "Whole terms", "zh": "条款全文"}[language]).click()
    settle(page)
    page.get_by_role("button", name={"en": "Draft the next version", "zh": "起草下一版"}[language]).click()
    page.wait_for_url(re.compile(r"/terms-versions/[\da-f-]{36}$"))
    settle(page)
    return page


def document_of(page: Page) -> str:
    page.get_by_text("Document", exact=True).click()
    return page.get_by_role("textbox", name="Document").input_value()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    settle(page)


def test_a_draft_is_written_in_the_form_and_keeps_its_comments(open_as: Open) -> None:
    page = begun(open_as)
    before = document_of(page)
    page.get_by_role("textbox", name="Document").fill("# Agreed in March.\n" + before)
    page.get_by_text("Form", exact=True).click()
    fee = page.get_by_label("Administration fee (%)")
    fee.fill("101")
    fee.press("Enter")
    expect(page.get_by_text("Mistakes: 1")).to_be_visible()
    field = page.locator("[data-place='programme.admin_fee_percent']")
    expect(field).to_contain_text("must be between 0 and 100")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    fee.fill("9.25")
    fee.press("Enter")
    expect(page.get_by_text("No mistakes")).to_be_visible()
    assert violations(page) == []

    page.get_by_text("What changes", exact=True).click()
    expect(page.get_by_text("Administration fee:")).to_contain_text("→ 9.25 %")
    save(page)
    document = document_of(page)
    assert document.startswith("# Agreed in March.\n")
    assert 'admin_fee_percent = "9.25"' in document
    page.reload()
    settle(page)
    assert document_of(page) == document


def test_what_two_write_at_once_is_chosen_between(open_as: Open) -> None:
    page = begun(open_as)
    other = open_as(SECRETARY, language="en")
    other.goto(page.url)
    settle(other)
    for one, fee in ((page, "7"), (other, "8")):
        field = one.get_by_label("Administration fee (%)")
        field.fill(fee)
        field.press("Enter")
        expect(one.get_by_text("No mistakes")).to_be_visible()
    save(page)
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_role("alert")).to_contain_text("Somebody else changed this draft")
    expect(other.get_by_label("Administration fee (%)")).to_have_value("8")
    other.get_by_role("button", name="Keep mine").click()
    save(other)
    page.reload()
    settle(page)
    expect(page.get_by_label("Administration fee (%)")).to_have_value("8")


def test_what_is_written_outlives_a_lost_connection(open_as: Open) -> None:
    page = begun(open_as)
    field = page.get_by_label("Administration fee (%)")
    field.fill("6.5")
    field.press("Enter")
    expect(page.get_by_text("No mistakes")).to_be_visible()
    # As a browser meets it that has no network: asking fails, and nothing is answered.
    page.evaluate("() => { window.asked = window.fetch; window.fetch = () => Promise.reject(new TypeError()); }")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="The connection is lost")).to_be_visible()
    page.reload()
    settle(page)
    expect(page.get_by_text("did not save is here again")).to_be_visible()
    expect(page.get_by_label("Administration fee (%)")).to_have_value("6.5")
    save(page)


def test_a_phone_reads_and_a_member_does_not_write(open_as: Open) -> None:
    page = begun(open_as)
    page.set_viewport_size(PHONE)
    expect(page.get_by_text("Use a larger screen for editing")).to_be_visible()
    expect(page.get_by_label("Administration fee (%)")).to_be_disabled()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    member = open_as(MEMBER_FINANCE, language="en")
    member.goto(page.url)
    settle(member)
    expect(member.get_by_label("Administration fee (%)")).to_be_disabled()
    expect(member.get_by_role("button", name="Save", exact=True)).to_have_count(0)
