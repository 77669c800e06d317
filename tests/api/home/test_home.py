"""The home page: each role sees what it can do next, and nobody sees what is another's."""

from datetime import date, timedelta
from typing import Any

import pytest

from licensing.agreements.models import Licence
from licensing.close.lifecycle import Calculation, RunStatus
from licensing.close.models import Statement
from licensing.close.services import approve_close_run, send_back_close_run, start_close_run
from platform_core.api import requests
from platform_core.home.models import HomeVisit
from platform_core.identity.roles import Role
from platform_core.jobs.lifecycle import JobState
from platform_core.jobs.models import Job
from tests.api.core.clients import client_of
from tests.factories.billing import billed, set_up_billing
from tests.factories.core import make_organisation
from tests.factories.royalties import SmallWorld, add_licensee, make_person, make_small_world
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


@pytest.fixture(autouse=True)
def _in_the_worlds_time(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "request_clock", world.clock)


def home(world: SmallWorld, who: str) -> Any:
    response = client_of(world.seats[who]).get("/api/v1/home")
    assert response.status_code == 200, response.content
    return response.json()


def kinds(document: Any) -> list[str]:
    return [row["kind"] for row in document["waiting"]]


def test_the_second_person_is_asked_to_approve_and_the_first_is_not(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q4")
    waiting = home(world, "approver")["waiting"]
    assert [row["kind"] for row in waiting] == ["close.approve"]
    assert waiting[0] == {
        "id": f"close.approve:{run.pk}",
        "kind": "close.approve",
        "subject_type": "close.closerun",
        "subject_id": str(run.pk),
        "title": "uhd-tv 2025Q4",
        "detail": {
            "programme": "uhd-tv",
            "period": "2025Q4",
            "number": 1,
            "distributed_minor": run.distributed_minor,
            "currency": "CNY",
            "calculated_by": str(run.calculated_by),
        },
        "since": waiting[0]["since"],
        "due_on": None,
        "severity": "attention",
        "step": "approve",
    }
    assert kinds(home(world, "calculator")) == []
    approve_close_run(actor=world.acting("approver"), run_id=run.pk)
    assert kinds(home(world, "calculator")) == ["close.post"]


def test_finance_hears_what_went_back_and_which_period_is_to_be_closed_next(world: SmallWorld, filed: Filed) -> None:
    world.closed("2025Q1")
    run = world.calculated("2025Q2")
    send_back_close_run(actor=world.acting("approver"), run_id=run.pk, reason="check")
    waiting = {row["kind"]: row for row in home(world, "calculator")["waiting"]}
    assert waiting["close.calculate"]["title"] == "uhd-tv 2025Q2"
    assert waiting["close.calculate"]["detail"]["sent_back_reason"] == "check"
    assert waiting["close.start"]["title"] == "uhd-tv 2025Q3"
    assert waiting["close.start"]["due_on"] == "2025-10-01"
    world.calculated("2025Q3")
    run.refresh_from_db()
    titles = {(row["kind"], row["title"]) for row in home(world, "calculator")["waiting"]}
    assert titles == {
        ("close.start", "uhd-tv 2025Q4"),
        ("close.calculate", "uhd-tv 2025Q2"),
    }


def test_a_rejected_calculation_comes_first(world: SmallWorld, filed: Filed) -> None:
    world.calculated("2025Q3")
    run = start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2025Q4")
    type(run).objects.filter(pk=run.pk).update(calculation=Calculation.REJECTED)
    waiting = home(world, "approver")["waiting"]
    assert [(row["kind"], row["severity"]) for row in waiting] == [
        ("close.rejected", "overdue"),
        ("close.approve", "attention"),
    ]


def test_reports_that_lack_are_told_to_those_concerned(world: SmallWorld, filed: Filed) -> None:
    Licence.objects.update(starts_on=date(2025, 1, 1))
    add_licensee(world, "L4", starts_on=date(2025, 10, 1))
    world.report("L4", [("2025-10", 1), ("2025-11", 1)], first="2025-10", last="2025-11")
    (mine,) = home(world, "L4")["waiting"]
    assert (mine["kind"], mine["title"], mine["detail"]["last_month"]) == ("report.due", "L4", "2025-12")
    assert (mine["due_on"], mine["severity"]) == ("2026-01-30", "overdue")
    assert kinds(home(world, "L1")) == []
    for office in ("calculator", "secretariat"):
        (row,) = [row for row in home(world, office)["waiting"] if row["kind"] == "report.missing"]
        assert row["detail"] == {"count": 1, "first_month": "2025-10", "last_month": "2025-12"}
    assert kinds(home(world, "M1")) == []


def test_a_member_sees_its_new_statement_until_it_has_looked(world: SmallWorld, filed: Filed) -> None:
    run = world.closed("2025Q1")
    world.closed("2025Q2")
    world.clock.move(timedelta(minutes=1))
    document = home(world, "M1")
    changed = [row for row in document["changed"] if row["text_key"] == "statement.available"]
    assert [row["values"]["period"] for row in changed] == ["2025Q2", "2025Q1"] or len(changed) == 2
    (figure,) = document["figures"]
    own = Statement.objects.get(run=run, membership=world.members["M1"])
    assert (figure["key"], figure["unit"], figure["previous"]) == ("statement.amount", "CNY", own.amount_minor)
    client = client_of(world.seats["M1"])
    seen = client.put("/api/v1/home/seen")
    assert seen.status_code == 200
    assert home(world, "M1")["changed"] == []
    assert HomeVisit.objects.get().seat_id == world.seats["M1"].pk
    assert any(row["text_key"] == "statement.available" for row in home(world, "M2")["changed"])


def test_what_changed_is_told_by_name_as_far_as_the_reader_may_see_the_thing(world: SmallWorld, filed: Filed) -> None:
    world.closed("2025Q1")
    told = {(row["text_key"], row["values"].get("title")) for row in home(world, "approver")["changed"]}
    assert ("close_run.calculated", "uhd-tv 2025Q1 #1") in told, told
    assert ("sales_report.filed", "L1 2025-01 – 2025-03") in told, told
    assert not any("L1" in str(row["values"]) for row in home(world, "M1")["changed"])


def test_another_alliance_and_licensees_hear_of_no_close(world: SmallWorld, filed: Filed) -> None:
    world.calculated("2025Q4")
    other = make_small_world("other")
    for stranger in ("calculator", "M1"):
        document = client_of(other.seats[stranger]).get("/api/v1/home").json()
        assert not any(row["kind"].startswith("close") for row in document["waiting"])
        assert not any(row["text_key"].startswith("close_run") for row in document["changed"])
        assert document["figures"] == []
    assert not any(row["text_key"].startswith("close_run") for row in home(world, "L1")["changed"])


def test_whoever_runs_the_site_hears_of_failed_work_without_its_contents(world: SmallWorld) -> None:
    admin = make_person(make_organisation(), "admin", Role.SITE_ADMIN)
    for _ in range(2):
        Job.objects.create(
            task="close_run.calculate",
            state=JobState.FAILED,
            error="secret 123",
            created_at=world.clock.now(),
            finished_at=world.clock.now(),
        )
    answer = client_of(admin).get("/api/v1/home")
    (row,) = answer.json()["waiting"]
    assert (row["kind"], row["title"], row["detail"]) == ("job.failed", "close_run.calculate", {"count": 2})
    assert b"secret" not in answer.content
    assert "job.failed" not in kinds(home(world, "calculator"))


def test_the_home_page_takes_the_same_queries_however_much_there_is(
    world: SmallWorld, filed: Filed, django_assert_max_num_queries: Any
) -> None:
    series = set_up_billing(world)
    for period in ("2025Q1", "2025Q2", "2025Q3"):
        billed(world, world.closed(period), series)
    assert world.calculated("2025Q4").status == RunStatus.CALCULATED
    for who, most in (("approver", 33), ("M1", 16), ("secretariat", 18), ("L1", 19)):
        client = client_of(world.seats[who])
        with django_assert_max_num_queries(most):
            assert client.get("/api/v1/home").status_code == 200
