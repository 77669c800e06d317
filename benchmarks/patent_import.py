"""What taking patents in from a file costs, beside a bare COPY of the same rows into the same tables.

A throwaway server gets an alliance with owners. A table as CNIPR exports it (Chinese titles and abstracts, numbers with
their check digits, applicants, inventors, classes) is read, matched, previewed and taken in by the services that the
screen and the command use. What that made is copied out, the tables are emptied, and the same rows are put back by bare
COPY, by the same role, with the same indexes, constraints and triggers (limit: 4 times).

Besides: the whole import repeated, which must change nothing, and the memory of the process at its highest, for the
size and for a tenth of it, which must not grow with the rows.

    python benchmarks/patent_import.py            10^5 rows
    FULL=1 python benchmarks/patent_import.py     10^6 rows
"""

import csv
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.made.rights import server

os.environ["DJANGO_SETTINGS_MODULE"] = "platform_site.settings"
os.environ["LIANCHI_DEV"] = "1"
os.environ.setdefault("SECRET_KEY", "only-for-measuring-" + "0123456789" * 4)

LIMITS = {"import_to_copy": 4.0, "memory_to_a_tenth": 1.25}
SMALL, FULL = 100_000, 1_000_000
OWNERS = 500
TABLES = (
    "patents_patentfamily",
    "patents_patent",
    "patents_bibliography",
    "patents_publication",
    "patents_ownership",
)
"""What an import writes, in an order in which each finds what it refers to."""
HEADINGS = (
    "申请号",
    "公开（公告）号",
    "公开（公告）日",
    "申请日",
    "名称",
    "主分类号",
    "申请（专利权）人",
    "发明（设计）人",
    "摘要",
    "主权项",
)
WORDS = (
    "显示背光液晶面板驱动电路芯片信号编码解码处理方法装置系统设备控制网络数据图像压缩传输存储量子点发光二极管封装散热"
)
ENGLISH = ("OLED", "backlight", "waveguide", "codec", "driver IC", "panel", "HDR", "micro-LED", "tuner", "remote") * 3


def rows(count: int, *, first: int) -> Iterator[tuple[str, ...]]:
    """Yield rows of a table, each of another application, the same for the same numbers."""
    from pools.patents.numbers.chinese import check_digit

    for number in range(first, first + count):
        made = random.Random(number)
        year, serial = 2004 + number % 18, number // 18 + 1
        digits = f"{year}1{serial:07}"
        filed = date(year, 1 + made.randrange(12), 1 + made.randrange(28))
        granted = filed + timedelta(days=700 + made.randrange(500))
        yield (
            f"CN{digits}.{check_digit(digits)}",
            f"CN1{number:08}B",
            granted.strftime("%Y.%m.%d"),
            filed.strftime("%Y.%m.%d"),
            text(made, 14),
            f"G{made.randrange(1, 12):02}F{made.randrange(1, 40)}/{made.randrange(100):02}(2006.01)I",
            f"第{made.randrange(OWNERS)}公司",
            f"{text(made, 3)};{text(made, 3)}",
            f"{text(made, 160)} {made.choice(ENGLISH)} {made.choice(ENGLISH)}。",
            text(made, 120),
        )


def text(made: random.Random, letters: int) -> str:
    """Return Chinese text of so many letters."""
    return "".join(made.choices(WORDS, k=letters))


def write(path: Path, count: int, *, first: int) -> None:
    """Write a table of so many rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(rows(count, first=first))


def office() -> Any:
    """Make an alliance with owners, and return it."""
    from members.memberships.models import Membership
    from platform_core.identity.models import Alliance, Organisation

    long_ago = datetime(2024, 1, 1, tzinfo=UTC)
    association = Organisation.objects.create(name_zh="协会", name_en="Association", created_at=long_ago)
    alliance = Alliance.objects.create(code="uhd", name_zh="联盟", association=association, created_at=long_ago)
    owners = Organisation.objects.bulk_create(
        Organisation(name_zh=f"第{number}公司", name_en=f"Company {number}", created_at=long_ago)
        for number in range(OWNERS)
    )
    Membership.objects.bulk_create(
        Membership(alliance=alliance, organisation=owner, code=f"M{number}") for number, owner in enumerate(owners)
    )
    return alliance


def take_in(alliance: Any, path: Path, *, tell: bool) -> tuple[float, Any]:
    """Take a file in as the command does, and return the seconds it took and the import."""
    from platform_core.access.actors import COMMAND_LINE, Actor
    from platform_core.exchange import services

    def quietly(done: int, total: int) -> None:
        """Tell nobody."""

    actor = Actor.system(COMMAND_LINE)
    begun = time.perf_counter()
    with path.open("rb") as file:
        found = services.start_import(
            actor=actor,
            alliance_id=alliance.pk,
            subject="patents.patent",
            file=file,
            name=path.name,
            in_background=False,
        )
    kept = time.perf_counter()
    found = services.check_import(actor=actor, import_id=found.pk, progress=quietly)
    read = time.perf_counter()
    services.begin_import(actor=actor, import_id=found.pk, in_background=False)
    found = services.apply_import(actor=actor, import_id=found.pk, progress=quietly)
    ended = time.perf_counter()
    if found.state != "imported":
        raise RuntimeError(found.detail)
    if tell:
        print(f"  kept in {kept - begun:.1f} s, read and previewed in {read - kept:.1f} s, ", end="")
        print(f"taken in in {ended - read:.1f} s: {found.counts}")
    return ended - begun, found


def put_back(database: Any, folder: Path) -> float:
    """Copy out what is in the tables, empty them, put the same rows back, and return the seconds that took."""
    from django.db import connection

    from platform_site.database.roles import connect

    url = database.superuser_url(database.owner_url().database)
    with connect(url) as admin:
        for table in TABLES:
            with (folder / table).open("wb") as file, admin.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                for block in copy:
                    file.write(block)
        admin.execute("SET session_replication_role = replica")
        # Triggers make the rows of this table, also where others are put back.
        admin.execute("DELETE FROM patents_patentwords")
        admin.execute("DELETE FROM patents_importedpatent")
        for table in reversed(TABLES):
            admin.execute(f"DELETE FROM {table}")
    with connect(url) as admin:
        admin.autocommit = True
        admin.execute("VACUUM FULL")
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        for table in TABLES:
            with (folder / table).open("rb") as file, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                while block := file.read(1 << 20):
                    copy.write(block)
    return time.perf_counter() - begun


def peak() -> float:
    """Return the most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Measure, then print one JSON line; 1 where a figure is over its limit."""
    size = FULL if os.environ.get("FULL") == "1" or "--full" in sys.argv else SMALL
    with tempfile.TemporaryDirectory(prefix="lianchi-import-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with server(folder) as database:
            alliance = office()
            tenth, whole = folder / "tenth.csv", folder / "whole.csv"
            write(tenth, size // 10, first=90_000_000)
            write(whole, size, first=0)
            print(f"{size:,} rows, {whole.stat().st_size / 1e6:.0f} MB")
            take_in(alliance, tenth, tell=False)
            memory_of_a_tenth = peak()
            seconds, _ = take_in(alliance, whole, tell=True)
            memory = peak()
            again, repeated = take_in(alliance, whole, tell=True)
            if repeated.counts["same"] != size:
                raise RuntimeError(f"a repeated import changes something: {repeated.counts}")
            bare = put_back(database, folder) * size / (size + size // 10)
    figures = {
        "import_to_copy": seconds / bare,
        "repeated_to_copy": again / bare,
        "memory_to_a_tenth": memory / memory_of_a_tenth,
        "seconds_import": seconds,
        "seconds_copy": bare,
        "megabytes": memory,
    }
    print(f"  the import takes {seconds:.1f} s, a bare COPY of its rows {bare:.1f} s: {seconds / bare:.2f} times")
    print(f"  memory {memory:.0f} MB, {memory_of_a_tenth:.0f} MB for a tenth of the rows")
    over = [f"{key} is {figures[key]:.2f}, the limit {limit}" for key, limit in LIMITS.items() if figures[key] > limit]
    for words in over:
        print(f"over its limit: {words}")
    print(json.dumps({"figures": {key: round(value, 3) for key, value in figures.items()}, "limits": LIMITS}))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
