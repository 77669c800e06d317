"""The move from an old workbook in a real browser: begun, refused with every mistake by its place, and tied."""

import re
from pathlib import Path

import xlsxwriter
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import ACCOUNTANT, HEAD_OF_FINANCE, PHONE
from tests.e2e.watching import settle, violations


def workbook(path: Path, rows: list[list[str]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("balances")
        for line, row in enumerate([["account", "holder", "label", "debit", "credit"], *rows]):
            for place, cell in enumerate(row):
                sheet.write_string(line, place, cell)
    return path


def bring(page: Page, path: Path) -> None:
    page.locator("#opening-files input[type=file], input[type=file]#opening-files").set_input_files(path)


def test_what_is_carried_over_is_brought_by_one_and_looked_at_by_another(open_as: Open, tmp_path: Path) -> None:
    page = open_as(ACCOUNTANT, language="en")
    page.goto("/")
    page.get_by_role("link", name="Cut-over", exact=True).click()
    settle(page)
    if page.get_by_role("button", name="Begin a cut-over").count() == 0:
        # Another programme of the site moves already.
        page.get_by_role("button", name="More actions").click()
        page.get_by_role("menuitem", name="Begin for another programme").click()
    else:
        page.get_by_role("button", name="Begin a cut-over").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Begin a cut-over").click()
    expect(dialog.get_by_text("Say from which day on", exact=True)).to_be_visible()
    dialog.get_by_label("Programme").click()
    page.locator(".ant-select-item-option").first.click()
    day = dialog.get_by_label("Cut-over day")
    day.fill("2031-01-01")
    # Not by Enter, which would hand the form in as well.
    day.press("Tab")
    dialog.get_by_role("button", name="Begin a cut-over").click()
    expect(page.get_by_text("Not ready for the first close")).to_be_visible()
    checks = page.get_by_role("list", name="What is missing")
    expect(checks.get_by_text("0 of 2")).to_be_visible()

    page.get_by_role("tab", name="What is carried over").click()
    bring(page, workbook(tmp_path / "bad.xlsx", [["cash", "", "", "1", ""], ["reserve", "", "", "1.005", ""]]))
    mistakes = page.get_by_role("group", name="Mistakes in the files")
    expect(
        mistakes.get_by_role("row").filter(has_text="balances, row 2").filter(has_text="There is none")
    ).to_be_visible()
    expect(mistakes.get_by_role("row").filter(has_text="Too many decimals: round it")).to_be_visible()
    settle(page)
    assert violations(page) == []

    bring(page, workbook(tmp_path / "old.xlsx", [["reserve", "", "upkeep", "", "7.00"]]))
    expect(page.get_by_text("A balance without details")).to_be_visible()
    expect(page.get_by_text(re.compile("figures? do(es)? not tie"))).to_be_visible()
    expect(page.get_by_role("button", name="Have it booked")).to_have_count(0)

    second = open_as(HEAD_OF_FINANCE)
    second.set_viewport_size(PHONE)
    second.goto("/cutover?tab=opening")
    settle(second)
    expect(second.get_by_text("只有余额，没有明细")).to_be_visible()
    assert violations(second) == []
