"""A bank's file is seen, taken in once, and its lines are settled, in a real browser."""

import re

from playwright.sync_api import FilePayload, expect

from tests.e2e.conftest import Open
from tests.e2e.people import HEAD_OF_FINANCE, PHONE
from tests.e2e.watching import settle, violations

HEADINGS = "交易时间,借方发生额,贷方发生额,余额,对方户名,对方账号,摘要,附言,交易流水号"
KNOWN = '2026-10-14,,"8,000.00","406,796.87",,,现金存入,,20261014000412'
NEW = '2026-11-05,,"1,200.00","407,996.87",寻岸电子有限公司,6222,转账,保证金,20261105000009'


def file_of(*lines: str) -> FilePayload:
    text = "\n".join(["账号：4200003719000048215", HEADINGS, *lines, ""])
    return {"name": "November.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}


def test_a_statement_is_seen_then_taken_in_and_adds_nothing_again(open_as: Open) -> None:
    page = open_as(HEAD_OF_FINANCE, language="en")
    # Where the lines wait, the account is known already, as there is one only.
    page.goto("/treasury")
    page.get_by_role("button", name="Take a statement in").click()
    drawer = page.get_by_role("dialog", name="Take a statement in")
    # A line that cannot be one is named before anything is taken in.
    drawer.locator("input[type=file]").set_input_files(file_of(KNOWN, "2026-11-05,,昨天,,,,,,"))
    expect(drawer.get_by_text("Line 4: “昨天” is no amount.")).to_be_visible()
    drawer.locator("input[type=file]").set_input_files(file_of(KNOWN, NEW))
    expect(drawer.get_by_role("group", name="Lines")).to_contain_text("寻岸电子有限公司")
    settle(page)
    assert violations(page) == []
    drawer.get_by_role("button", name="Take in 1 new line").click()
    expect(page.get_by_text("1 new line was taken in")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="寻岸电子有限公司")).to_contain_text("+1,200.00")

    page.get_by_role("tab", name="Bank accounts").click()
    page.get_by_role("link", name="中国工商银行 8215").click()
    page.wait_for_url(re.compile("/bank-accounts/"))
    page.get_by_role("button", name="Take a statement in").click()
    drawer.locator("input[type=file]").set_input_files(file_of(KNOWN, NEW))
    drawer.get_by_role("button", name="Take in 0 new lines").click()
    expect(page.get_by_text("This file was taken in before: nothing was added")).to_be_visible()


def test_a_line_that_nobody_knows_is_set_aside_on_a_phone_with_a_reason(open_as: Open) -> None:
    page = open_as(HEAD_OF_FINANCE)
    page.set_viewport_size(PHONE)
    page.goto("/treasury")
    page.get_by_role("link", name="现金存入").click()
    page.get_by_role("button", name="更多操作").click()
    page.get_by_role("menuitem", name="搁置").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("理由").fill("存款人未知，已向银行查询。")
    dialog.get_by_role("button", name="搁置").click()
    expect(page.get_by_text("已搁置").first).to_be_visible()
    # The page shows what was done on it, and does not tell it as somebody else's.
    page.wait_for_timeout(1_000)
    expect(page.get_by_text("您打开之后，这里有了变化。")).to_have_count(0)
    page.goto("/treasury")
    settle(page)
    expect(page.get_by_role("link", name="现金存入")).to_have_count(0)
