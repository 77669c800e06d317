"""What booking costs: entries through the service beside the same rows by bare SQL, without any rule of ours.

A throwaway server gets books with a thousand accounts. In one run and in alternation, each the median of the rounds:

- entries of four lines through `post_entries`, many in a transaction, as a close or a distribution books them, beside
  the same rows by bare INSERT statements into tables with the same columns, keys and indexes and no rules (limit: 4);
- entries one by one, each in a transaction of its own, as payments are booked, beside the same by bare INSERT;
- the balance of one account at a day among all of them, beside the bare sum.

    python benchmarks/ledger.py            10,000 entries a round
    FULL=1 python benchmarks/ledger.py     100,000 entries a round
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.made.rights import server

os.environ["DJANGO_SETTINGS_MODULE"] = "platform_site.settings"
os.environ["LIANCHI_DEV"] = "1"
os.environ.setdefault("SECRET_KEY", "only-for-measuring-" + "0123456789" * 4)

LIMITS = {"many_to_bare": 4.0}
ROUNDS = 5
BATCH = 1_000
ACCOUNTS = 1_000
LINES = 4
SINGLE = 300


def open_books() -> tuple[Any, list[Any]]:
    """Open the books of one entity, with an account for each of many holders."""
    from platform_core.identity.models import Alliance, OperatingEntity, Organisation
    from platform_core.identity.roles import Purpose
    from platform_core.ledger.models import Account

    now = _now()
    organisations = Organisation.objects.bulk_create(
        Organisation(name_zh=f"第{number}公司", created_at=now) for number in range(ACCOUNTS)
    )
    alliance = Alliance.objects.create(code="ledger", name_zh="账簿联盟", created_at=now)
    entity = OperatingEntity.objects.create(
        alliance=alliance, organisation=organisations[0], code="books", name_zh="账簿", created_at=now
    )
    accounts = Account.objects.bulk_create(
        Account(
            operating_entity=entity,
            holder=holder,
            kind="suspense",
            purpose=Purpose.ROYALTIES,
            currency="CNY",
            opened_at=now,
        )
        for holder in organisations
    )
    return entity, accounts


def bare_tables(database: Any) -> None:
    """Make tables with the same columns, keys and indexes, and none of the rules."""
    from platform_site.database.roles import connect, grant_to_application

    with connect(database.owner_url()) as owner:
        owner.autocommit = True
        for table in ("entry", "posting"):
            owner.execute(f"CREATE TABLE bare_{table} (LIKE ledger_{table} INCLUDING ALL)")
        owner.execute("ALTER TABLE bare_posting ADD FOREIGN KEY (entry_id) REFERENCES bare_entry")
        owner.execute("ALTER TABLE bare_posting ADD FOREIGN KEY (account_id) REFERENCES ledger_account")
        owner.execute(
            "ALTER TABLE bare_entry ADD FOREIGN KEY (operating_entity_id) REFERENCES identity_operatingentity"
        )
    grant_to_application(database.owner_url(), app=database.app_url().user)


def made_up(entity: Any, accounts: Sequence[Any], count: int) -> list[Any]:
    """Make entries of four lines each, over all accounts."""
    from platform_core.ids import new_id
    from platform_core.ledger.calculation import Line
    from platform_core.ledger.services import NewEntry

    entries = []
    for number in range(count):
        amounts = [number % 9_000 + 1 + place for place in range(LINES - 1)]
        lines = [
            Line(accounts[(number * 7 + place * 131) % len(accounts)].pk, amount)
            for place, amount in enumerate((*amounts, -sum(amounts)))
        ]
        entries.append(
            NewEntry(
                key=new_id(),
                name="close_run.posted",
                effective_on=date(2026, 1, 1) + timedelta(days=number % 90),
                subject=entity,
                lines=lines,
            )
        )
    return entries


def insert_bare(rows: Sequence[tuple[Any, list[Any]]], size: int) -> float:
    """Write the same entries and lines by plain INSERT statements of many rows, in transactions of a size."""
    from django.db import connection, transaction

    of_entry = (
        *("id", "operating_entity_id", "number", "key", "purpose", "name", "effective_on", "booked_at"),
        *("subject_type", "subject_id", "memo", "reverses_id", "user_id", "work", "previous_hash", "hash"),
    )
    of_line = ("entry_id", "place", "account_id", "amount_minor", "effective_on")

    def insert(cursor: Any, table: str, columns: Sequence[str], values: Sequence[Any]) -> None:
        one = f"({', '.join(['%s'] * len(columns))})"
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one] * (len(values) // len(columns)))}",
            values,
        )

    begun = time.perf_counter()
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        with transaction.atomic(), connection.cursor() as cursor:
            lines = [line for _, found in part for line in found]
            insert(cursor, "bare_entry", of_entry, [getattr(entry, name) for entry, _ in part for name in of_entry])
            insert(cursor, "bare_posting", of_line, [getattr(line, name) for line in lines for name in of_line])
    return time.perf_counter() - begun


def booked(entity: Any, entries: Sequence[Any], size: int) -> tuple[float, list[tuple[Any, list[Any]]]]:
    """Book entries in transactions of a size; return the seconds, and the rows that were written."""
    from platform_core.access.actors import COMMAND_LINE, Actor
    from platform_core.ledger.models import Entry
    from platform_core.ledger.services import post_entries

    actor = Actor.system(COMMAND_LINE)
    begun = time.perf_counter()
    for start in range(0, len(entries), size):
        post_entries(actor=actor, operating_entity_id=entity.pk, entries=entries[start : start + size])
    seconds = time.perf_counter() - begun
    found = Entry.objects.filter(key__in=[entry.key for entry in entries]).order_by("number")
    return seconds, [(entry, list(entry.postings.all())) for entry in found.prefetch_related("postings")]


def balances(accounts: Sequence[Any]) -> tuple[float, float]:
    """Return the milliseconds of a balance at a day by the selector, and of the bare sum."""
    from django.db import connection

    from platform_core.access.actors import COMMAND_LINE, Actor
    from platform_core.ledger import selectors

    actor, on = Actor.system(COMMAND_LINE), date(2026, 2, 15)
    ours, bare = [], []
    for account in accounts[:50]:

        def selected(pk: Any = account.pk) -> None:
            selectors.balance_of(pk, actor=actor, on=on)

        def plain(pk: Any = account.pk) -> None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT sum(amount_minor) FROM bare_posting WHERE account_id = %s AND effective_on <= %s", [pk, on]
                )
                cursor.fetchall()

        ours.append(_timed(selected))
        bare.append(_timed(plain))
    return median(ours) * 1000, median(bare) * 1000


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _now() -> Any:
    from platform_core.clock import SystemClock

    return SystemClock().now()


def main() -> int:
    """Measure, then print one JSON line; 1 where a figure is over its limit."""
    size = 100_000 if os.environ.get("FULL") == "1" or "--full" in sys.argv else 10_000
    with tempfile.TemporaryDirectory(prefix="lianchi-ledger-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with server(folder) as database:
            entity, accounts = open_books()
            bare_tables(database)
            ours, bare, one_by_one, bare_one_by_one = [], [], [], []
            for _ in range(ROUNDS):
                seconds, rows = booked(entity, made_up(entity, accounts, size), BATCH)
                ours.append(seconds)
                bare.append(insert_bare(rows, BATCH))
                seconds, rows = booked(entity, made_up(entity, accounts, SINGLE), 1)
                one_by_one.append(seconds)
                bare_one_by_one.append(insert_bare(rows, 1))
            balance, bare_balance = balances(accounts)
    figures = {
        "many_to_bare": median(ours) / median(bare),
        "single_to_bare": median(one_by_one) / median(bare_one_by_one),
        "balance_to_bare": balance / bare_balance,
        "postings_per_second": size * LINES / median(ours),
        "postings_per_second_bare": size * LINES / median(bare),
    }
    print(f"{size:,} entries of {LINES} lines a round, {BATCH:,} in a transaction")
    print(
        f"  {figures['postings_per_second']:,.0f} postings a second, bare {figures['postings_per_second_bare']:,.0f}: "
        f"{figures['many_to_bare']:.2f} times; one by one {figures['single_to_bare']:.2f} times"
    )
    print(f"  a balance at a day takes {balance:.2f} ms, the bare sum {bare_balance:.2f} ms")
    over = [f"{key} is {figures[key]:.2f}, the limit {limit}" for key, limit in LIMITS.items() if figures[key] > limit]
    for words in over:
        print(f"over its limit: {words}")
    print(json.dumps({"figures": {key: round(value, 3) for key, value in figures.items()}, "limits": LIMITS}))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
