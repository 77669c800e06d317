"""Pages of long lists are looked for row by row: the same pages, in as many queries, wherever the visible rows lie."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members.memberships.models import Membership
from platform_core.access.probing import can_be_probed, row_by_row
from platform_core.api import pagination
from platform_core.identity.models import Alliance, Organisation, Seat
from platform_core.identity.roles import Role
from pools.composition.models import PoolState
from pools.patents.indexing import read_words_again
from pools.patents.models import Ownership
from tests.api.core.clients import client_of
from tests.factories.composition import make_entry, make_pool, make_pool_member
from tests.factories.core import NOON, give_role, make_alliance, make_organisation, make_seat
from tests.factories.grants import DAY, make_grant
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent

pytestmark = pytest.mark.django_db


@pytest.fixture
def alliance() -> Alliance:
    return make_alliance()


@pytest.fixture
def company(alliance: Alliance) -> Organisation:
    company = make_organisation("看")
    make_membership(alliance, company, "A")
    return company


@pytest.fixture
def member(company: Organisation) -> Client:
    seat = make_seat(organisation=company)
    give_role(seat, Role.MEMBER_STAFF)
    return client_of(seat)


@pytest.fixture
def asked_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagination, "ASKED_AT_MOST", 5)
    monkeypatch.setattr(pagination, "MET_AT_MOST", 6)
    monkeypatch.setattr(pagination, "FEW_REACHED", 7)


def page(client: Client, address: str) -> Any:
    answer = client.get(f"/api/v1/{address}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def all_pages(client: Client, order: str, wanted: str = "") -> list[str]:
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        here = page(client, f"patents?order={order}&limit=2{wanted}" + (f"&after={after}" if after else ""))
        found += [row["publication"] for row in here["items"]]
        assert all(row["owners"] for row in here["items"])
        after = here["next"]
    return found


@pytest.mark.usefixtures("asked_few_at_a_time")
@pytest.mark.parametrize("where", ["first", "last", "both ends", "everywhere"])
def test_every_page_is_found_wherever_the_visible_rows_lie(
    where: str, alliance: Alliance, company: Organisation, member: Client
) -> None:
    other = make_organisation("他")
    mine = {
        "first": range(6),
        "last": range(24, 30),
        "both ends": (*range(3), *range(27, 30)),
        "everywhere": range(0, 30, 3),
    }[where]
    for number in range(30):
        make_patent(alliance, f"CN{number:02}B", company if number in mine else other)
    expected = [f"CN{number:02}B" for number in mine]
    assert all_pages(member, "publication") == expected
    assert all_pages(member, "-publication") == expected[::-1]
    # All have the same country: where values are equal, the ids decide.
    assert sorted(all_pages(member, "country")) == expected
    assert page(member, "patents?order=publication&limit=2&count=bounded")["total"] == len(expected)


@pytest.mark.usefixtures("asked_few_at_a_time")
@pytest.mark.parametrize("who", ["member", "of a launched pool", "office"])
@pytest.mark.parametrize("where", ["first", "last", "both ends", "everywhere", "nowhere"])
def test_every_page_of_a_search_is_found_wherever_the_visible_rows_lie(
    where: str, who: str, alliance: Alliance, company: Organisation, member: Client
) -> None:
    elsewhere = make_alliance()
    other = make_organisation("他")
    make_membership(elsewhere, other, "B")
    mine = {
        "first": range(6),
        "last": range(24, 30),
        "both ends": (*range(3), *range(27, 30)),
        "everywhere": range(0, 30, 3),
        "nowhere": (),
    }[where]
    pool = make_pool(elsewhere, "public", state=PoolState.LAUNCHED)
    public = make_pool_member(pool, Membership.objects.get(organisation=other))
    for number in range(30):
        owner = company if number in mine and who == "member" else other
        place = alliance if number in mine and who == "office" else elsewhere
        patent = make_patent(place, f"CN{number:02}B", owner, title=f"显示装置 {number}")
        if who == "of a launched pool" and number in mine:
            make_entry(public, patent)
        make_patent(place, f"DE{number:02}B", owner, title="背光")
    read_words_again()
    seat = make_seat(organisation=make_organisation("协会"))
    give_role(seat, Role.SECRETARIAT, alliance=alliance)
    client = client_of(seat) if who == "office" else member

    expected = [f"CN{number:02}B" for number in mine]

    assert all_pages(client, "publication", "&q=显示") == expected
    assert all_pages(client, "-publication", "&q=显示") == expected[::-1]


@pytest.mark.usefixtures("asked_few_at_a_time")
def test_a_walk_that_finds_too_little_is_given_up(alliance: Alliance, company: Organisation, member: Client) -> None:
    other = make_organisation("他")
    for number in range(20):
        make_patent(alliance, f"CN{number:02}B", company if number >= 15 else other)

    with CaptureQueriesContext(connection) as queries:
        page(member, "patents?order=publication&limit=2")

    asked = [row["sql"] for row in queries.captured_queries if 'FROM "patents_patent"' in row["sql"]]
    walks = [sql for sql in asked if "OFFSET 0" in sql and "LIMIT 3" in sql]
    assert len(walks) == 1
    assert 'publication" <=' in walks[0]
    assert "OFFSET 0" not in next(sql for sql in asked if "LIMIT 3" in sql and sql not in walks)


def test_the_number_of_queries_for_patents_grows_neither_with_rows_nor_with_grants(
    alliance: Alliance, company: Organisation, member: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, by = make_organisation("他"), make_seat()
    numbers = iter(range(1000))

    def add(rows: int) -> None:
        for _ in range(rows):
            number = next(numbers)
            make_patent(alliance, f"CN{number:03}B", company, other)
            granted = make_patent(alliance, f"US{number:03}B", other, country="US")
            make_grant(granted, company, "patent.read", by=by, starts_at=NOON - DAY, ends_at=NOON + 9000 * DAY)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(page(member, "patents?order=publication&limit=50")["items"]) > 1
        return len(captured)

    add(2)
    page(member, "patents")
    short = queries()
    add(20)
    assert queries() == short
    # A long list takes as many: it is looked at row by row instead of as a set.
    monkeypatch.setattr(pagination, "ASKED_AT_MOST", 60)
    for _ in range(2):
        add(20)
        assert queries() == short


def test_the_owners_on_a_page_are_asked_about_one_by_one(
    alliance: Alliance, company: Organisation, member: Client
) -> None:
    make_patent(alliance, "CN1B", company)
    with CaptureQueriesContext(connection) as queries:
        assert page(member, "patents")["items"][0]["owners"]
    (owners,) = [row["sql"] for row in queries.captured_queries if "patents_ownership" in row["sql"].split("WHERE")[0]]
    assert "OFFSET 0" in owners


def test_a_denied_right_is_asked_row_by_row_only_where_no_null_can_tell_the_two_apart() -> None:
    never_null = Ownership.objects.order_by().values("owner")
    maybe_null = Seat.objects.order_by().values("ended_at")
    assert can_be_probed(~Q(pk__in=never_null)) == ~Q(pk__reached_under_denial=never_null)
    kept = ~Q(created_at__in=maybe_null)
    assert can_be_probed(kept) is kept

    idle, owner = make_organisation("闲"), make_organisation("主")
    make_patent(make_alliance("other"), "CN9B", owner)
    rows = Organisation.objects.filter(can_be_probed(~Q(pk__in=never_null)), pk__in=[idle.pk, owner.pk])
    assert list(rows) == [idle]
    with row_by_row():
        assert list(rows.all()) == [idle]


def test_rights_over_a_foreign_key_are_asked_row_by_row_too(alliance: Alliance, company: Organisation) -> None:
    rows = Membership.objects.filter(can_be_probed(Q(alliance__in=Alliance.objects.filter(pk=alliance.pk))))
    with row_by_row(), CaptureQueriesContext(connection) as queries:
        assert [row.organisation_id for row in rows] == [company.pk]
    assert "OFFSET 0" in queries.captured_queries[0]["sql"]
