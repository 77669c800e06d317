"""Files that are small and cost much, hide part of what they say, or call one product by the name of another."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from licensing.reports.calculation import (
    LINE_COLUMNS,
    LINES_SCHEMA,
    LinesError,
    Reading,
    ReportScope,
    csv_batches,
    lines,
    parquet_batches,
    tables,
    workbook_batches,
)
from platform_core.exchange.reading import UnreadableFile

Q1 = ReportScope("L1", "2025-01", "2025-03")
HEADER = ",".join(LINE_COLUMNS) + "\n"


def parquet(path: Path, rows: int, **columns: Any) -> Path:
    whole: dict[str, Any] = {
        "month": ["2025-01"] * rows,
        "product": ["tv"] * rows,
        "made_in": ["CN"] * rows,
        "sold_in": ["CN"] * rows,
        "units": [1] * rows,
        "currency": ["CNY"] * rows,
    } | columns
    pq.write_table(pa.table(whole), path, store_schema=False)
    return path


def repeated(text: str, times: int) -> "pa.DictionaryArray[Any, Any]":
    """The same text many times, kept once."""
    return pa.DictionaryArray.from_arrays(pa.array([0] * times, pa.int32()), pa.array([text]))


def refused(path: Path) -> list[tuple[int, str, str]]:
    with pytest.raises(LinesError) as caught:
        list(parquet_batches(path, Q1))
    return [(error.line, error.column, error.code) for error in caught.value.errors]


def workbook(path: Path, sheets: dict[str, list[tuple[Any, ...]]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return path


HEADINGS = ("month", "product", "made_in", "sold_in", "units", "currency")


def test_one_long_text_that_a_small_parquet_file_repeats_is_never_written_out(tmp_path: Path) -> None:
    # 20,000 times a million characters would be 20 GB; in the file they are one.
    path = parquet(tmp_path / "bomb.parquet", 20_000, product=repeated("x" * 1_000_000, 20_000))
    assert path.stat().st_size < 3_000_000
    before = pa.total_allocated_bytes()
    assert refused(path)[0] == (1, "product", "bad_value")
    assert pa.total_allocated_bytes() - before < 100_000_000


def test_a_parquet_file_of_more_lines_than_a_report_has_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_LINES", 5)
    assert refused(parquet(tmp_path / "long.parquet", 6)) == [(1, "", "too_many")]
    assert len(list(parquet_batches(parquet(tmp_path / "fits.parquet", 5), Q1))) == 1


def test_a_report_of_more_kinds_of_sales_than_a_report_has_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MOST_BUCKETS", 3)
    path = tmp_path / "many.csv"
    path.write_text(HEADER + "".join(f"L1,2025-01,p{at},CN,CN,1,,CNY\n" for at in range(5)), "utf-8")
    with pytest.raises(LinesError) as caught:
        list(csv_batches(path, "utf-8", Q1))
    assert [(error.line, error.code) for error in caught.value.errors] == [(5, "too_many")]


def test_sales_on_a_further_sheet_are_not_passed_over(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "months.xlsx",
        {
            "January": [HEADINGS, ("2025-01", "tv", "CN", "CN", 5, "CNY")],
            "February": [HEADINGS, ("2025-02", "tv", "CN", "CN", 7, "CNY")],
        },
    )
    with pytest.raises(UnreadableFile) as caught:
        list(workbook_batches(path, Q1))
    assert (caught.value.code, "February" in caught.value.detail) == ("several_sheets", True)


def test_a_further_sheet_of_notes_or_without_lines_does_no_harm(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "notes.xlsx",
        {
            "Sales": [HEADINGS, ("2025-01", "tv", "CN", "CN", 5, "CNY")],
            "Notes": [("month", "of the sale"), ("units", "whole numbers")],
            "Empty": [],
            "Next": [HEADINGS],
        },
    )
    read = pa.Table.from_batches(workbook_batches(path, Q1), LINES_SCHEMA)
    assert read.column("units").to_pylist() == [5]


def test_the_code_of_a_product_stands_for_itself_whatever_was_named(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text(HEADER + "L1,2025-01,stb,CN,CN,1,,CNY\nL1,2025-01,STB,CN,CN,1,,CNY\n", "utf-8")
    reading = Reading({"stb": "tv"}, products=frozenset({"stb", "tv"}))
    read = pa.Table.from_batches(csv_batches(path, "utf-8", Q1, reading), LINES_SCHEMA)
    assert read.column("product").to_pylist() == ["stb", "tv"]
    assert reading.used == {"STB": "tv"}


def test_so_many_ways_of_writing_one_name_are_told_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_NAMES", 2)
    path = tmp_path / "q.csv"
    names = ("set one", "Set one", "sET one")
    path.write_text(HEADER + "".join(f"L1,2025-01,{name},CN,CN,1,,CNY\n" for name in names), "utf-8")
    with pytest.raises(LinesError, match="more than 2"):
        list(csv_batches(path, "utf-8", Q1, Reading({"set one": "tv"})))
