"""A quarter that nobody reported is estimated by terms of two people, and marked wherever it is read."""

from typing import Final

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import ACCOUNTANT, HEAD_OF_FINANCE, PHONE
from tests.e2e.watching import rest, settle, violations

LATE: Final = "yizhen.shi@shizhen.example"
CODE: Final = "PRO-013"


def choose(page: Page, label: str, text: str) -> None:
    """Choose in a list of a dialogue by what it shows."""
    box = page.get_by_role("dialog").get_by_role("combobox", name=label)
    box.click()
    if box.is_editable():
        box.fill(text)
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter(has_text=text).first.click()


def test_a_quarter_that_was_not_reported_is_estimated_by_the_terms(open_as: Open) -> None:
    finance = open_as(ACCOUNTANT)
    finance.goto("/reports?tab=estimates")
    settle(finance)
    finance.get_by_role("button", name="登记估算条款").click()
    choose(finance, "许可项目", "UHD-PRO")
    dialogue = finance.get_by_role("dialog")
    dialogue.get_by_label("条款出处").fill("第 4.6 条")
    day = dialogue.get_by_label("自何日到期的报告起适用")
    day.fill("2026-01-01")
    day.press("Tab")
    dialogue.get_by_label("逾期多少天后可以估算").fill("10")
    rest(finance)
    assert violations(finance) == []
    dialogue.get_by_role("button", name="登记估算条款").click()
    expect(dialogue).to_have_count(0)
    row = finance.get_by_role("row").filter(has_text="第 4.6 条")
    expect(row).to_contain_text("待另一人确认")
    expect(row).to_contain_text("逾期 10 天后，按最近一次申报季度的 120%")

    head = open_as(HEAD_OF_FINANCE)
    head.goto("/reports?tab=estimates")
    settle(head)
    head.get_by_role("row").filter(has_text="第 4.6 条").get_by_role("button").click()
    expect(head.get_by_role("row").filter(has_text="第 4.6 条")).to_contain_text("已确认")

    finance.reload()
    settle(finance)
    finance.get_by_role("button", name="估算未申报的季度").click()
    choose(finance, "许可合同", CODE)
    choose(finance, "季度", "2026Q3")
    dialogue = finance.get_by_role("dialog")
    dialogue.get_by_role("button", name="估算未申报的季度").click()
    expect(dialogue).to_have_count(0)
    finance.goto("/reports")
    settle(finance)
    expect(finance.get_by_role("row").filter(has_text="按 120% 估算")).to_contain_text(CODE)

    licensee = open_as(LATE, language="en", viewport=PHONE)
    licensee.goto("/reports")
    settle(licensee)
    expect(licensee.get_by_role("main")).to_contain_text("2026-07 – 2026-09")
    licensee.get_by_role("tab", name="Filed").click()
    settle(licensee)
    expect(licensee.get_by_role("main")).to_contain_text("Estimated at 120 %")
    assert violations(licensee) == []
