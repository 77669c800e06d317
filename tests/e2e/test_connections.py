"""The office opens a connection, has it asked, and goes from its run to the import that came of it."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Open
from tests.e2e.live import LOGS
from tests.e2e.people import PHONE, SECRETARY

TABLE = "公开（公告）号,名称\nCN201690605U,一种背光模组\n"


def test_a_folder_is_opened_and_emptied_and_its_file_waits_as_an_import(open_as: Open, site: str) -> None:
    if site not in LOGS:
        pytest.skip("the data folder of a site that ran already is not known")
    page = open_as(SECRETARY)
    page.goto("/imports")
    page.get_by_role("link", name="外部连接").click()
    page.get_by_role("button", name="新建连接").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="种类").click()
    page.get_by_title("文件夹", exact=True).click()
    dialog.get_by_label("名称").fill("每周清单")
    dialog.get_by_role("button", name="新建", exact=True).click()

    expect(page.get_by_role("heading", name="每周清单")).to_be_visible()
    told = page.get_by_text(re.compile("^drop/")).inner_text()
    (LOGS[site].parent / "data" / told / "清单.csv").write_text(TABLE, encoding="utf-8")
    page.get_by_role("button", name="立即查询").click()
    row = page.get_by_role("row").filter(has_text="已完成")
    expect(row).to_be_visible()
    assert [path.name for path in (LOGS[site].parent / "data" / told / "done").iterdir()] == ["清单.csv"]
    row.get_by_role("link", name="清单.csv").click()
    expect(page.get_by_text("待导入")).to_be_visible()

    page.go_back()
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="更多操作").click()
    page.get_by_role("menuitem", name="暂停").click()
    expect(page.get_by_text("已暂停")).to_be_visible()
    page.get_by_role("button", name="恢复").click()
    page.get_by_role("dialog").get_by_role("button", name="恢复").click()
    expect(page.get_by_role("button", name="立即查询")).to_be_visible()


def test_credentials_are_entered_and_never_shown(open_as: Open) -> None:
    page = open_as(SECRETARY)
    page.goto("/connections")
    page.get_by_role("link", name="欧洲专利局").click()
    page.get_by_role("button", name="更多操作").click()
    page.get_by_role("menuitem", name="更换凭据").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("用户键").fill("our-own-key")
    dialog.get_by_label("用户密钥").fill("our-own-secret")
    dialog.get_by_role("button", name="更换凭据").click()
    expect(page.get_by_text("凭据已更换")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="欧洲专利局")).to_be_visible()
    assert "our-own" not in page.content()
