"""An audit from its clause to its charges, by the five people it takes: two of finance, the auditor, the licensee."""

from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import ACCOUNTANT, AUDITOR, HEAD_OF_FINANCE, LICENSEE
from tests.e2e.watching import settle

REASON: Final = "年度例行审计"


def choose(page: Page, label: str, text: str) -> None:
    """Choose in a list by what it shows."""
    page.get_by_label(label, exact=True).click()
    page.get_by_label(label, exact=True).fill(text)
    page.keyboard.press("Enter")


def month(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).fill(value)
    page.keyboard.press("Enter")


def sure(page: Page, step: str) -> None:
    """Take the step of a page and say that it is meant."""
    page.get_by_role("button", name=step, exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=step, exact=True).click()
    expect(page.get_by_text("已完成").first).to_be_visible()
    settle(page)


def test_an_audit_from_its_clause_to_its_charges(open_as: Open, tmp_path: Path) -> None:
    licensee = open_as(LICENSEE)
    licensee.goto("/licences")
    settle(licensee)
    code = licensee.get_by_role("table").get_by_role("link").first.inner_text().strip()

    finance = open_as(ACCOUNTANT)
    finance.goto("/audits?tab=clauses")
    finance.get_by_role("button", name="登记条款").click()
    choose(finance, "许可合同", code)
    finance.get_by_label("合同条款").fill("第 8.2 条")
    finance.get_by_label("通知期（天）").fill("0")
    finance.get_by_role("dialog").get_by_role("button", name="登记条款").click()
    expect(finance.get_by_text("条款已登记")).to_be_visible()

    head = open_as(HEAD_OF_FINANCE)
    head.goto("/audits?tab=clauses")
    head.get_by_role("button", name="确 认").first.click()
    expect(head.get_by_text("已确认").first).to_be_visible()

    finance.goto("/audits")
    finance.get_by_role("button", name="提出审计").click()
    choose(finance, "许可合同", code)
    month(finance, "起始月份", "2026-07")
    month(finance, "结束月份", "2026-09")
    finance.get_by_label("审计人", exact=True).click()
    finance.keyboard.press("Enter")
    finance.get_by_label("原因").fill(REASON)
    finance.get_by_role("dialog").get_by_role("button", name="提出审计").click()
    expect(finance.get_by_text("提出审计的人不能发出通知")).to_be_visible()
    address = finance.url

    licensee.goto("/audits")
    expect(licensee.get_by_text("还没有审计")).to_be_visible()
    head.goto(address)
    sure(head, "发出通知")

    auditor = open_as(AUDITOR)
    auditor.goto(address)
    auditor.get_by_role("button", name="作出保密承诺").click()
    expect(auditor.get_by_role("dialog")).to_contain_text("不留存副本")
    auditor.get_by_role("dialog").get_by_role("button", name="作出保密承诺").click()
    settle(auditor)

    finance.reload()
    finance.get_by_role("button", name="开放查阅").click()
    month(finance, "查阅截止", "2026-12-31")
    finance.get_by_role("dialog").get_by_role("button", name="开放查阅").click()
    settle(finance)

    auditor.reload()
    auditor.get_by_role("button", name="登记发现").click()
    auditor.get_by_label("期间").fill("2026-07")
    auditor.get_by_label("产品").fill("uhd-tv")
    auditor.get_by_label("审计数量").fill("500")
    auditor.get_by_label("应付许可费").fill("1234.5")
    auditor.get_by_label("差异原因").fill("漏报第二工厂")
    auditor.get_by_role("dialog").get_by_role("button", name="登记发现").click()
    expect(auditor.get_by_role("cell", name="漏报第二工厂")).to_be_visible()
    finance.reload()
    settle(finance)
    expect(finance.get_by_text("漏报第二工厂")).to_have_count(0)
    auditor.get_by_role("button", name="更多").click()
    auditor.get_by_role("menuitem", name="提交发现").click()
    auditor.get_by_role("dialog").get_by_role("button", name="提交发现").click()
    settle(auditor)

    licensee.goto(address)
    expect(licensee.get_by_role("cell", name="漏报第二工厂")).to_be_visible()
    licensee.get_by_role("button", name="答复").click()
    licensee.get_by_role("dialog").get_by_role("button", name="答复").click()
    settle(licensee)
    expect(licensee.get_by_text("接受").first).to_be_visible()

    finance.reload()
    finance.get_by_role("button", name="核算结果").click()
    finance.get_by_label("审计费用").fill("8000")
    month(finance, "计入哪个月的结算", "2027-01")
    finance.get_by_role("dialog").get_by_role("button", name="核算结果").click()
    expect(finance.get_by_text("核算的人不能结清")).to_be_visible()
    finance.get_by_role("tab", name="结果").click()
    expect(finance.get_by_text("1,234.50").first).to_be_visible()

    head.reload()
    sure(head, "结清")
    expect(head.get_by_text("已结清").first).to_be_visible()
    auditor.goto("/audits")
    expect(auditor.get_by_text("还没有审计")).to_be_visible()
