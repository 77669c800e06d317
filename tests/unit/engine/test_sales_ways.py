"""The quick way through sales takes what the careful way takes, gives the same sums, and never lets a bad line by."""

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from licensing.engine.model import month_of
from licensing.engine.rejects import Rejects
from licensing.engine.sales import (
    DoubtError,
    Fingerprint,
    Sales,
    SalesFile,
    Window,
    connect,
    fingerprint,
    sum_carefully,
    sum_quickly,
)

HEADER = "licence_id,month,product,made_in,sold_in,units,net_amount,currency"
GOOD = "L1,2025-02,tv,CN,US,5,12.50,CNY"
WINDOW = Window(month_of(2025, 1), month_of(2025, 3))


Cells = Any
"""A column of pyarrow, whose own type depends on what is in it."""

Sums = list[tuple[object, ...]]


def ways(tmp_path: Path, content: bytes | pa.Table) -> tuple[Sums | None, Sums, Rejects]:
    """The sums of the quick way (None where it doubts) and of the careful one, with its rejects."""
    name = "sales.csv" if isinstance(content, bytes) else "part.parquet"
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        pq.write_table(content, path)
    rejects = Rejects()
    with connect(tmp_path) as connection:
        sales = Sales([SalesFile(name, path)], WINDOW, connection)
        seen: Future[Fingerprint] = Future()
        seen.set_result(fingerprint(path))
        try:
            sum_quickly(sales, [seen])
            quick = rows(sales)
        except DoubtError:
            quick = None
        sum_carefully(sales, {"L1", "L2"}, set(), tmp_path, rejects)
        return quick, rows(sales), rejects


def rows(sales: Sales) -> Sums:
    assert sales.sums is not None
    wanted = [name for name in sales.sums.schema.names if name != "position"]
    return sorted(tuple(row.values()) for row in sales.sums.select(wanted).to_pylist())


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}\n{GOOD}\n{GOOD}\n",
        f"{HEADER}\r\n{GOOD}\r\n{GOOD}",
        f"\ufeff{HEADER}\n{GOOD}\n\n{GOOD}\n",
        f'{HEADER}\n"L1",2025-02,"t,v",CN,US,"5","",CNY\n',
        f'{HEADER},note\n{GOOD},"two\nlines"\n{GOOD},\n',
        "currency,units,sold_in,made_in,product,month,licence_id\nCNY,5,US,CN,tv,2025-02,L1\n",
        f"{HEADER}\nL1,2025-02,tv,CN,US,-5,-0.000001,CNY\nL1,2025-01,tv,CN,US,999999999999,999999999999999.999999,CNY\n",
        f"{HEADER}\n{GOOD}\nL9,2025-04,,XX,US,many,1e9,\nL9,2024-12,,XX,US,many,1e9,\n",
        f"{HEADER}\n",
    ],
)
def test_sound_files_are_summed_alike(tmp_path: Path, text: str) -> None:
    quick, careful, rejects = ways(tmp_path, text.encode())

    assert not rejects.rows
    assert quick == careful


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("L1,2025-02,tv,CN,US,5,12.50,CNY,", ""),
        ("L1,2025-02,tv,CN,US,5,12.50,CNY,x", ""),
        ("L1,2025-02,tv,CN,US,5", ""),
        ("L1,2025-02,tv,CN,US,\uff15,12.50,CNY", "units"),
        ("L1,2025-02,tv,CN,US,1e3,12.50,CNY", "units"),
        ("L1,2025-02,tv,CN,US,5.0,12.50,CNY", "units"),
        ("L1,2025-02,tv,CN,US,1000000000000,12.50,CNY", "units"),
        ("L1,2025-02,tv,CN,US,,12.50,CNY", "units"),
        ("L1,2025-02,tv,CN,US, 5,12.50,CNY", "units"),
        ("L1,2025-02,tv,CN,US,5,1e400,CNY", "net_amount"),
        ("L1,2025-02,tv,CN,US,5,NaN,CNY", "net_amount"),
        ("L1,2025-02,tv,CN,US,5,0.0000001,CNY", "net_amount"),
        ("L1,2025-02,tv,CN,US,5,1000000000000000,CNY", "net_amount"),
        ('L1,2025-02,tv,CN,US,5,"1,000",CNY', "net_amount"),
        ("L1,2025-02,tv,CN,US,5,.5,CNY", "net_amount"),
        ("L1,2025-02,t\0v,CN,US,5,12.50,CNY", ""),
        ('L1,2025-02,"tv"x,CN,US,5,12.50,CNY', ""),
    ],
)
def test_the_quick_way_stops_at_a_line_that_the_careful_one_refuses(tmp_path: Path, line: str, column: str) -> None:
    quick, careful, rejects = ways(tmp_path, f"{HEADER}\n{GOOD}\n{line}\n".encode())

    assert quick is None
    assert [(reject.line, reject.column, reject.code) for reject in rejects.rows] == [(3, column, "bad_value")]
    assert len(careful) == 1


def test_values_that_only_look_unusual_are_left_to_the_careful_way(tmp_path: Path) -> None:
    text = f"{HEADER}\nL1,2025-02,tv,CN,US,0000000000005,0000000000000000012.5,CNY\n"

    quick, careful, rejects = ways(tmp_path, text.encode())

    assert quick is None
    assert not rejects.rows
    assert [row[6:8] for row in careful] == [(5, pytest.approx(12.5))]


def parquet(**changed: Cells) -> pa.Table:
    columns = dict(zip(HEADER.split(","), GOOD.split(","), strict=True))
    arrays: dict[str, Cells] = {name: pa.array([cell, cell]) for name, cell in columns.items()}
    arrays["units"] = pa.array([5, 7], pa.int32())
    arrays["net_amount"] = pa.array(["12.50", None]).cast(pa.decimal128(38, 9))
    return pa.table(arrays | changed)


def test_parquet_is_summed_alike(tmp_path: Path) -> None:
    quick, careful, rejects = ways(tmp_path, parquet(product=pa.array(["tv", "tv"]).dictionary_encode()))

    assert not rejects.rows
    assert quick == careful


@pytest.mark.parametrize(
    "changed",
    [
        {"units": pa.array([5, 10**12])},
        {"units": pa.array([5, None])},
        {"units": pa.array([5, 2**64 - 1], pa.uint64())},
        {"net_amount": pa.array(["12.50", "0.0000001"]).cast(pa.decimal128(38, 9))},
        {"net_amount": pa.array(["12.50", "1000000000000000"]).cast(pa.decimal128(38, 2))},
        {"net_amount": pa.array(["12.50", "1e3"])},
    ],
)
def test_a_bad_value_in_parquet_is_refused_by_its_row(tmp_path: Path, changed: dict[str, Cells]) -> None:
    quick, _, rejects = ways(tmp_path, parquet(**changed))

    assert quick is None
    assert [(reject.line, reject.column) for reject in rejects.rows] == [(2, next(iter(changed)))]
