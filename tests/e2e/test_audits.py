"""An audit from its clause to its charges and their reversal: two of finance, the auditor, the licensee, a rival."""

import re
from typing import Any, Final

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import ACCOUNTANT, AUDITOR, BILLED, HEAD_OF_FINANCE, PHONE, RIVAL
from tests.e2e.watching import rest, settle, violations

CODE: Final = "TV-008"
REASON: Final = "年度例行审计"
CAUSE: Final = "漏报第二工厂"
TAKEN_BACK: Final = "第二工厂属于另一公司"
LEFT_OUT: Final = 123_450
"""In minor units: what the auditor finds beyond what was billed."""


def choose(page: Page, label: str, text: str) -> None:
    """Choose in a list of a dialogue by what it shows."""
    box = page.get_by_role("dialog").get_by_role("combobox", name=label)
    box.click()
    box.fill(text)
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter(has_text=text).first.click()


def write_date(page: Page, label: str, value: str) -> None:
    """Write a day or month into a field of a dialogue."""
    field = page.get_by_role("dialog").get_by_label(label, exact=True)
    field.fill(value)
    field.press("Tab")


def send(page: Page, button: str) -> None:
    """Send the form of a dialogue, and wait until it is gone and the page shows what came of it."""
    page.get_by_role("dialog").get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    settle(page)


def sure(page: Page, step: str) -> None:
    """Take the step of a page and say that it is meant."""
    page.get_by_role("button", name=step, exact=True).click()
    send(page, step)


def by_menu(page: Page, step: str) -> None:
    """Take a step that is in the page's menu."""
    page.get_by_role("button", name="更多操作").click()
    page.get_by_role("menuitem", name=step).click()


def again(page: Page) -> None:
    page.reload()
    settle(page)


def row_of(page: Page, audit: str) -> Any:
    """Return what was reported of the quarter's largest product, as the page's person is told."""
    items = page.context.request.get(f"/api/v1/licensee-audits/{audit}/findings").json()["items"]
    return max(items, key=lambda row: row["reported_minor"])


def major(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def shown(minor: int) -> str:
    """Write an amount in yuan as pages show it."""
    return f"{minor // 100:,}.{minor % 100:02d}"


def test_an_audit_from_its_clause_to_its_charges(open_as: Open) -> None:
    finance = open_as(ACCOUNTANT)
    finance.goto("/audits?tab=clauses")
    settle(finance)
    finance.get_by_role("button", name="登记条款").click()
    choose(finance, "许可合同", CODE)
    finance.get_by_label("合同条款").fill("第 8.2 条")
    finance.get_by_label("通知期（天）").fill("1")
    rest(finance)
    assert violations(finance) == []
    send(finance, "登记条款")
    row = finance.get_by_role("row").filter(has_text=CODE)
    expect(row).to_contain_text("待另一人确认")
    expect(row.get_by_role("button", name="确认")).to_have_count(0)
    row.get_by_role("button", name="撤回").click()
    finance.get_by_label("撤回原因").fill("通知期为零天")
    send(finance, "撤回")
    expect(row).to_contain_text("已撤回")

    finance.get_by_role("button", name="登记条款").click()
    choose(finance, "许可合同", CODE)
    finance.get_by_label("合同条款").fill("第 8.2 条")
    finance.get_by_label("通知期（天）").fill("0")
    send(finance, "登记条款")
    head = open_as(HEAD_OF_FINANCE)
    head.goto("/audits?tab=clauses")
    settle(head)
    head.get_by_role("row").filter(has_text=CODE).get_by_role("button", name=re.compile("确 ?认")).click()
    expect(head.get_by_role("row").filter(has_text=CODE).first).to_contain_text("已确认")

    finance.goto("/audits")
    settle(finance)
    finance.get_by_role("button", name="提出审计").click()
    choose(finance, "许可合同", CODE)
    write_date(finance, "起始月份", "2026-04")
    write_date(finance, "结束月份", "2026-06")
    choose(finance, "审计人", "岳正")
    finance.get_by_label("原因").fill(REASON)
    rest(finance)
    assert violations(finance) == []
    send(finance, "提出审计")
    expect(finance.get_by_role("main")).to_contain_text("提出审计的人不能发出通知")
    address = finance.url
    audit = address.rsplit("/", 1)[1]

    licensee = open_as(BILLED, viewport=PHONE)
    licensee.goto("/audits")
    settle(licensee)
    expect(licensee.get_by_role("main")).to_contain_text("PRO-002 #1")
    expect(licensee.get_by_role("main")).not_to_contain_text(CODE)
    rival = open_as(RIVAL)
    assert rival.context.request.get(f"/api/v1/licensee-audits/{audit}").status == 404

    head.goto(address)
    settle(head)
    sure(head, "发出通知")
    auditor = open_as(AUDITOR)
    auditor.goto(address)
    settle(auditor)
    auditor.get_by_role("button", name="作出保密承诺").click()
    expect(auditor.get_by_role("dialog")).to_contain_text("不留存副本")
    send(auditor, "作出保密承诺")

    again(finance)
    finance.get_by_role("button", name="开放查阅").click()
    write_date(finance, "查阅截止", "2099-12-31")
    send(finance, "开放查阅")

    again(auditor)
    reported = row_of(auditor, audit)
    auditor.get_by_role("button", name="登记发现").click()
    choose(auditor, "期间", "2026Q2")
    choose(auditor, "产品", reported["product"])
    expect(auditor.get_by_label("审计数量")).to_have_value(
        re.compile(f"{reported['reported_units']:,}|{reported['reported_units']}")
    )
    auditor.get_by_label("审计数量").fill(str(reported["reported_units"] + 500))
    auditor.get_by_label("应付许可费").fill(major(reported["reported_minor"] + LEFT_OUT))
    auditor.get_by_label("差异原因").fill(CAUSE)
    rest(auditor)
    assert violations(auditor) == []
    send(auditor, "登记发现")
    expect(auditor.get_by_role("main")).to_contain_text(CAUSE)
    expect(auditor.get_by_role("main")).to_contain_text(shown(LEFT_OUT))
    again(finance)
    expect(finance.get_by_role("main")).not_to_contain_text(CAUSE)
    by_menu(auditor, "提交发现")
    send(auditor, "提交发现")

    licensee.goto(address)
    settle(licensee)
    expect(licensee.get_by_role("main")).to_contain_text(CAUSE)
    licensee.get_by_role("button", name="答复").click()
    rest(licensee)
    assert violations(licensee) == []
    send(licensee, "答复")
    expect(licensee.get_by_role("main")).to_contain_text("接受")

    again(finance)
    finance.get_by_role("button", name="核算结果").click()
    finance.get_by_label("审计费用").fill("8000")
    write_date(finance, "计入哪个月的结算", "2026-10")
    send(finance, "核算结果")
    expect(finance.get_by_role("main")).to_contain_text("核算的人不能结清")
    finance.get_by_role("tab", name="结果").click()
    outcome = finance.get_by_role("tabpanel")
    expect(outcome).to_contain_text(shown(LEFT_OUT))
    rest(finance)
    assert violations(finance) == []

    by_menu(finance, "申请取消")
    finance.get_by_label("原因").fill("双方和解")
    send(finance, "申请取消")
    expect(finance.get_by_role("main")).to_contain_text("须由另一人决定：双方和解")
    again(head)
    expect(head.get_by_role("button", name="结清", exact=True)).to_have_count(0)
    head.get_by_role("button", name="继续审计").click()
    expect(head.get_by_role("main")).not_to_contain_text("双方和解")
    settle(head)
    sure(head, "结清")
    expect(head.get_by_role("main")).to_contain_text("已结清")
    licences = head.context.request.get("/api/v1/licences?limit=100").json()["items"]
    [licence] = [each["id"] for each in licences if each["code"] == CODE]
    charges = head.context.request.get(f"/api/v1/charges?licence={licence}&limit=100").json()["items"]
    found = {charge["kind"]: charge["amount"] for charge in charges if charge["month"].startswith("2026-10")}
    assert float(found["audit_shortfall"]) == LEFT_OUT / 100

    auditor.goto(address)
    settle(auditor)
    assert auditor.context.request.get(f"/api/v1/licensee-audits/{audit}").status == 404

    settle(head)
    by_menu(head, "撤销结清")
    head.get_by_label("原因").fill(TAKEN_BACK)
    rest(head)
    assert violations(head) == []
    send(head, "撤销结清")
    expect(head.get_by_role("main")).to_contain_text("须由另一人确认")
    expect(head.get_by_role("button", name="确认撤销")).to_have_count(0)
    again(licensee)
    expect(licensee.get_by_role("main")).not_to_contain_text(TAKEN_BACK)
    again(finance)
    finance.get_by_role("button", name="确认撤销").click()
    rest(finance)
    assert violations(finance) == []
    send(finance, "确认撤销")
    expect(finance.get_by_role("main")).to_contain_text(f"结清已撤销，不再收取任何费用：{TAKEN_BACK}")
    again(licensee)
    expect(licensee.get_by_role("main")).to_contain_text(TAKEN_BACK)
    left = head.context.request.get(f"/api/v1/charges?licence={licence}&limit=100").json()["items"]
    assert all(charge["cancelled_at"] for charge in left if charge["kind"].startswith("audit_"))
