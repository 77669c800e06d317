"""A licensee prepares a report, loses nothing to its mistakes, looks at the draft, signs it, and takes the receipt."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import Open
from tests.e2e.people import LICENSEE
from tests.e2e.watching import settle


def test_a_report_is_drafted_looked_at_and_signed(open_as: Open, tmp_path: Path) -> None:
    file = tmp_path / "四月.csv"
    page = open_as(LICENSEE)
    page.goto("/reports?tab=filed")
    page.get_by_role("link", name="更正").first.click()
    settle(page)
    page.get_by_label("更正原因").fill("补报经销商的销售")
    file.write_text("月份,产品,制造地,销售地,数量,币种\n2026-13,tv,CN,XX,1,CNY\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="检查并保存草稿").click()
    expect(page.get_by_role("alert")).to_contain_text("未保存草稿")
    expect(page.get_by_role("alert")).to_contain_text("第 2 行")
    expect(page.get_by_label("更正原因")).to_have_value("补报经销商的销售")

    page.get_by_label("没有销售").check()
    page.get_by_role("button", name="检查并保存草稿").click()
    expect(page.get_by_role("heading", name="签署声明")).to_be_visible()
    page.get_by_role("tab", name="与上一份报告相比").click()
    expect(page.get_by_role("columnheader", name="数量 (本报告)")).to_be_visible()
    page.get_by_role("button", name="签署并提交").click()

    expect(page.get_by_text("报告已提交")).to_be_visible()
    settle(page)
    # What was signed is shown with its reason and statement, and leads back to what it took the place of.
    expect(page.get_by_text("补报经销商的销售")).to_be_visible()
    # Files are read only when somebody wants to know, and a busy server accuses nobody of changing them.
    busy = {"status": 429, "content_type": "application/problem+json", "body": "{}"}
    page.route("**/files-check", lambda route: route.fulfill(**busy))
    page.get_by_role("button", name="核对回执").click()
    failed = page.get_by_role("alert").filter(has_text="未能核对")
    expect(failed).to_be_visible()
    expect(page.get_by_text("与回执不一致")).to_have_count(0)
    page.unroute("**/files-check")
    failed.get_by_role("button", name="重试").click()
    expect(page.get_by_text("与回执一致", exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载回执").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    page.get_by_role("link", name="查看被替代的报告").click()
    settle(page)
    expect(page.get_by_text("已被更正", exact=True).first).to_be_visible()
    expect(page.get_by_role("link", name="更正", exact=True)).to_have_count(0)
