"""The search box: any form of a number, parts of names in both languages, and nothing that is hidden."""

from typing import Any

import pytest
from django.db import connection

from licensing.close.models import CloseRun
from platform_core.identity.models import Seat
from pools.patents.models import Ownership, Patent, PatentFamily
from tests.api.core.clients import client_of
from tests.factories.core import make_organisation
from tests.factories.royalties import SmallWorld, make_small_world

pytestmark = pytest.mark.django_db

LETTERS = "abcdefghijklmnopqrstuvwxyz"
"""So many words that a query which doubles with each of them would never be written to its end."""


@pytest.fixture
def world(db: None) -> SmallWorld:
    return make_small_world()


def add(world: SmallWorld, publication: str, application: str, owner: str = "M1", country: str = "CN") -> Patent:
    family = PatentFamily.objects.create(alliance=world.alliance, code=f"F-{publication}")
    patent = Patent.objects.create(
        alliance=world.alliance, family=family, publication=publication, application=application, country=country
    )
    Ownership.objects.create(patent=patent, alliance=patent.alliance, owner=world.members[owner].organisation)
    return patent


def found(seat: Seat, text: str, kind: str = "") -> list[str]:
    response = client_of(seat).get("/api/v1/search", {"q": text})
    assert response.status_code == 200, response.content
    items: list[dict[str, Any]] = response.json()["items"]
    return [item["title"] for item in items if item["type"] == kind or not kind]


@pytest.mark.parametrize(
    "text",
    [
        "CN109876543B",
        "cn 109 876 543 b",
        "CN-109876543",
        "109876543",
        "ZL201910123456.7",
        "ZL 2019 1 0123456.7",
        "201910123456",
        "201910123456.7",
        "CN201910123456",
    ],
)
def test_a_patent_is_found_by_any_form_of_its_number(world: SmallWorld, text: str) -> None:
    add(world, "CN109876543B", "201910123456.7")
    add(world, "CN109876544B", "201910123457.5")
    add(world, "US9876543B2", "US15123456", country="US")
    assert found(world.seats["secretariat"], text, "patents.patent") == ["CN109876543B"]


def test_leading_zeros_and_offices_are_told_apart(world: SmallWorld) -> None:
    add(world, "EP0123456B1", "EP83100001", country="DE")
    add(world, "US123456A", "", country="US")
    assert found(world.seats["secretariat"], "EP 123456", "patents.patent") == ["EP0123456B1"]
    assert found(world.seats["secretariat"], "123456", "patents.patent") == ["US123456A", "EP0123456B1"]


def test_a_rival_does_not_find_a_patent_that_is_in_no_pool(world: SmallWorld) -> None:
    add(world, "CN109876543B", "201910123456.7", owner="M1")
    assert found(world.seats["M1"], "109876543") == ["CN109876543B"]
    assert found(world.seats["M2"], "109876543") == []
    assert found(make_small_world("other").seats["secretariat"], "109876543") == []


@pytest.mark.parametrize("text", ["显示科技", "汉江显", "Hanjiang disp", "DISPLAY"])
def test_an_organisation_is_found_by_part_of_either_name(world: SmallWorld, text: str) -> None:
    organisation = world.members["M2"].organisation
    organisation.name_zh, organisation.name_en = "汉江显示科技有限公司", "Hanjiang Display Ltd."
    organisation.save()
    make_organisation("汉江显示科技二厂", name_en="Hanjiang Display Two")
    assert found(world.seats["M1"], text, "identity.organisation") == ["汉江显示科技有限公司"]


def test_pools_programmes_licences_and_closes_are_found_by_those_who_see_them(world: SmallWorld) -> None:
    run = CloseRun.objects.create(
        programme=world.programme,
        period="2025Q1",
        first_month="2025-01-01",
        last_month="2025-03-01",
        number=1,
        terms_version=world.terms,
        opened_at=world.clock.now(),
    )
    assert run.period == "2025Q1"
    assert found(world.seats["calculator"], "uhd 2025Q", "close.closerun") == ["uhd-tv 2025Q1"]
    assert found(world.seats["M1"], "2025Q1", "close.closerun") == []
    assert found(world.seats["M1"], "television", "terms.programme") == ["Television sets"]
    assert found(world.seats["M1"], "main", "composition.pool") == ["Main pool"]
    assert found(world.seats["calculator"], "L2", "agreements.licence") == ["L2"]
    assert found(world.seats["L1"], "nothing") == []


@pytest.mark.parametrize(
    "text", ["", "a", "%", "__", "'; drop table", "\\", "ＣＮ", "9" * 500, "CN\x00123456", " ".join(LETTERS)]
)
def test_whatever_is_typed_is_answered(world: SmallWorld, text: str) -> None:
    assert client_of(world.seats["M1"]).get("/api/v1/search", {"q": text}).status_code == 200


def test_searching_takes_the_same_queries_however_much_there_is(
    world: SmallWorld, django_assert_max_num_queries: Any
) -> None:
    client = client_of(world.seats["secretariat"])
    for number in range(30):
        add(world, f"CN10987654{number:02d}B", f"2019101234{number:02d}")
    with django_assert_max_num_queries(15):
        assert len(client.get("/api/v1/search", {"q": "CN10987654"}).json()["items"]) == 8


def test_numbers_and_names_are_met_from_their_indexes(world: SmallWorld) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plans = []
        for condition in (
            """search_key(publication) COLLATE "C" LIKE 'CN1098%%'""",
            """search_digits(publication) COLLATE "C" LIKE '1098%%'""",
            """search_digits(application) COLLATE "C" LIKE '2019%%'""",
        ):
            cursor.execute(f"EXPLAIN SELECT id FROM patents_patent WHERE {condition}")
            plans.append("\n".join(row[0] for row in cursor.fetchall()))
        cursor.execute(
            "EXPLAIN SELECT id FROM identity_organisation WHERE search_grams(name_zh, name_en) @> ARRAY['显示']::text[]"
        )
        plans.append("\n".join(row[0] for row in cursor.fetchall()))
    names = (
        "patent_by_publication_key",
        "patent_by_publication_digits",
        "patent_by_application_digits",
        "organisation_by_grams",
    )
    for name, plan in zip(names, plans, strict=True):
        assert name in plan
