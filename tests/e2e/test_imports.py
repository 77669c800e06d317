"""The office takes patents in from a file: maps its columns, sees what would be, takes it in, and takes it back."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import SECRETARY
from tests.e2e.watching import settle

TABLE = """编号,叫什么,谁的
CN103294796B,一种信息处理方法,武汉显示
CN201690605U,一种背光模组,武汉显示
20131019970,不成号码,武汉显示
"""


def choose(page: Page, column: str, field: str) -> None:
    page.get_by_role("combobox", name=column).click()
    page.get_by_role("combobox", name=column).fill(field)
    page.get_by_role("combobox", name=column).press("Enter")


def test_a_table_is_mapped_taken_in_and_taken_back(open_as: Open, tmp_path: Path) -> None:
    file = tmp_path / "清单.csv"
    file.write_text(TABLE, encoding="gb18030")
    page = open_as(SECRETARY)
    page.goto("/patents")
    page.get_by_role("link", name="从文件导入").click()
    page.get_by_role("button", name="上传文件").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传并读取").click()

    expect(page.get_by_text("请指明是哪一列")).to_be_visible()
    choose(page, "编号", "公开号")
    choose(page, "叫什么", "名称")
    choose(page, "谁的", "权利人")
    page.get_by_role("button", name="重新读取").click()

    expect(page.get_by_text("待导入")).to_be_visible()
    page.get_by_role("tab", name="预览").click()
    expect(page.get_by_role("row")).to_have_count(4)
    page.get_by_text("拒绝 1").click()
    expect(page.get_by_role("cell", name="20131019970")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载被拒绝的行").click()
    assert download.value.suggested_filename == "清单-refused.csv"
    assert "20131019970" in Path(download.value.path()).read_text(encoding="utf-8-sig")

    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("已导入").first).to_be_visible()
    address = page.url
    page.goto("/patents?publication=CN103294796B")
    expect(page.get_by_role("link", name="CN103294796B")).to_be_visible()

    page.goto(address)
    page.get_by_role("button", name="撤回").click()
    page.get_by_role("dialog").get_by_role("button", name="撤回").click()
    expect(page.get_by_text("已撤回")).to_be_visible()
    page.goto("/patents?publication=CN103294796B")
    settle(page)
    expect(page.get_by_role("link", name="CN103294796B")).to_have_count(0)
