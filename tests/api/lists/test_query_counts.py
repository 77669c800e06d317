"""A list costs as many queries with thirty rows as with three: nothing is fetched row by row.

Rows of every kind are added to the world of the matrix, and every list of the API is asked by those who see most of it.
"""

from collections.abc import Iterator

import pytest
from django.db import connection, reset_queries, transaction
from django.test.utils import CaptureQueriesContext

from tests.api.leaks.additions import ADDITIONS, places
from tests.api.leaks.additions.closes import add_close
from tests.api.leaks.additions.rights import add_pool
from tests.api.leaks.test_hidden_ids import address_of
from tests.api.lists.lengthening import lengthen
from tests.api.matrix.asked import question
from tests.api.matrix.asking import Asker, ask, done_with, routes
from tests.api.matrix.kept import Samples
from tests.factories.core import actor_of_seat

pytest_plugins = ["tests.api.matrix.fixtures"]

FEW, MANY = 3, 30
ROUNDS = 16
"""How often each kind of row is added, at a company of each alliance."""

WHO = ("secretariat", "finance", "site_admin", "rival")

OF_MANY_KINDS = {
    "GET audit-events": "one more for each kind of thing that events of the page are about",
    "GET notices": "one more for each kind of thing that notices of the page are about",
    "GET documents": "one more for each kind of thing that papers of the page hang on",
    "GET grants": "one more for each kind of thing that is granted on the page",
}
"""Lists whose rows are about things of several kinds, each of which is asked about by itself."""
KINDS_AT_MOST = 12

SHORT_HERE = {
    "GET report-drafts": "drafts are their licensee's alone, who is asked in tests/api/reports/test_report_drafts.py",
    "GET prepaid": "a licensee has one for each operating entity and currency",
    "GET close-runs/{run_id}/adjustments": "they come with the posting of a correction only, one for each that differs",
}
"""Lists that are not long in this world, and why."""


QUERIES: dict[tuple[str, str, str], int] = {}
"""What everything else that is read took before the rows were added, by who asked and what."""

ASKED_WITH = {
    "search": "q=Zephyr",
    "programmes/{programme_id}/totals": "from=2025-01&to=2025-12",
    "pools/{pool_id}/list-effect": "on=2027-01-01",
}
"""What a route needs to be asked at all."""

GROWS = {
    "GET home": "one more for each kind of thing that is news or waits",
    "GET search": "one more for each kind of thing that is found",
    "GET sharing/{subject_type}/{subject_id}": "one more for each kind of right given on it",
    **dict.fromkeys(
        ("GET statements/{statement_id}", "GET distribution-statements/{statement_id}/document"),
        "one more for each step from an affiliate to its affiliates: who is of the reader's own group",
    ),
}
"""What tells of many kinds of things, each of which is asked about by itself."""


@pytest.fixture(scope="module")
def askers(samples: Samples) -> Iterator[list[Asker]]:
    at = next(places(samples.world))
    seat = at.seat
    rival = Asker("rival", seat.user, actor_of_seat(seat, clock=samples.world.clock))
    admin = samples.world.seats["first other member"]
    # Who pays there.
    payer = Asker("payer", admin.user, actor_of_seat(admin, clock=samples.world.clock))
    who = [*(asker for asker in samples.askers if asker.name in WHO), rival, payer]
    for route in others():
        for asker, address in asked(route, samples, who):
            QUERIES[asker.name, route, address] = cost(asker, route, address)
    with transaction.atomic():
        lengthen(samples)
        for number in range(ROUNDS):
            for add in ADDITIONS:
                # Closes and pools bring many rows each.
                if add not in (add_close, add_pool) or number < 4:
                    add(at)
        yield who
        transaction.set_rollback(True)


def lists() -> list[str]:
    return [route for route, view in sorted(routes().items()) if route.startswith("GET ") and view.orders]


def others() -> list[str]:
    return [route for route, view in sorted(routes().items()) if route.startswith("GET ") and not view.orders]


def cost(asker: Asker, route: str, address: str) -> int:
    """Return how many queries it takes to read something; none where it is refused."""
    query = ASKED_WITH.get(route.split(" ", 1)[1], "")
    # What is written down of earlier ones is bounded for a connection.
    reset_queries()
    with CaptureQueriesContext(connection) as captured:
        response = ask(asker, route, f"{address}?{query}")
        done_with(response)
    return len(captured) if response.status_code == 200 else 0


def rows(asker: Asker, route: str, address: str, limit: int) -> tuple[int, int]:
    """Return how many rows a page has, and how many queries it took; none where it is refused."""
    reset_queries()
    with CaptureQueriesContext(connection) as captured:
        response = ask(asker, route, f"{address}?limit={limit}")
    if response.status_code != 200:
        return 0, 0
    return len(response.data["items"]), len(captured)


def asked(route: str, samples: Samples, askers: list[Asker]) -> Iterator[tuple[Asker, str]]:
    one = question(route)
    for asker in askers:
        if "{" not in route:
            yield asker, one.address
            continue
        for sample in samples.of(one.kind, asker).values():
            yield asker, address_of(one, sample)


@pytest.mark.parametrize("route", lists())
def test_thirty_rows_cost_as_many_queries_as_three(samples: Samples, askers: list[Asker], route: str) -> None:
    most, who, where = max(
        ((rows(asker, route, address, MANY)[0], asker, address) for asker, address in asked(route, samples, askers)),
        key=lambda found: found[0],
    )
    if most <= 2 * FEW:
        assert route in SHORT_HERE, f"{most} rows at most: add some in tests/api/leaks/additions"
        return
    assert route not in SHORT_HERE
    (_, few), (_, many) = rows(who, route, where, FEW), rows(who, route, where, MANY)
    more = KINDS_AT_MOST if route in OF_MANY_KINDS else 0
    assert few <= many <= few + more, f"{who.name}: {few} queries for {FEW} rows, {many} for {most}"


@pytest.mark.parametrize("route", others())
def test_what_is_no_page_of_a_list_costs_no_more_for_what_is_added(
    samples: Samples, askers: list[Asker], route: str
) -> None:
    for asker, address in asked(route, samples, askers):
        before = QUERIES.get((asker.name, route, address), 0)
        if before:
            after, more = cost(asker, route, address), KINDS_AT_MOST if route in GROWS else 0
            assert after <= before + more, f"{asker.name} {address}: {before} queries before, {after} after"
