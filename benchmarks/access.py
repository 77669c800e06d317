"""What permissions cost: a member's pages beside bare queries, and beside the secretariat's pages.

A throwaway server gets patents, organisations, pools with their entries, and grants to one member, in two kinds of
data. In the independent kind, country, alliance, owner and grants have nothing to do with each other. In the
correlated kind all patents of the measured country lie in the secretariat's alliance, and none is the member's own or
granted to it: its rights lie elsewhere, and it sees there what pools show. Then, in one run and in alternation, each
the median of many rounds:

- the database's time for the page (filtered by country, ordered by publication, 50 rows), beside the same query without
  any rule, joined to a ready table of the ids that the member may see (limit: 3 times);
- the whole request through the API, beside the secretariat's (limit: 1.5 times), and beside the one that also counts;
- the same request for a country of which all that the member sees stands last in the order;
- the number of queries, which must not grow with rows or grants;
- a page of organisations, whose rules go through nearly everything else, beside one without any rule;
- guardian's own `get_objects_for_user` for a user with the same grants;
- once, the first page of every list, filtered pages and searches, as the member and as the secretariat.

    python benchmarks/access.py            a smaller size: 10^5 patents
    FULL=1 python benchmarks/access.py     10^6 patents, 500 organisations, 200 pools, 10^5 grants
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.made.rights import COUNTRY, FULL, KINDS, LATE, SMALL, Size, fill, ready_table, server

os.environ["DJANGO_SETTINGS_MODULE"] = "platform_site.settings"
os.environ["LIANCHI_DEV"] = "1"
os.environ.setdefault("SECRET_KEY", "only-for-measuring-" + "0123456789" * 4)

LIMITS = {"page_to_bare": 3.0, "request_to_secretariat": 1.5}
UNEXPECTED = 300.0
"""Milliseconds from which a list or search is named as slow."""


@dataclass(frozen=True)
class People:
    """Whose pages are measured."""

    member: Any
    secretariat: Any
    plain: Any
    """A user that guardian's own functions are asked about."""


def people() -> People:
    """Find those whose pages are measured."""
    from platform_core.access.acting import actor_in_seat
    from platform_core.identity.models import Seat, User

    def acting(name: str) -> Any:
        return actor_in_seat(Seat.objects.get(user__email=f"{name}@example.com").pk)

    return People(acting("member"), acting("secretariat"), User.objects.get(email="plain@example.com"))


def ways(found: People) -> dict[str, Callable[[], object]]:
    """Return what is measured, by name; each does its work once."""
    from django.contrib.auth.models import Permission
    from django.db import connection
    from django.test import Client
    from guardian.shortcuts import get_objects_for_user

    from platform_core.access.probing import row_by_row
    from platform_core.identity.models import Organisation, Seat
    from pools.patents.models import Patent

    patents = "patents?country={}&order=publication"

    def organisations(rows: Any) -> Any:
        return rows.order_by("name_zh", "pk")[:51]

    def page(rows: Any) -> Any:
        return rows.select_related("family").filter(country=COUNTRY).order_by("publication", "pk")[:51]

    def send(sql: str, params: Any) -> Callable[[], object]:
        def run() -> object:
            with connection.cursor() as cursor:
                cursor.execute(sql, params)
                return cursor.fetchall()

        return run

    def walked(rows: Callable[[], Any]) -> Callable[[], object]:
        def run() -> object:
            with row_by_row():
                return list(rows())

        return run

    with row_by_row():
        by_row = page(Patent.objects.visible_to(found.member)).query.sql_with_params()
    by_set = page(Patent.objects.visible_to(found.member)).query.sql_with_params()
    bare, params = page(Patent.objects.all()).query.sql_with_params()
    joined = bare.replace(
        ' FROM "patents_patent" ',
        ' FROM "patents_patent" INNER JOIN "visible" ON "visible"."id" = "patents_patent"."id" ',
    )
    if joined == bare:
        raise RuntimeError("the bare query has another form than expected")

    def request(actor: Any, address: str) -> Callable[[], object]:
        client = Client()
        client.force_login(
            Seat.objects.get(pk=actor.seat_id).user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )

        def run() -> object:
            answer = client.get(f"/api/v1/{address}", headers={"host": "localhost"})
            if answer.status_code != 200 or not answer.json()["items"]:
                raise RuntimeError(f"the page was refused: {answer.content!r}")
            return answer

        return run

    permission = Permission.objects.get(codename="patent.read", content_type__model="patent")
    superset = Patent.objects.all()
    # Our users are in no groups of Django's, and none of them may do everything.
    asked = {"use_groups": False, "with_superuser": False, "accept_global_perms": False}

    def guardian() -> object:
        rows = get_objects_for_user(found.plain, f"patents.{permission.codename}", klass=superset, **asked)
        return list(page(rows))

    return {
        "bare": send(joined, params),
        "page": send(*by_row),
        "page_by_set": send(*by_set),
        "request": request(found.member, patents.format(COUNTRY)),
        "secretariat": request(found.secretariat, patents.format(COUNTRY)),
        "request_with_count": request(found.member, patents.format(COUNTRY) + "&count=bounded"),
        "secretariat_with_count": request(found.secretariat, patents.format(COUNTRY) + "&count=bounded"),
        "late_request": request(found.member, patents.format(LATE)),
        "guardian": guardian,
        "organisations_bare": lambda: list(organisations(Organisation.objects.all())),
        "organisations": walked(lambda: organisations(Organisation.objects.visible_to(found.member))),
        "organisations_of_secretariat": walked(
            lambda: organisations(Organisation.objects.visible_to(found.secretariat))
        ),
        "organisations_request": request(found.member, "organisations"),
        "organisations_request_of_secretariat": request(found.secretariat, "organisations"),
    }


def measure(found: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Do everything in turn, many times, and return the median milliseconds of each."""
    taken: dict[str, list[float]] = {name: [] for name in found}
    for number in range(rounds + 2):
        for name, act in found.items():
            if name == "guardian" and number > 5:
                continue
            begun = time.perf_counter()
            act()
            # The first rounds fill caches and prepare what is compiled once.
            if number >= 2:
                taken[name].append((time.perf_counter() - begun) * 1000)
    return {name: median(values) for name, values in taken.items()}


def queries_of(act: Callable[[], object]) -> int:
    """Count the queries of one request."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def lists() -> Iterator[str]:
    """Return the addresses of all lists that the API is described with, of some filtered, and of searches."""
    import yaml

    described = yaml.safe_load((Path(__file__).parents[1] / "docs" / "openapi.yaml").read_text())
    for address, methods in described["paths"].items():
        asked = {parameter.get("name") for parameter in methods.get("get", {}).get("parameters", ())}
        if "after" in asked and "{" not in address:
            yield address
    yield from (
        f"/api/v1/patents?country={COUNTRY}",
        f"/api/v1/patents?country={COUNTRY}&order=-publication&limit=200",
        f"/api/v1/patents?country={COUNTRY}&count=bounded",
        "/api/v1/pool-entries?count=bounded",
        "/api/v1/memberships?state=admitted",
        "/api/v1/home",
        f"/api/v1/search?q={COUNTRY}00012",
        f"/api/v1/search?q={COUNTRY}000",
        "/api/v1/search?q=公司",
    )


def measure_lists(found: People) -> dict[str, tuple[float, float]]:
    """Return the milliseconds of the member's and the secretariat's request, by address: the best of three."""
    from django.test import Client

    from platform_core.identity.models import Seat

    clients = []
    for actor in (found.member, found.secretariat):
        client = Client()
        client.force_login(
            Seat.objects.get(pk=actor.seat_id).user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        clients.append(client)

    def once(client: Any, address: str) -> float:
        begun = time.perf_counter()
        answer = client.get(address, headers={"host": "localhost"})
        if answer.status_code not in (200, 403):
            raise RuntimeError(f"{address} was refused: {answer.content!r}")
        return (time.perf_counter() - begun) * 1000

    member, secretariat = clients
    return {
        address: (
            min(once(member, address) for _ in range(3)),
            min(once(secretariat, address) for _ in range(3)),
        )
        for address in lists()
    }


def run(size: Size, kind: str) -> tuple[dict[str, float], list[str]]:
    """Measure one kind of data, print the figures in words, and return them with what is over its limit."""
    with tempfile.TemporaryDirectory(prefix="lianchi-bench-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        with server(folder) as database:
            from django.contrib.contenttypes.models import ContentType

            # The other kind of data was in another database.
            ContentType.objects.clear_cache()
            fill(database, size, kind)
            found = people()
            visible = ready_table(database, found.member)
            acts = ways(found)
            times = measure(acts, size.rounds)
            queries = queries_of(acts["request"])
            late_queries = queries_of(acts["late_request"])
            of_lists = measure_lists(found)
    figures = {
        "page_to_bare": times["page"] / times["bare"],
        "request_to_secretariat": times["request"] / times["secretariat"],
        "request_with_count_to_secretariat": times["request_with_count"] / times["secretariat_with_count"],
        "guardian_to_bare": times["guardian"] / times["bare"],
        "late_to_request": times["late_request"] / times["request"],
        "organisations_to_bare": times["organisations"] / times["organisations_bare"],
        "organisations_of_secretariat_to_bare": times["organisations_of_secretariat"] / times["organisations_bare"],
        "queries_of_a_request": float(queries),
        "queries_of_a_late_request": float(late_queries),
        **{f"milliseconds_{name}": value for name, value in times.items()},
    }
    print(
        f"{kind} data: {size.patents:,} patents, {visible:,} of them visible to the member, {size.grants:,} by grants"
    )
    for name, value in times.items():
        print(f"  {name:38} {value:9.2f} ms")
    print(f"  the page takes {figures['page_to_bare']:.2f} times the bare query, ", end="")
    print(f"the request {figures['request_to_secretariat']:.2f} times the secretariat's, in {queries} queries")
    print("  every list, some filtered, and searches      member   secretariat, ms")
    for address, (member, secretariat) in of_lists.items():
        slow = "  slow" if max(member, secretariat) > UNEXPECTED else ""
        print(f"  {address.removeprefix('/api/v1/'):42} {member:9.1f} {secretariat:9.1f}{slow}")
    sys.stdout.flush()
    over = [
        f"{name} of {kind} data is {figures[name]:.2f}, the limit {limit}"
        for name, limit in LIMITS.items()
        if figures[name] > limit
    ]
    return figures, over


def main() -> int:
    """Measure each kind of data, then print one JSON line; 1 where a figure is over its limit."""
    full = os.environ.get("FULL") == "1" or "--full" in sys.argv
    size = FULL if full else SMALL
    figures: dict[str, float] = {}
    over: list[str] = []
    for kind in KINDS:
        found, too_much = run(size, kind)
        figures |= {f"{kind}_{name}": value for name, value in found.items()}
        over += too_much
    for words in over:
        print(f"over its limit: {words}")
    print(json.dumps({"figures": {name: round(value, 3) for name, value in figures.items()}, "limits": LIMITS}))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
