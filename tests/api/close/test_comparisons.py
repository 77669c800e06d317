"""Comparisons over HTTP: finance sees why each amount changed, nobody else sees any of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from licensing.close.models import CloseRun
from platform_core.access.models import AccessLogEntry
from platform_core.identity.roles import Role
from tests.api.core.clients import client_of
from tests.factories.core import give_role, make_seat
from tests.factories.grants import make_grant
from tests.factories.royalties import SmallWorld, make_small_world, report_whole_year
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


def compared(world: SmallWorld, run: CloseRun, who: str = "approver", **asked: str) -> Any:
    return client_of(world.seats[who]).get(f"/api/v1/close-runs/{run.pk}/comparison", asked)


def test_finance_reads_why_each_amount_changed_since_the_period_before(world: SmallWorld, filed: Filed) -> None:
    last = world.closed("2025Q1")
    run = world.calculated("2025Q2")
    document = compared(world, run).json()
    assert document["against"]["id"] == str(last.pk)
    for row in (document["total"], *document["payees"], *document["countries"], *document["products"]):
        assert sum(reason["amount_minor"] for reason in row["reasons"]) == row["difference_minor"]
    assert [row["key"] for row in document["payees"]] == ["M1", "M2", "M3", "~fee"]
    assert [row["key"] for row in document["countries"]] == ["CN"]
    assert document["total"]["difference_minor"] == run.distributed_minor - last.distributed_minor
    assert {reason["key"] for reason in document["total"]["reasons"]} == {"tariff_position"}
    assert AccessLogEntry.objects.filter(action="close_run.comparison_viewed", subject_id=run.pk).count() == 1


def test_the_first_close_of_a_programme_has_nothing_to_be_compared_with(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    document = compared(world, run).json()
    assert document["against"] is None
    for row in (document["total"], *document["payees"], *document["countries"], *document["products"]):
        assert (row["last_minor"], row["reasons"]) == (0, [])


def test_an_auditor_of_one_close_alone_is_told_neither_that_there_is_one_before_nor_that_there_is_none(
    world: SmallWorld, filed: Filed
) -> None:
    first = world.closed("2025Q1")
    second = world.closed("2025Q2")
    told = []
    for run in (first, second):
        auditor = make_seat()
        give_role(auditor, Role.CLOSE_AUDITOR)
        until = datetime(2100, 1, 1, tzinfo=UTC)
        make_grant(run, auditor, by=world.seats["approver"], role=Role.CLOSE_AUDITOR, ends_at=until)
        client = client_of(auditor)
        comparison = client.get(f"/api/v1/close-runs/{run.pk}/comparison").json()
        asked = {"as": "csv", "language": "en"}
        lines = client.get(f"/api/v1/close-runs/{run.pk}/sheet/document", asked).content.decode().splitlines()
        told.append(
            (
                comparison["against"],
                comparison["total"]["reasons"],
                [line for line in lines if line.startswith(("Compared with", "Payee,"))],
                lines[lines.index("Why the total changed") + 2],
            )
        )
    nothing = "no other close that may be shown"
    assert told == [(None, [], [f"Compared with,{nothing}", "Payee,this period,this period (exact)"], nothing)] * 2


def test_another_close_may_be_named_as_long_as_it_is_of_the_programme(world: SmallWorld, filed: Filed) -> None:
    first = world.closed("2025Q1")
    world.closed("2025Q2")
    run = world.calculated("2025Q3")
    assert compared(world, run, against=str(first.pk)).json()["against"]["period"] == "2025Q1"
    other = make_small_world("other")
    report_whole_year(other)
    stranger = other.calculated("2025Q1")
    for named in (str(stranger.pk), "x"):
        assert compared(world, run, against=named).status_code == 422


@pytest.mark.parametrize("who", ["secretariat", "M1", "L1"])
def test_others_find_no_comparison(world: SmallWorld, filed: Filed, who: str) -> None:
    assert compared(world, world.closed("2025Q1"), who).status_code == 404
    assert not AccessLogEntry.objects.exists()
