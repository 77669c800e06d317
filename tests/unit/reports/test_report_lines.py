"""Lines of a sales report: what is taken in, and what is told about what is not."""

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from licensing.reports.calculation import (
    LINES_SCHEMA,
    MOST_ERRORS,
    LinesError,
    ReportScope,
    csv_batches,
    parquet_batches,
)

Q1 = ReportScope("L1", "2025-01", "2025-03")
HEADER = "licence_id,month,product,made_in,sold_in,units,net_amount,currency\n"


def read(text: str, scope: ReportScope = Q1) -> pa.Table:
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(text.encode())
        file.flush()
        return pa.Table.from_batches(csv_batches(Path(file.name), "utf-8-sig", scope), LINES_SCHEMA)


def refused(text: str, scope: ReportScope = Q1) -> list[tuple[int, str, str, str]]:
    with pytest.raises(LinesError) as caught:
        read(text, scope)
    return [(error.line, error.column, error.code, error.value) for error in caught.value.errors]


def test_lines_come_out_exactly_as_they_were_reported_and_in_their_order() -> None:
    table = read(
        HEADER
        + "L1,2025-02,tv,CN,US,1000,12345.678901,USD\nL1,2025-01,tv,CN,CN,-3,,CNY\nL1,2025-01,tv,CN,CN,3,0.1,CNY\n"
    )
    assert table.schema == LINES_SCHEMA
    assert table.column("month").to_pylist() == ["2025-02", "2025-01", "2025-01"]
    assert table.column("units").to_pylist() == [1000, -3, 3]
    assert table.column("net_amount").to_pylist() == [Decimal("12345.678901"), None, Decimal("0.1")]


def test_columns_may_come_in_any_order_with_others_between_and_the_licence_may_be_left_out() -> None:
    table = read("currency,model,units,sold_in,made_in,product,month\nCNY,X-1,5,CN,CN,tv,2025-03\n")
    assert table.to_pylist() == [
        {
            "licence_id": "L1",
            "month": "2025-03",
            "product": "tv",
            "made_in": "CN",
            "sold_in": "CN",
            "units": 5,
            "net_amount": None,
            "currency": "CNY",
        }
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("L2,2025-01,tv,CN,CN,1,,CNY", (2, "licence_id", "unknown_licence", "L2")),
        ("L1,2025-04,tv,CN,CN,1,,CNY", (2, "month", "bad_value", "2025-04")),
        ("L1,2025-1,tv,CN,CN,1,,CNY", (2, "month", "bad_value", "2025-1")),
        ("L1,2025-13,tv,CN,CN,1,,CNY", (2, "month", "bad_value", "2025-13")),
        ("L1,2025-01,,CN,CN,1,,CNY", (2, "product", "bad_value", "")),
        ("L1,2025-01,~minimum:a,CN,CN,1,,CNY", (2, "product", "bad_value", "~minimum:a")),
        ("L1,2025-01,t\x00v,CN,CN,1,,CNY", (2, "", "bad_value", "")),
        ("L1,2025-01,tv,EP,CN,1,,CNY", (2, "made_in", "bad_value", "EP")),
        ("L1,2025-01,tv,CN,cn,1,,CNY", (2, "sold_in", "bad_value", "cn")),
        ("L1,2025-01,tv,CN,CN,1.0,,CNY", (2, "units", "bad_value", "1.0")),
        ("L1,2025-01,tv,CN,CN,,,CNY", (2, "units", "bad_value", "")),
        ("L1,2025-01,tv,CN,CN,１,,CNY", (2, "units", "bad_value", "１")),
        ('L1,2025-01,tv,CN,CN,"1,000",,CNY', (2, "units", "bad_value", "1,000")),
        ("L1,2025-01,tv,CN,CN,1000000000000,,CNY", (2, "units", "bad_value", "1000000000000")),
        ("L1,2025-01,tv,CN,CN,1,NaN,CNY", (2, "net_amount", "bad_value", "NaN")),
        ("L1,2025-01,tv,CN,CN,1,1e400,CNY", (2, "net_amount", "bad_value", "1e400")),
        ("L1,2025-01,tv,CN,CN,1,0.1234567,CNY", (2, "net_amount", "bad_value", "0.1234567")),
        ("L1,2025-01,tv,CN,CN,1,1000000000000000,CNY", (2, "net_amount", "bad_value", "1000000000000000")),
        ("L1,2025-01,tv,CN,CN,1,,RMB", (2, "currency", "bad_value", "RMB")),
        ("L1,2025-01,tv,CN,CN,1,", (2, "", "bad_value", "7")),
        ("L1,2025-01,tv,CN,CN,-1,,CNY", (2, "units", "negative_total", "-1")),
        ("L1,2025-01,tv,CN,CN,1,-0.01,CNY", (2, "net_amount", "negative_total", "-0.01")),
    ],
)
def test_a_wrong_line_is_told_by_line_column_and_value(line: str, expected: tuple[int, str, str, str]) -> None:
    assert refused(HEADER + line + "\n") == [expected]


def test_a_month_the_licence_does_not_touch_is_refused() -> None:
    scope = ReportScope("L1", "2025-01", "2025-03", licence_from="2025-02", licence_to="2025-02")
    lines = "".join(f"L1,{month},tv,CN,CN,1,,CNY\n" for month in ("2025-01", "2025-02", "2025-03"))
    assert refused(HEADER + lines, scope) == [
        (2, "month", "outside_licence", "2025-01"),
        (4, "month", "outside_licence", "2025-03"),
    ]


def test_a_line_number_is_that_of_the_file_also_behind_a_cell_of_two_lines() -> None:
    text = "note," + HEADER + '"two\nlines",L1,2025-01,tv,CN,CN,1,,CNY\nx,L1,2025-01,tv,CN,CN,x,,CNY\n'
    assert refused(text) == [(4, "units", "bad_value", "x")]


def test_every_mistake_is_counted_but_only_the_first_are_told() -> None:
    with pytest.raises(LinesError) as caught:
        read(HEADER + "L1,2025-01,tv,XX,CN,1,,CNY\n" * (MOST_ERRORS + 50))
    assert caught.value.count == MOST_ERRORS + 50
    assert len(caught.value.errors) == MOST_ERRORS


def test_a_missing_a_doubled_and_no_header_at_all_are_told() -> None:
    assert refused("month,product,made_in,sold_in,units\n") == [(1, "currency", "missing_column", "")]
    assert refused(HEADER.replace("net_amount", "units"))[0][1:3] == ("units", "bad_value")
    assert refused("") == [(1, "", "missing_column", "")]


def test_a_huge_cell_and_a_stray_quote_end_the_reading_with_a_clear_error() -> None:
    huge = HEADER + f"L1,2025-01,{'x' * 200_000},CN,CN,1,,CNY\n"
    assert refused(huge) == [(2, "", "bad_value", "")]
    assert refused(HEADER + 'L1,2025-01,"tv"x,CN,CN,1,,CNY\n') == [(2, "", "bad_value", "")]


def parquet(folder: Path, **columns: Any) -> Path:
    out = folder / "report.parquet"
    whole: dict[str, Any] = {
        "licence_id": pa.array(["L1"]),
        "month": pa.array(["2025-01"]).dictionary_encode(),
        "product": ["tv"],
        "made_in": ["CN"],
        "sold_in": ["CN"],
        "units": pa.array([7], pa.int32()),
        "net_amount": pa.array([Decimal("1.500")], pa.decimal128(30, 10)),
        "currency": ["CNY"],
    } | columns
    pq.write_table(pa.table({name: value for name, value in whole.items() if value is not None}), out)
    return out


def test_parquet_with_dictionaries_small_integers_and_wide_decimals_is_taken_in(tmp_path: Path) -> None:
    table = pa.Table.from_batches(parquet_batches(parquet(tmp_path), Q1), LINES_SCHEMA)
    assert table.column("units").to_pylist() == [7]
    assert table.column("net_amount").to_pylist() == [Decimal("1.5")]


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        ({"net_amount": [1.5]}, "net_amount"),
        ({"units": [1.0]}, "units"),
        ({"month": [202501]}, "month"),
        ({"net_amount": pa.array([Decimal("0.00000001")])}, "net_amount"),
    ],
)
def test_parquet_of_other_types_is_refused(tmp_path: Path, columns: dict[str, Any], column: str) -> None:
    with pytest.raises(LinesError) as caught:
        list(parquet_batches(parquet(tmp_path, **columns), Q1))
    assert [(error.line, error.column) for error in caught.value.errors] == [(1, column)]


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 not really")
    with pytest.raises(LinesError, match="cannot be read as Parquet"):
        list(parquet_batches(broken, Q1))
