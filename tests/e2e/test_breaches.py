"""A breach in the browser: noticed by the office from what the rules find, and an end that another person decides."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import SECOND_SECRETARY, SECRETARY
from tests.e2e.watching import rest, settle, violations

FIND = """async (code) => (await (await fetch(`/api/v1/licences?code=${code}`)).json()).items[0].id"""


def on_licence(page: Page, code: str) -> Page:
    page.goto("/licences")
    settle(page)
    page.goto(f"/licences/{page.evaluate(FIND, code)}?tab=breaches")
    settle(page)
    return page


def test_the_office_notices_what_the_rules_find_with_a_letter_and_days_to_put_it_right(open_as: Open) -> None:
    page = on_licence(open_as(SECRETARY, language="en"), "PRO-013")
    expect(page.get_by_role("list", name="By the rules").get_by_role("listitem")).to_have_count(3)
    page.get_by_role("button", name="Give notice of breach").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("checkbox", checked=True)).to_have_count(3)
    assert violations(page) == []
    drawer.get_by_role("button", name="Give notice of breach").click()
    expect(page.get_by_text("Notice of breach #1")).to_be_visible()
    expect(page.get_by_text("To be put right")).to_be_visible()
    expect(page.get_by_role("list", name="What it is about").get_by_text("Still missing")).to_have_count(3)
    # Its days have just begun: nothing is suspended or ended yet.
    expect(page.get_by_role("button", name="Suspend the licence")).to_have_count(0)
    expect(drawer).to_have_count(0)
    rest(page)
    assert violations(page) == []
    page.get_by_role("button", name="Withdraw the notice").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("The report was sent by post.")
    page.get_by_role("dialog").get_by_role("button", name="Withdraw the notice").click()
    expect(page.get_by_text("Withdrawn", exact=True)).to_be_visible()


def test_an_agreed_end_waits_for_another_person_and_for_the_paper_of_both_sides(open_as: Open) -> None:
    page = on_licence(open_as(SECRETARY, language="zh"), "PRO-013")
    page.get_by_role("button", name="登记协商终止").click()
    page.get_by_role("dialog").get_by_label("理由").fill("工厂已出售")
    page.get_by_role("dialog").get_by_role("button", name="登记协商终止").click()
    expect(page.get_by_text("待另一人审批")).to_be_visible()
    expect(page.get_by_role("button", name="批准终止")).to_have_count(0)
    other = on_licence(open_as(SECOND_SECRETARY, language="zh"), "PRO-013")
    other.get_by_role("button", name="批准终止").click()
    other.get_by_role("dialog").get_by_role("button", name="批准终止").click()
    expect(other.get_by_text("请先为该提议上传双方签署的文件。").first).to_be_visible()
    assert violations(other) == []
    other.get_by_role("dialog").get_by_role("button", name="取消").click()
    other.get_by_role("button", name="不批准").click()
    other.get_by_role("dialog").get_by_role("button", name="不批准").click()
    expect(other.get_by_text("未批准", exact=True)).to_be_visible()
