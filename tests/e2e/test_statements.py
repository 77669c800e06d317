"""A member's statement in a real browser: two clicks from home to the amount and its reasons, and as files."""

import io
import re
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import MEMBER_FINANCE, RIVAL_FINANCE
from tests.e2e.watching import settle


def amount_of(page: Page) -> int:
    """Return what the statement that is shown comes to, as the server has it."""
    found = page.context.request.get(f"/api/v1/statements/{page.url.rsplit('/', 1)[1].partition('?')[0]}").json()
    return int(found["amount_minor"])


def written(minor: int) -> str:
    return f"{minor // 100:,}.{minor % 100:02d}"


def test_a_member_sees_its_statement_and_why_it_changed_within_two_clicks(open_as: Open) -> None:
    page = open_as(MEMBER_FINANCE, language="en")
    page.goto("/")
    settle(page)
    page.get_by_role("region", name="Figures").get_by_role("link").first.click()
    page.wait_for_url(re.compile("/statements/"))
    settle(page)
    expect(page.get_by_role("main")).to_contain_text(written(amount_of(page)))
    expect(page.get_by_role("heading", name="Why this amount")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile(r"^Compared with 20\d\dQ\d$"))).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("of your families counted")


@pytest.mark.parametrize(
    ("language", "tab", "total", "hidden", "together"),
    [
        ("en", "What it is made of", "Total", "Not shown", "Told together"),
        ("zh", "金额构成", "合计", "不显示", "合并列示"),
    ],
)
def test_a_member_opens_what_its_amount_is_made_of_and_is_told_why_a_part_is_not_shown(
    open_as: Open, language: str, tab: str, total: str, hidden: str, together: str
) -> None:
    page = open_as(MEMBER_FINANCE, language=language)
    page.goto(f"/statements/{told_in_parts(page)}")
    settle(page)
    page.get_by_role("tab", name=tab).click()
    table = page.get_by_role("tabpanel").get_by_role("table")
    expect(table.get_by_role("row", name=re.compile(f"^{total}")).last).to_contain_text(written(amount_of(page)))
    found = page.context.request.get(f"/api/v1/statements/{page.url.rsplit('/', 1)[1].partition('?')[0]}/workings")
    workings = found.json()
    withheld = [cell for cell in workings["cells"] if cell["earned_minor"] is None]
    expect(table.get_by_text(hidden, exact=True)).to_have_count(
        len(withheld) + sum(margin["earned_minor"] is None for margin in shown_margins(workings))
    )
    assert any(len(cell["countries"]) > 1 for cell in workings["cells"])
    expect(table.get_by_text(together, exact=True).first).to_be_visible()
    for cell in workings["cells"]:
        expect(table).to_contain_text(written(cell["royalty_minor"]))
    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def shown_margins(workings: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sums of rows and columns that stand in the table: none where they would say a cell again."""
    if len(workings["products"]) == 1:
        return []
    sizes = Counter("+".join(cell["products"]) for cell in workings["cells"])
    rows = [row for row in workings["products"] if sizes["+".join(row["products"])] > 1]
    return [*rows, *(workings["countries"] if len(workings["countries"]) > 1 else [])]


@pytest.mark.parametrize(("kind", "language"), [("PDF in Chinese", "zh"), ("PDF in English", "en")])
def test_a_statement_is_kept_as_pdf(open_as: Open, kind: str, language: str) -> None:
    page = opened(open_as)
    data = saved(page, kind)
    text = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(data)).pages)
    assert written(amount_of(page)) in text
    assert ("分配结算单" in text) == (language == "zh")


@pytest.mark.parametrize("kind", ["Excel in Chinese", "Excel in English"])
def test_a_statement_is_kept_as_workbook(open_as: Open, kind: str) -> None:
    page = opened(open_as)
    book = openpyxl.load_workbook(io.BytesIO(saved(page, kind)), read_only=True, data_only=True)
    cells = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert amount_of(page) / 100 in {round(cell, 2) for cell in cells if isinstance(cell, int | float)}


def test_a_statement_is_kept_as_table(open_as: Open) -> None:
    page = opened(open_as)
    text = saved(page, "CSV data").decode("utf-8-sig")
    whole = amount_of(page)
    assert f"{whole // 100}.{whole % 100:02d}" in text


def test_a_rival_opens_neither_the_statement_nor_its_file(open_as: Open) -> None:
    own, rival = opened(open_as), open_as(RIVAL_FINANCE, language="en")
    rival.goto(own.url)
    expect(rival.get_by_role("heading", name="Not found, or not yours to see")).to_be_visible()
    path = own.url[own.url.index("/statements/") :]
    assert rival.context.request.get(f"/api/v1{path}/document?as=pdf&language=en").status == 404


def told_in_parts(page: Page) -> str:
    """Return the latest statement whose parts are told: tests of closes may have posted one of which they are not."""
    for row in page.context.request.get("/api/v1/statements").json()["items"]:
        told = page.context.request.get(f"/api/v1/statements/{row['id']}/workings")
        if told.ok and any(len(cell["countries"]) > 1 for cell in told.json()["cells"]):
            return str(row["id"])
    raise AssertionError("no statement of the demonstration tells its parts")


def opened(open_as: Open, language: str = "en") -> Page:
    """Open the latest statement of a member."""
    page = open_as(MEMBER_FINANCE, language=language)
    latest = page.context.request.get("/api/v1/statements?limit=1").json()["items"][0]
    page.goto(f"/statements/{latest['id']}")
    settle(page)
    return page


def saved(page: Page, kind: str) -> bytes:
    """Return what one line of the download menu hands over."""
    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download() as file:
        page.get_by_role("menuitem", name=kind).click()
    return Path(file.value.path()).read_bytes()
