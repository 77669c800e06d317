"""Books in a real browser: an entry is found and checked, and closed days are opened by two people."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Open
from tests.e2e.people import ACCOUNTANT, HEAD_OF_FINANCE, PHONE
from tests.e2e.watching import settle, violations


def test_finance_goes_from_a_balance_to_the_entry_behind_it(open_as: Open) -> None:
    page = open_as(ACCOUNTANT, language="en")
    page.goto("/")
    page.get_by_role("link", name="Books", exact=True).click()
    page.get_by_role("tab", name="Trial balance").click()
    expect(page.get_by_role("cell", name="Left over 0.00CNY")).to_be_visible()
    page.get_by_role("table").get_by_role("link", name="Bank").first.click()
    expect(page.get_by_role("heading", name=re.compile("Bank"))).to_be_visible()
    page.get_by_role("row").filter(has_text="Opening balance").get_by_role("link", name="No. 1").click()
    expect(page.get_by_text("Verified", exact=True)).to_be_visible()
    expect(page.get_by_role("group", name="Lines of the entry")).to_contain_text("120,000.00")
    expect(page.get_by_text("0" * 64)).to_be_visible()


def test_closed_days_are_opened_by_two_people(open_as: Open) -> None:
    page = open_as(ACCOUNTANT)
    page.goto("/books?tab=closings")
    page.get_by_role("button", name="申请反结账").click()
    dialog = page.get_by_role("dialog")
    day = dialog.get_by_label("保持结账至")
    day.fill("2025-11-30")
    day.press("Enter")
    dialog.get_by_role("button", name="提交申请").click()
    expect(dialog.get_by_text("请说明理由", exact=True)).to_be_visible()
    dialog.get_by_label("理由").fill("十二月的一张银行流水迟到。")
    dialog.get_by_role("button", name="提交申请").click()
    page.get_by_role("region", name="反结账申请").get_by_role("link", name="2025-11-30").click()
    # Whoever asked decides nothing.
    expect(page.get_by_text("待决定")).to_be_visible()
    expect(page.get_by_role("button", name="同意反结账")).to_have_count(0)

    second = open_as(HEAD_OF_FINANCE)
    second.set_viewport_size(PHONE)
    second.goto("/")
    settle(second)
    second.get_by_role("link", name="决定是否反结账").click()
    expect(second.get_by_text("十二月的一张银行流水迟到。").first).to_be_visible()
    settle(second)
    assert violations(second) == []
    second.get_by_role("button", name="同意反结账").click()
    second.get_by_role("dialog").get_by_role("button", name="同意反结账").click()
    expect(second.get_by_text("已同意").first).to_be_visible()

    # The first one's page says that something changed, and shows it when asked to.
    page.get_by_role("button", name="显示最新内容").click()
    expect(page.get_by_text("已同意").first).to_be_visible()
    page.goto("/books?tab=closings")
    expect(page.get_by_role("row").filter(has_text="反结账").filter(has_text="2025-11-30").first).to_be_visible()
