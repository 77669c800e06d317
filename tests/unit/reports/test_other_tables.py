"""Reports as workbooks, with Chinese headings, with names of products and with more than a close counts."""

import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from licensing.reports.calculation import (
    LINES_SCHEMA,
    Details,
    LinesError,
    Reading,
    ReportScope,
    alias_key,
    csv_batches,
    differences,
    lines_between,
    months_told,
    named_periods,
    parquet_batches,
    totals_of,
    workbook_batches,
    write_lines,
)
from licensing.reports.calculation.headings import CHINESE, DETAIL_COLUMNS, LINE_COLUMNS, column_named
from platform_core.exchange.reading import UnreadableFile
from tests.factories.royalties import month

Q1 = ReportScope("L1", "2025-01", "2025-03")
HEADINGS = ("月份", "产品", "制造地", "销售地", "数量", "净销售额", "币种")


def workbook(path: Path, rows: Sequence[Sequence[Any]], *, sheet_before: bool = False) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if sheet_before:
        book.create_sheet("notes", 1).append(["month", "product"])
    book.save(path)
    return path


def read(path: Path, reading: Reading | None = None) -> list[dict[str, Any]]:
    return pa.Table.from_batches(workbook_batches(path, Q1, reading), LINES_SCHEMA).to_pylist()


def csv_file(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_every_column_is_known_by_its_name_and_by_its_chinese_heading_whatever_width_and_case() -> None:
    assert set(CHINESE) == {*LINE_COLUMNS, *DETAIL_COLUMNS}
    assert [column_named(heading) for heading in CHINESE.values()] == list(CHINESE)
    assert [column_named(name) for name in ("Net Amount", " UNITS ", "Ｓｏｌｄ＿Ｉｎ", "note")] == [
        "net_amount",
        "units",
        "sold_in",
        "note",
    ]


def test_a_workbook_is_read_like_a_file_of_text_its_days_as_months_and_its_fractions_as_shown(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "q1.xlsx",
        [
            ("2025 年第一季度", None, None, None, None, None, None),
            HEADINGS,
            (month("2025-02"), "tv", "CN", "DE", 12, 0.1 + 0.2, "EUR"),
            ("2025年3月", "tv", "CN", "CN", 3.0, None, "CNY"),
            ("2025-01", "tv", "CN", "US", 7, "1234.5", "USD"),
        ],
        sheet_before=True,
    )
    assert [(row["month"], row["units"], row["net_amount"]) for row in read(path)] == [
        ("2025-02", 12, Decimal("0.300000")),
        ("2025-03", 3, None),
        ("2025-01", 7, Decimal("1234.500000")),
    ]


def test_mistakes_in_a_workbook_are_told_by_its_own_rows(tmp_path: Path) -> None:
    rows = [HEADINGS, ("2025-02", "tv", "CN", "DE", 1.5, None, "EUR"), (month("2025-05"), "tv", "C", "CN", 1, 1, "CNY")]
    with pytest.raises(LinesError) as caught:
        read(workbook(tmp_path / "bad.xlsx", rows))
    assert [(error.line, error.column, error.value) for error in caught.value.errors] == [
        (2, "units", "1.5"),
        (3, "month", "2025-05"),
        (3, "made_in", "C"),
    ]


def test_a_workbook_that_works_cells_out_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "sum.xlsx", [HEADINGS, ("2025-02", "tv", "CN", "DE", "=1+1", None, "EUR")])
    with pytest.raises(UnreadableFile) as caught:
        read(path)
    assert caught.value.code == "formulas"


def test_rows_of_the_template_that_nobody_filled_in_are_passed_over(tmp_path: Path) -> None:
    rows = [HEADINGS, ("2025-01", "tv", None, None, None, None, "CNY"), ("2025-02", "tv", "CN", "CN", 0, None, "CNY")]
    assert [row["month"] for row in read(workbook(tmp_path / "a.xlsx", rows))] == ["2025-02"]


def test_names_stand_for_products_and_it_is_told_which_did(tmp_path: Path) -> None:
    reading = Reading({alias_key("Smart  TV"): "tv", alias_key("set-top"): "stb"})
    path = csv_file(
        tmp_path / "a.csv",
        "month,product,made_in,sold_in,units,currency\n"
        "2025-01,smart tv,CN,CN,1,CNY\n2025-01,SMART TV,CN,CN,2,CNY\n2025-01,tv,CN,CN,4,CNY\n",
    )
    table = pa.Table.from_batches(csv_batches(path, "utf-8-sig", Q1, reading), LINES_SCHEMA)
    assert table.column("product").to_pylist() == ["tv", "tv", "tv"]
    assert reading.used == {"smart tv": "tv", "SMART TV": "tv"}


def test_details_are_kept_beside_the_lines_and_never_among_them(tmp_path: Path) -> None:
    header = "month,product,made_in,sold_in,units,currency,品牌或客户,exclusion_code,evidence\n"
    plain = "".join(f"2025-0{at},tv,CN,CN,{at},CNY,,,\n" for at in (1, 2))
    path = csv_file(tmp_path / "a.csv", header + plain + "2025-03,tv,CN,CN,3,CNY, 晨星 ,paid-by-brand,合同 7\n")
    with Details(tmp_path / "details.parquet") as details:
        count = write_lines(csv_batches(path, "utf-8-sig", Q1, Reading(details=details)), tmp_path / "lines.parquet")
    without = csv_file(tmp_path / "b.csv", header + plain + "2025-03,tv,CN,CN,3,CNY,,,\n")
    write_lines(csv_batches(without, "utf-8-sig", Q1), tmp_path / "again.parquet")

    assert count == 3
    assert (tmp_path / "lines.parquet").read_bytes() == (tmp_path / "again.parquet").read_bytes()
    assert pq.read_table(tmp_path / "details.parquet").to_pylist()[2] == {
        "brand_or_customer": "晨星",
        "model": "",
        "first_sold_in": "",
        "exclusion_code": "paid-by-brand",
        "evidence": "合同 7",
    }
    (last,) = lines_between(tmp_path / "lines.parquet", tmp_path / "details.parquet", 2, 5)
    assert (last["month"], last["units"], last["evidence"]) == ("2025-03", 3, "合同 7")


def test_an_exclusion_without_evidence_and_an_unknown_first_country_are_refused(tmp_path: Path) -> None:
    header = "month,product,made_in,sold_in,units,currency,first_sold_in,exclusion_code\n"
    path = csv_file(tmp_path / "a.csv", header + "2025-01,tv,CN,CN,1,CNY,EP,paid\n")
    with Details(tmp_path / "d") as details, pytest.raises(LinesError) as caught:
        write_lines(csv_batches(path, "utf-8-sig", Q1, Reading(details=details)), tmp_path / "l")
    assert [(error.column, error.code) for error in caught.value.errors] == [
        ("first_sold_in", "bad_value"),
        ("evidence", "required"),
    ]


def test_a_parquet_report_may_have_chinese_columns_in_any_order(tmp_path: Path) -> None:
    columns: dict[str, list[Any]] = {
        "数量": [5],
        "month": ["2025-01"],
        "产品": ["tv"],
        "made_in": ["CN"],
        "销售地": ["US"],
        "币种": ["USD"],
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    (row,) = pa.Table.from_batches(parquet_batches(tmp_path / "a.parquet", Q1), LINES_SCHEMA).to_pylist()
    assert (row["licence_id"], row["units"], row["sold_in"], row["net_amount"]) == ("L1", 5, "US", None)


@pytest.mark.parametrize(
    ("first", "last", "periods"),
    [
        ("2025-01", "2025-03", ["2025Q1"]),
        ("2025-02", "2025-12", ["2025-02", "2025-03", "2025Q2", "2025H2"]),
        ("2024-12", "2026-01", ["2024-12", "2025", "2026-01"]),
    ],
)
def test_months_are_named_by_the_longest_periods(first: str, last: str, periods: list[str]) -> None:
    assert named_periods(month(first), month(last)) == periods


def test_totals_and_differences_are_exact(tmp_path: Path) -> None:
    def lines(name: str, text: str) -> Path:
        path = csv_file(tmp_path / f"{name}.csv", "month,product,made_in,sold_in,units,net_amount,currency\n" + text)
        write_lines(csv_batches(path, "utf-8-sig", Q1), tmp_path / name)
        return tmp_path / name

    now = lines("now", "2025-01,tv,CN,DE,5,0.1,EUR\n2025-02,tv,CN,DE,7,0.2,EUR\n2025-02,stb,CN,CN,1,,CNY\n")
    before = lines("before", "2025-01,tv,CN,DE,9,0.4,EUR\n")
    totals = totals_of(now)
    assert [(row.key, row.currency, row.units, row.net_amount) for row in totals.by_product] == [
        ("tv", "EUR", 12, Decimal("0.300000")),
        ("stb", "CNY", 1, None),
    ]
    assert [(row.key, row.units) for row in totals.by_month] == [("2025-01", 5), ("2025-02", 1), ("2025-02", 7)]
    assert totals.counts == {"product": 2, "country": 2, "month": 3}
    assert [(row.product, row.units, row.units_before) for row in differences(now, before)] == [
        ("tv", 12, 9),
        ("stb", 1, 0),
    ]
    assert months_told(now) == ("2025-01", "2025-02")


def test_a_workbook_is_told_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    (tmp_path / "empty.xlsx").write_bytes(content.getvalue())
    with pytest.raises((LinesError, UnreadableFile)):
        read(tmp_path / "empty.xlsx")
