"""What it takes to find patents by words, people, classes, standing and numbers, beside bare SQL without permissions.

A throwaway server takes a table in as `patent_import` does and reads its words. Then, in one run and in alternation,
each the median of many rounds: the database's time for the first page of a search through the API, as the secretariat,
who sees all, and as a member, who sees its own; beside the same question put to the same index by bare SQL without any
rule, ordered and cut alike, for the member among a ready table of the ids that it may see (limit: 3 times). Answers are
checked against each other. That the member's answer may be far more work than the secretariat's, where the first rows
that an order comes by are none of its own, is printed and has no limit.

    python benchmarks/patent_search.py            10^5 patents
    FULL=1 python benchmarks/patent_search.py     10^6 patents
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from benchmarks.made.rights import ready_table, server
from benchmarks.patent_import import FULL, SMALL, office, take_in, write

LIMIT = 3.0
ROUNDS = 15
MEMBER_OF = "第7公司"
QUESTIONS: dict[str, dict[str, str]] = {
    "Chinese word of two letters": {"q": "显示"},
    "Chinese word of four letters": {"q": "液晶面板"},
    "two Chinese words": {"q": "背光 量子"},
    "English word": {"q": "waveguide"},
    "Chinese and English": {"q": "显示 waveguide"},
    "applicant": {"applicant": "第7公司"},
    "class": {"symbol": "G07F 12"},
    "in force": {"q": "显示", "standing": "in_force"},
    "all at once": {"q": "显示", "applicant": "第7公司", "symbol": "G07F", "standing": "in_force"},
    "number": {"q": "CN100012345B"},
}


def people(alliance: Any) -> dict[str, Any]:
    """Make a seat of the office and one of a member, and return a client of each."""
    from datetime import UTC, datetime

    from django.test import Client

    from platform_core.identity.models import Organisation, RoleAssignment, Seat, User
    from platform_core.identity.roles import Role

    clients = {}
    for name, organisation, role in (
        ("secretariat", alliance.association, Role.SECRETARIAT),
        ("member", Organisation.objects.get(name_zh=MEMBER_OF), Role.MEMBER_STAFF),
    ):
        now = datetime.now(UTC)
        user = User.objects.create(email=f"{name}@example.com", name=name)
        seat = Seat.objects.create(user=user, organisation=organisation, created_at=now)
        RoleAssignment.objects.create(
            seat=seat, role=role, alliance=alliance if role is Role.SECRETARIAT else None, starts_at=now
        )
        clients[name] = Client()
        clients[name].force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return clients


class Clock:
    """Adds up what the database takes to find the patents of a page; owners are fetched along with any list."""

    def __init__(self) -> None:
        self.milliseconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            if sql.startswith('SELECT "patents_patent".'):
                self.milliseconds += (time.perf_counter() - begun) * 1000


def asked(client: Any, question: dict[str, str]) -> tuple[float, list[str]]:
    """Ask through the API; return the database's milliseconds and the publications of the page."""
    from django.db import connection

    clock = Clock()
    with connection.execute_wrapper(clock):
        answer = client.get(f"/api/v1/patents?{urlencode(question)}&limit=50", headers={"host": "localhost"})
    if answer.status_code != 200:
        raise RuntimeError(f"the search was refused: {answer.content!r}")
    return clock.milliseconds, [row["publication"] for row in answer.json()["items"]]


def bare(question: dict[str, str], *, among_visible: bool = False) -> tuple[float, list[str]]:
    """Ask the same index without permissions, of all patents or of those in the ready table."""
    from django.db import connection
    from django.db.models.expressions import RawSQL
    from django.utils import timezone

    from pools.patents.models import Patent
    from pools.patents.selectors import Wanted, find_patents

    wanted = Wanted(
        text=question.get("q", ""),
        applicant=question.get("applicant", ""),
        symbol=question.get("symbol", ""),
        standing=question.get("standing", ""),
    )
    every = Patent.objects.all()
    if among_visible:
        every = every.filter(pk__in=RawSQL("SELECT id FROM visible", ()))
    rows = find_patents(every, wanted, today=timezone.localdate())
    sql, params = rows.select_related("family").order_by("publication", "pk")[:51].query.sql_with_params()
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = cursor.fetchall()
    taken = (time.perf_counter() - begun) * 1000
    names = [column.attname for column in Patent._meta.concrete_fields]
    return taken, [row[names.index("publication")] for row in found[:50]]


def main() -> int:
    """Measure, then print one JSON line; 1 where a figure is over its limit."""
    size = FULL if os.environ.get("FULL") == "1" or "--full" in sys.argv else SMALL
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="lianchi-search-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with server(folder) as database:
            from platform_core.access.acting import actor_in_seat
            from platform_core.identity.models import Seat
            from platform_site.database.roles import connect
            from pools.patents.indexing import read_words_again

            alliance = office()
            write(folder / "table.csv", size, first=0)
            take_in(alliance, folder / "table.csv", tell=True)
            begun = time.perf_counter()
            read_words_again()
            print(f"  words read in {time.perf_counter() - begun:.1f} s")
            with connect(database.superuser_url(database.owner_url().database)) as admin:
                admin.autocommit = True
                admin.execute("VACUUM ANALYZE")
            clients = people(alliance)
            member = actor_in_seat(Seat.objects.get(user__email="member@example.com").pk)
            visible = ready_table(database, member)
            print(f"{size:,} patents, {visible:,} of them the member's; ms of the database")
            print("                                    bare    secretariat    bare of visible    member")
            for about, question in QUESTIONS.items():
                taken: dict[str, list[float]] = {}
                for number in range(ROUNDS + 2):
                    found = {
                        "bare": bare(question),
                        "secretariat": asked(clients["secretariat"], question),
                        "bare of visible": bare(question, among_visible=True),
                        "member": asked(clients["member"], question),
                    }
                    for who, other in (("secretariat", "bare"), ("member", "bare of visible")):
                        if found[who][1] != found[other][1]:
                            raise RuntimeError(f"{about}: the {who} finds {found[who][1]}, not {found[other][1]}")
                    if number >= 2:
                        for who, (milliseconds, _) in found.items():
                            taken.setdefault(who, []).append(milliseconds)
                medians = {who: median(times) for who, times in taken.items()}
                ratios = {
                    "secretariat": medians["secretariat"] / medians["bare"],
                    "member": medians["member"] / medians["bare of visible"],
                }
                figures |= {f"{about}: {who} to bare": ratio for who, ratio in ratios.items()}
                print(
                    f"  {about:30} {medians['bare']:8.2f} {medians['secretariat']:8.2f} ({ratios['secretariat']:.2f})"
                    f" {medians['bare of visible']:8.2f} {medians['member']:8.2f} ({ratios['member']:.2f})"
                    f"   {len(found['secretariat'][1])} and {len(found['member'][1])} found"
                )
                sys.stdout.flush()
    over = [f"{name} is {value:.2f}, the limit {LIMIT}" for name, value in figures.items() if value > LIMIT]
    for words in over:
        print(f"over its limit: {words}")
    print(json.dumps({"figures": {name: round(value, 3) for name, value in figures.items()}, "limit": LIMIT}))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
