"""The office sees where others say otherwise, the largest risk first, and decides it in the browser."""

from playwright.sync_api import expect

from tests.e2e.conftest import Open
from tests.e2e.people import SECRETARY


def test_the_largest_risk_is_first_and_is_taken_over(open_as: Open) -> None:
    page = open_as(SECRETARY)
    page.goto("/patents")
    page.get_by_role("link", name="待处理差异").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("高（100）")
    ends = page.get_by_role("row").filter(has_text="失效日").first
    publication = ends.get_by_role("link").inner_text()
    ends.get_by_role("checkbox").check()

    page.get_by_role("button", name="采纳专利局 (1)").click()
    page.get_by_role("dialog").get_by_role("button", name="采纳").click()

    expect(page.get_by_text("已采纳 1 项")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="失效日").filter(has_text=publication)).to_have_count(0)
    page.goto(f"/patents?publication={publication}")
    page.get_by_role("link", name=publication).click()
    page.get_by_role("tab", name="法律状态").click()
    expect(page.get_by_text("未缴年费终止").first).to_be_visible()
    expect(page.get_by_text("结算按")).to_have_count(0)
