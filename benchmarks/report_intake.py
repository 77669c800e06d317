"""What taking a report in costs: a file of 100 MB through the service, beside copying it and reading it bare.

A throwaway server gets one licensee. Each file is drafted by the service in a process of its own (checked line by line,
hashed twice, kept as it came and as Parquet), whose peak memory is told by the operating system. Beside it, in the
same run, the same file is copied and read by pyarrow into exact types, unchecked, and written as Parquet.

- memory: 100 MB must take at most 1.3 times the peak of 10 MB, for text; a workbook is held whole while it is read, so
  that its peak is told and has no limit here;
- time: the service beside the bare copy and reading, whole seconds and lines a second.

    python benchmarks/report_intake.py            10 and 100 MB of CSV, a workbook of 200,000 lines
    FULL=1 python benchmarks/report_intake.py     the workbook with 1,000,000 lines
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import xlsxwriter

from benchmarks.made.rights import server

os.environ["DJANGO_SETTINGS_MODULE"] = "platform_site.settings"
os.environ["LIANCHI_DEV"] = "1"
os.environ.setdefault("SECRET_KEY", "only-for-measuring-" + "0123456789" * 4)

LIMITS = {"memory_100_to_10": 1.3, "time_to_bare": 30.0}
HEADER = ("licence_id", "month", "product", "made_in", "sold_in", "units", "net_amount", "currency")
COUNTRIES = ("CN", "US", "DE", "FR", "JP", "KR", "IN", "BR", "GB", "MX")


def lines() -> Iterator[tuple[str, ...]]:
    """Yield lines of a quarter without end: 600 buckets, amounts that differ."""
    number = 0
    while True:
        number += 1
        month = f"2025-0{number % 3 + 1}"
        product = ("tv", "monitor")[number % 2]
        sold_in = COUNTRIES[number // 3 % len(COUNTRIES)]
        yield (
            "L1",
            month,
            product,
            COUNTRIES[number // 30 % 10],
            sold_in,
            str(number % 997),
            f"{number % 9973}.25",
            "CNY",
        )


def write_csv(path: Path, size: int) -> int:
    """Write a report of a size in bytes and return how many lines it has."""
    written = count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(HEADER) + "\n")
        for line in lines():
            text = ",".join(line) + "\n"
            file.write(text)
            written += len(text)
            count += 1
            if written >= size:
                return count
    raise AssertionError("lines have no end")


def write_workbook(path: Path, count: int) -> None:
    """Write a report of so many lines as a workbook, numbers as numbers."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for at, line in zip(range(1, count + 1), lines(), strict=False):
            sheet.write_row(at, 0, [*line[:5], int(line[5]), float(line[6]), line[7]])


def in_a_child(work: Callable[[], object]) -> tuple[float, float]:
    """Do some work in a process of its own; return its seconds and its peak memory in MB."""
    begun = time.perf_counter()
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
        os._exit(0)
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit("the measured process failed")
    return time.perf_counter() - begun, used.ru_maxrss / 1024


def bare(path: Path, folder: Path) -> None:
    """Copy a file and read it into exact types, unchecked, to Parquet."""
    copied = folder / "copied"
    with path.open("rb") as source, copied.open("wb") as out:
        while piece := source.read(1 << 20):
            out.write(piece)
    kinds: dict[str, Any] = dict.fromkeys(HEADER, pa.string())
    kinds |= {"units": pa.int64(), "net_amount": pa.decimal128(21, 6)}
    options = arrow_csv.ConvertOptions(column_types=kinds)
    with (
        arrow_csv.open_csv(copied, convert_options=options) as reader,
        pq.ParquetWriter(folder / "bare.parquet", reader.schema, compression="zstd") as writer,
    ):
        for batch in reader:
            writer.write_batch(batch)


def taken_in(path: Path, licence: Any, seat: Any, months: tuple[date, date]) -> None:
    """Draft a report of a file by the service, as its licensee."""
    from django.db import connections

    from licensing.reports.models import ReportDraft
    from licensing.reports.services import Upload, discard_report_draft, draft_sales_report
    from platform_core.access.acting import actor_in_seat

    connections.close_all()
    actor = actor_in_seat(seat.pk)
    with path.open("rb") as stream:
        draft = draft_sales_report(
            actor=actor,
            licence_id=licence.pk,
            first_month=months[0],
            last_month=months[1],
            upload=Upload(path.name, stream),
        )
    discard_report_draft(actor=actor, draft_id=draft.pk)
    assert ReportDraft.objects.filter(pk=draft.pk, line_count__gt=0).exists()


def main() -> int:
    """Measure, then print one JSON line; 1 where a figure is over its limit."""
    of_workbook = 1_000_000 if os.environ.get("FULL") == "1" or "--full" in sys.argv else 200_000
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="lianchi-intake-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with server(folder):
            from django.conf import settings

            from tests.factories.royalties import make_small_world

            settings.DATA_DIR = folder / "data"
            world = make_small_world()
            licence, seat = world.licences["L1"], world.seats["L1"]
            months = (date(2025, 1, 1), date(2025, 3, 1))
            from django.db import connections

            for size in (10, 100):
                path = folder / f"{size}.csv"
                count = write_csv(path, size * 10**6)
                connections.close_all()
                seconds, memory = in_a_child(lambda at=path: taken_in(at, licence, seat, months))  # type: ignore[misc]
                plain, plain_memory = in_a_child(lambda at=path: bare(at, folder))  # type: ignore[misc]
                figures |= {f"memory_mb_{size}": memory, f"seconds_{size}": seconds, f"bare_seconds_{size}": plain}
                print(
                    f"{size} MB of CSV, {count:,} lines: {seconds:.1f} s ({count / seconds:,.0f} lines a second), "
                    f"{memory:.0f} MB at most; bare {plain:.2f} s, {plain_memory:.0f} MB"
                )
            path = folder / "book.xlsx"
            write_workbook(path, of_workbook)
            seconds, memory = in_a_child(lambda: taken_in(path, licence, seat, months))
            figures |= {"memory_mb_workbook": memory, "seconds_workbook": seconds}
            megabytes = path.stat().st_size / 10**6
            print(
                f"a workbook of {megabytes:.0f} MB, {of_workbook:,} lines: {seconds:.1f} s "
                f"({of_workbook / seconds:,.0f} lines a second), {memory:.0f} MB at most"
            )
    figures["memory_100_to_10"] = figures["memory_mb_100"] / figures["memory_mb_10"]
    figures["time_to_bare"] = figures["seconds_100"] / figures["bare_seconds_100"]
    over = [f"{key} is {figures[key]:.2f}, the limit {limit}" for key, limit in LIMITS.items() if figures[key] > limit]
    for words in over:
        print(f"over its limit: {words}")
    print(json.dumps({"figures": {key: round(value, 3) for key, value in figures.items()}, "limits": LIMITS}))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
