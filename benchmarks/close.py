"""How long a close takes beside what the machine needs at least for the same files.

Everything is measured in one run, in alternation, each in a process of its own: the whole close (`close`); the bare
job (DuckDB's GROUP BY of the same columns over the same files, and a bare write of as many result rows); a bare scan
and sum; with 10^7 lines also the plain pandas way, and CSV beside DuckDB's own conversion to Parquet.

    python benchmarks/close.py            a smaller size: 10^6 lines
    FULL=1 python benchmarks/close.py     10^7 and 10^8 lines, as the limits are stated
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
LICENCES, PRODUCTS, BUCKETS, MEMBERS, PATENTS = 2_000, 12, 650_000, 8, 5_000
COUNTRIES = (
    "AE AR AT AU BE BG BR CA CH CL CN CO CZ DE DK EG ES FI FR GB GR HK HU ID IE IL IN IT JP KE "
    "KR LT LV MX MY NG NL NO NZ PE PH PK PL PT RO RS RU SA SE SG SK TH TR TW UA US UY VN ZA ZM"
).split()
MAKERS = ("CN", "CZ", "IN", "MX", "VN")
CURRENCIES = ("CNY", "EUR", "USD")
KEYS = "licence_id, product, made_in, sold_in, month, currency"
PER_FILE = 10_000_000

LIMITS = {
    "close_to_bare_1e7": 2.5,
    "close_to_bare_1e8": 2.5,
    "peak_gigabytes_1e8": 4.0,
    "csv_to_duckdb_parquet_1e7": 3.0,
}

TERMS = """
[programme]
id = "BENCH"
currency = "CNY"
period = "%(period)s"
royalty_bearing = "in_force"
admin_fee_percent = "8.5"

[[rates]]
id = "bands"
products = ["p00", "p01", "p02", "p03", "p04", "p05"]
bands = [{ above = 0, per_unit = "1.20" }, { above = 20000, per_unit = "0.95" }, { above = 100000, per_unit = "0.70" }]

[[rates]]
id = "early"
products = ["p06", "p07"]
signed_to = "2019-12-31"
per_unit = "0.80"

[[rates]]
id = "late"
products = ["p06", "p07"]
per_unit = "1.00"

[[rates]]
id = "percent"
products = ["p08", "p09"]
percent = "0.85"
%(floor)s
[[rates]]
id = "rest"
currency = "USD"
per_unit = "0.15"

[[waivers]]
id = "small"
below_per_year = "2000"

[[caps]]
id = "enterprise"
per_year = "900000"

[allocation]
by = "segment"
shares = { upstream = "%(upstream)s", midstream = "25", downstream = "%(downstream)s" }

[allocation.within]
by = "patents"
territory = "either"
class_weights = { main = "2", optional = "1" }
otherwise = { by = "equal" }
"""


@dataclass(frozen=True)
class Quarter:
    """What sets the made-up sales of one quarter apart: its months, what they are drawn from, and how it is shared."""

    period: str = "2025Q1"
    seed: int = 20250101
    upstream: str = "40"
    downstream: str = "35"

    @property
    def months(self) -> tuple[str, ...]:
        """The months of the quarter."""
        year, number = int(self.period[:4]), int(self.period[5:])
        return tuple(f"{year}-{3 * number - 2 + step:02d}" for step in range(3))


FIRST = Quarter()


@dataclass(frozen=True)
class Run:
    """What one process took."""

    seconds: float
    peak_gigabytes: float
    output: str


def make_bundle(folder: Path, lines: int, *, floors: bool = False, quarter: Quarter = FIRST) -> None:
    """A bundle of so many lines of made-up sales, the same at every run."""
    folder.mkdir()
    said = {
        "period": quarter.period,
        "floor": 'floor_per_unit = "1.00"\n' if floors else "",
        "upstream": quarter.upstream,
        "downstream": quarter.downstream,
    }
    (folder / "programme.toml").write_text(TERMS % said, encoding="utf-8")
    rng = np.random.default_rng(quarter.seed)
    segments = ("upstream", "midstream", "downstream")
    _csv(folder / "members.csv", "member_id,segment", [(f"M{n}", segments[n % 3]) for n in range(MEMBERS)])
    owners, places, families, years, classes = (
        rng.integers(0, top, PATENTS) for top in (MEMBERS, len(COUNTRIES), PATENTS // 6, 15, 3)
    )
    _csv(
        folder / "patents.csv",
        "publication,family,owner,country,granted,ends,class",
        [
            (
                f"{COUNTRIES[places[n]]}{n:06d}",
                f"F{families[n]}",
                f"M{families[n] % MEMBERS}" if n % 10 else f"M{owners[n]}",
                COUNTRIES[places[n]],
                f"{2008 + years[n]}-06-15",
                "2025-02-10" if n % 97 == 0 else "",
                "main" if classes[n] == 0 else "optional",
            )
            for n in range(PATENTS)
        ],
    )
    _csv(
        folder / "licences.csv",
        "licence_id,licensee,enterprise,signed,starts,standing",
        [
            (
                f"L{n:05d}",
                f"Licensee {n}",
                f"Group {n % 400}" if n % 4 == 0 else "",
                f"{2015 + n % 10}-03-01",
                "2015-03-01",
                "standard",
            )
            for n in range(LICENCES)
        ],
    )
    rates = {"EUR": "7.85", "USD": "7.21"}
    _csv(
        folder / "fx.csv",
        "month,currency,rate",
        [(month, code, rate) for month in quarter.months for code, rate in rates.items()],
    )
    _csv(
        folder / "bilaterals.csv",
        "licence_id,member_id",
        [(f"L{n:05d}", f"M{n % MEMBERS}") for n in range(0, LICENCES, 50)],
    )
    (folder / "sales").mkdir()
    combos = rng.choice(LICENCES * PRODUCTS * len(COUNTRIES) * len(quarter.months), size=BUCKETS, replace=False)
    makers = rng.integers(0, len(MAKERS), BUCKETS)
    for number in range(max(lines // PER_FILE, 1)):
        path = folder / "sales" / f"part-{number:02d}.parquet"
        _write_sales(path, min(lines, PER_FILE), combos, makers, rng, quarter.months)


def _write_sales(
    path: Path,
    lines: int,
    combos: NDArray[Any],
    makers: NDArray[Any],
    rng: np.random.Generator,
    months: tuple[str, ...],
) -> None:
    word = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema(
        [(name, word) for name in ("licence_id", "month", "product", "made_in", "sold_in")]
        + [("units", pa.int64()), ("net_amount", pa.decimal128(18, 2)), ("currency", word)]
    )
    licences = [f"L{n:05d}" for n in range(LICENCES)]
    products = [f"p{n:02d}" for n in range(PRODUCTS)]
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, lines, 1_000_000):
            size = min(1_000_000, lines - start)
            which = rng.integers(0, BUCKETS, size)
            if start == 0 and size >= BUCKETS:
                which[:BUCKETS] = np.arange(BUCKETS)
            combo = combos[which]
            month, rest = combo % len(months), combo // len(months)
            sold, rest = rest % len(COUNTRIES), rest // len(COUNTRIES)
            product, licence = rest % PRODUCTS, rest // PRODUCTS
            units = rng.integers(1, 500, size)
            cents = np.zeros((size, 2), dtype=np.int64)
            cents[:, 0] = units * rng.integers(1_000, 90_000, size)
            net: Any = pa.Array.from_buffers(pa.decimal128(18, 2), size, [None, pa.py_buffer(cents.tobytes())])
            columns = [
                _words(licence, licences),
                _words(month, months),
                _words(product, products),
                _words(makers[which], MAKERS),
                _words(sold, COUNTRIES),
                pa.array(units),
                net,
                _words(licence % len(CURRENCIES), CURRENCIES),
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def _words(codes: NDArray[Any], words: Any) -> Any:
    indices: Any = pa.array(codes.astype(np.int32))
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(words)))


def _csv(path: Path, header: str, rows: list[tuple[str, ...]]) -> None:
    path.write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")


BARE = """
import duckdb, sys
source, out = sys.argv[1:3]
con = duckdb.connect()
for statement in (
    "SET preserve_insertion_order = false",
    f"CREATE TABLE g AS SELECT {keys}, sum(units) AS units, sum(net_amount) AS net FROM '{{source}}' GROUP BY {keys}",
    f"COPY (SELECT {keys}, 'bands' AS rate_id, units, net * 1000000 AS royalty, net * 1000000 AS billed, '' AS reason "
    f"FROM g) TO '{{out}}/royalties.csv' (HEADER)",
    f"COPY (SELECT {keys}, 'M' || p AS payee, (units * p)::DECIMAL(38, 0) AS micros FROM g, range({payees}) AS t(p)) "
    f"TO '{{out}}/allocations.parquet' (COMPRESSION zstd)",
):
    con.execute(statement).fetchall()
"""

SCAN = """
import duckdb, sys
duckdb.connect().execute(f"SELECT sum(units), sum(net_amount) FROM '{sys.argv[1]}'").fetchall()
"""

PANDAS = """
import glob, sys
import pandas as pd
frame = pd.concat(pd.read_parquet(path) for path in sorted(glob.glob(sys.argv[1])))
keys = ["licence_id", "product", "made_in", "sold_in", "month", "currency"]
print(len(frame.groupby(keys, observed=True)[["units", "net_amount"]].sum()))
"""

TO_PARQUET = """
import duckdb, sys
columns = dict.fromkeys(["licence_id", "month", "product", "made_in", "sold_in"], "VARCHAR")
columns |= {"units": "BIGINT", "net_amount": "DECIMAL(18, 2)", "currency": "VARCHAR"}
read = f"read_csv('{sys.argv[1]}', header = true, columns = {columns})"
duckdb.connect().execute(f"COPY (SELECT * FROM {read}) TO '{sys.argv[2]}'").fetchall()
"""


def run(*arguments: str) -> Run:
    """Run Python in a process of its own; raises where it fails."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "platform")))}
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, *arguments], env=environment, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)[:200]} ended with {process.returncode}:\n{text}")
    return Run(seconds, usage.ru_maxrss / 1024**2, text)


def close(bundle: Path, out: Path) -> Run:
    """The whole close, from files to files."""
    return run("-m", "licensing.engine", "close", str(bundle), "--out", str(out))


def alternate(rounds: int, **ways: Callable[[], Run]) -> dict[str, list[Run]]:
    """Run each way in turn, so many rounds; the first round warms the page cache for all and does not count."""
    found: dict[str, list[Run]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            taken = way()
            if number:
                found[name].append(taken)
    return found


def seconds(runs: list[Run]) -> float:
    """The median time."""
    return median(each.seconds for each in runs)


def measure_parquet(folder: Path, lines: int, rounds: int) -> dict[str, float]:
    """The close of so many lines beside the bare job and the bare scan."""
    bundle, out, bare_out = folder / "bundle", folder / "closed", folder / "bare"
    make_bundle(bundle, lines)
    bare_out.mkdir()
    source = str(bundle / "sales" / "*.parquet")
    written = close(bundle, out)
    run_json = json.loads((out / "run.json").read_text(encoding="utf-8"))
    rows = pq.read_metadata(out / "allocations.parquet").num_rows
    buckets = run_json["totals"]["buckets"]
    bare = BARE.format(keys=KEYS, payees=round(rows / buckets))
    ways: dict[str, Callable[[], Run]] = {
        "close": lambda: close(bundle, out),
        "bare": lambda: run("-c", bare, source, str(bare_out)),
        "scan": lambda: run("-c", SCAN, source),
    }
    if lines == 10**7:
        ways["pandas"] = lambda: run("-c", PANDAS, source)
    found = alternate(rounds, **ways)
    name = f"1e{len(str(lines)) - 1}"
    peak = max(each.peak_gigabytes for each in (*found["close"], written))
    print(f"{lines:,} lines, {buckets:,} buckets, {rows:,} allocation rows")
    for way, runs in found.items():
        print(f"  {way:6} {seconds(runs):7.2f} s, peak {max(each.peak_gigabytes for each in runs):.2f} GB")
    figures = {
        f"close_to_bare_{name}": seconds(found["close"]) / seconds(found["bare"]),
        f"close_to_scan_{name}": seconds(found["close"]) / seconds(found["scan"]),
        f"close_seconds_{name}": seconds(found["close"]),
        f"peak_gigabytes_{name}": peak,
    }
    if "pandas" in found:
        figures[f"close_to_pandas_{name}"] = seconds(found["close"]) / seconds(found["pandas"])
    print(f"  the whole close takes {figures[f'close_to_bare_{name}']:.2f} times the bare job")
    return figures


def measure_csv(folder: Path, lines: int, rounds: int) -> dict[str, float]:
    """A close of CSV beside DuckDB's conversion of the same file to Parquet."""
    bundle, out, target = folder / "bundle", folder / "closed", folder / "converted.parquet"
    make_bundle(bundle, lines)
    csv_file = bundle / "sales.csv"
    source = bundle / "sales" / "part-00.parquet"
    duckdb.connect().execute(f"COPY (SELECT * FROM '{source}') TO '{csv_file}' (HEADER)").fetchall()
    source.unlink()
    source.parent.rmdir()
    found = alternate(
        rounds,
        close=lambda: close(bundle, out),
        convert=lambda: run("-c", TO_PARQUET, str(csv_file), str(target)),
    )
    name = f"1e{len(str(lines)) - 1}"
    ratio = seconds(found["close"]) / seconds(found["convert"])
    print(f"{lines:,} lines of CSV, each checked: close {seconds(found['close']):.2f} s, ", end="")
    print(f"DuckDB's conversion {seconds(found['convert']):.2f} s; {ratio:.2f} times")
    return {f"csv_to_duckdb_parquet_{name}": ratio}


def measure_floors(folder: Path, lines: int, rounds: int) -> dict[str, float]:
    """What floors cost: they work line by line, so the sales are read a second time."""
    plain, floored = folder / "plain", folder / "floored"
    make_bundle(plain, lines)
    make_bundle(floored, lines, floors=True)
    found = alternate(
        rounds, plain=lambda: close(plain, folder / "out"), floored=lambda: close(floored, folder / "out")
    )
    ratio = seconds(found["floored"]) / seconds(found["plain"])
    name = f"1e{len(str(lines)) - 1}"
    print(f"{lines:,} lines with a floor under two of twelve products: {ratio:.2f} times the close without")
    return {f"floors_to_plain_{name}": ratio}


def main() -> int:
    """Measure, print figures in words, then one JSON line; 1 where a figure is over its limit."""
    full = os.environ.get("FULL") == "1" or "--full" in sys.argv
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="lianchi-bench-") as scratch:
        for number, lines in enumerate((10**7, 10**8) if full else (10**6,)):
            folder = Path(scratch) / f"parquet-{number}"
            folder.mkdir()
            figures |= measure_parquet(folder, lines, rounds=3 if lines < 10**8 else 2)
        for name, measure in (("csv", measure_csv), ("floors", measure_floors)):
            folder = Path(scratch) / name
            folder.mkdir()
            figures |= measure(folder, 10**7 if full else 10**6, rounds=2)
    limits = {name: limit for name, limit in LIMITS.items() if name in figures}
    over = [name for name, limit in limits.items() if figures[name] > limit]
    for name in over:
        print(f"over its limit: {name} is {figures[name]:.2f}, the limit {limits[name]}")
    print(json.dumps({"figures": {name: round(value, 3) for name, value in figures.items()}, "limits": limits}))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
