"""Explanations over HTTP: finance opens a close down to its patents, a member learns what counted for it only."""

import json
from datetime import date
from typing import Any

import pytest

from licensing.close.models import CloseRun, Statement
from platform_core.access.models import AccessLogEntry
from pools.composition.models import PoolEntry, PoolMember
from pools.patents.models import Ownership, Patent, PatentFamily
from tests.api.core.clients import client_of
from tests.factories.royalties import SmallWorld, make_small_world, report_whole_year

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

BY_PATENTS = """
[programme]
admin_fee_percent = "10"
[[rates]]
id = "device"
bands = [{above = 0, per_unit = "0"}, {above = 1000, per_unit = "0.20"}, {above = 50000, per_unit = "0.10"}]
[allocation]
by = "patents"
class_weights = {A = "3"}
"""


@pytest.fixture
def world(transactional_db: None) -> SmallWorld:
    world = make_small_world(document=BY_PATENTS)
    for number, (member, label) in enumerate((("M1", "A"), ("M1", ""), ("M2", ""), ("M3", ""))):
        add_patent(world, f"CN{number}", member, label)
    report_whole_year(world)
    return world


def add_patent(world: SmallWorld, publication: str, member: str, label: str) -> None:
    family = PatentFamily.objects.create(alliance=world.alliance, code=f"F-{publication}")
    patent = Patent.objects.create(
        alliance=world.alliance,
        family=family,
        publication=publication,
        country="CN",
        granted_on=date(2020, 1, 1),
    )
    Ownership.objects.create(patent=patent, alliance=patent.alliance, owner=world.members[member].organisation)
    part = PoolMember.objects.get(pool=world.pool, membership=world.members[member])
    PoolEntry.objects.create(member=part, patent=patent, class_label=label)


BY_COVERAGE = (
    BY_PATENTS.partition("[allocation]")[0]
    + """[allocation]
by = "coverage"
"""
)


def explained(world: SmallWorld, run: CloseRun, who: str = "approver", **asked: str) -> Any:
    return client_of(world.seats[who]).get(f"/api/v1/close-runs/{run.pk}/explanation", asked)


def test_families_of_which_one_is_enough_have_no_part_of_their_own(transactional_db: None) -> None:
    """M1 has two families, M2 and M3 one each: all three get a third, and M1's two stand for the whole of it."""
    world = make_small_world(document=BY_COVERAGE)
    for number, member in enumerate(("M1", "M1", "M2", "M3")):
        add_patent(world, f"CN{number}", member, "")
    report_whole_year(world)
    run = world.calculated("2025Q1")
    asked = {"payee": "M1", "product": "tv", "country": "CN", "licence": "L2"}
    asked["bucket"] = explained(world, run, **asked).json()["parts"][0]["key"]
    (rule,) = explained(world, run, **asked).json()["parts"]
    assert rule["reasons"][0]["key"] == "close.allocation.coverage"
    assert int(rule["micros"]) > 0
    families = explained(world, run, **asked, rule=rule["key"]).json()["parts"]
    assert [(part["key"], part["amount_minor"], part["facts"]["one_is_enough"]) for part in families] == [
        ("F-CN0", None, True),
        ("F-CN1", None, True),
    ]
    third = explained(world, run, payee="M1").json()["path"][-1]["amount_minor"]
    assert explained(world, run, payee="M2").json()["path"][-1]["amount_minor"] in (third, third - 1)


def test_finance_opens_an_amount_down_to_the_patents_behind_it(world: SmallWorld) -> None:
    run = world.calculated("2025Q1")
    asked: dict[str, str] = {}
    for level, key in (("payee", "M1"), ("product", "tv"), ("country", "CN"), ("licence", "L2"), ("bucket", "")):
        document = explained(world, run, **asked).json()
        assert document["level"] == level
        assert sum(part["amount_minor"] for part in document["parts"]) == document["path"][-1]["amount_minor"]
        asked[level] = key or document["parts"][0]["key"]
    bucket = explained(world, run, **asked).json()
    (rule,) = bucket["parts"]
    assert [reason["key"] for reason in bucket["path"][-1]["reasons"]] == ["close.rate.bands"]
    assert rule["reasons"][0]["key"] == "close.allocation.patents"
    assert (rule["reasons"][0]["values"]["weight"], rule["reasons"][0]["values"]["weights"]) == ("4", "6")
    families = explained(world, run, **asked, rule=rule["key"]).json()
    assert families["level"] == "family"
    assert [(part["key"], part["facts"]["weight"]) for part in families["parts"]] == [("F-CN0", "3"), ("F-CN1", "1")]
    assert sum(part["amount_minor"] for part in families["parts"]) == rule["amount_minor"]
    assert families["parts"][0]["facts"]["patents"][0]["granted"] == "2020-01-01"
    assert [part["level"] for part in families["path"]] == [
        "total",
        "payee",
        "product",
        "country",
        "licence",
        "bucket",
        "rule",
    ]
    assert AccessLogEntry.objects.filter(action="close_run.explanation_viewed", subject_id=run.pk).count() == 7


def test_an_explanation_takes_the_same_queries_however_large_the_close_is(
    world: SmallWorld, django_assert_max_num_queries: Any
) -> None:
    run = world.calculated("2025Q1")
    client = client_of(world.seats["approver"])
    asked = {"payee": "M1", "product": "tv", "country": "CN", "licence": "L2"}
    with django_assert_max_num_queries(20):
        assert client.get(f"/api/v1/close-runs/{run.pk}/explanation", asked).status_code == 200


def test_others_find_no_explanation(world: SmallWorld) -> None:
    run = world.closed("2025Q1")
    for who in ("secretariat", "M1", "L1"):
        assert explained(world, run, who).status_code == 404
    assert not AccessLogEntry.objects.exists()


def test_a_run_without_results_and_a_node_that_is_not_there_are_not_found(world: SmallWorld) -> None:
    run = world.calculated("2025Q1")
    assert explained(world, run, payee="nobody").status_code == 404
    assert explained(world, run, product="tv").status_code == 422


def test_a_member_learns_which_of_its_patents_counted_and_nothing_of_sales(world: SmallWorld) -> None:
    run = world.closed("2025Q1")
    statement = Statement.objects.get(run=run, membership=world.members["M1"])
    address = f"/api/v1/statements/{statement.pk}/explanation"
    document = client_of(world.seats["M1"]).get(address).json()
    assert document["amount_minor"] == statement.amount_minor
    assert document["counts"] == {"families": 2, "patents": 2, "pool_families": 4}
    assert [family["family"] for family in document["families"]] == ["F-CN0", "F-CN1"]
    text = json.dumps(document)
    assert not any(hidden in text for hidden in ("L1", "L2", "L3", "CN2", "CN3", '"tv"'))
    assert client_of(world.seats["M2"]).get(address).status_code == 404
    assert set(AccessLogEntry.objects.values_list("action", "subject_id")) == {
        ("statement.explanation_viewed", statement.pk)
    }
