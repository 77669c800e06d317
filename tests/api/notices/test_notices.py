"""Notices: told in the transaction, to those concerned, and gone with the right to see what they are about."""

from typing import Any

import pytest
from django.db import transaction

from licensing.close.models import CloseRun
from licensing.close.services import approve_close_run, send_back_close_run
from platform_core.api import requests
from platform_core.identity.models import RoleAssignment
from platform_core.notices.models import Notice
from platform_core.notices.services import notify_seats
from tests.api.core.clients import client_of
from tests.factories.royalties import SmallWorld, make_small_world
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


@pytest.fixture(autouse=True)
def _in_the_worlds_time(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "request_clock", world.clock)


def told(world: SmallWorld, who: str, **asked: str) -> list[Any]:
    response = client_of(world.seats[who]).get("/api/v1/notices", asked)
    assert response.status_code == 200, response.content
    document = response.json()
    assert document["total"] == len(document["items"])
    rows: list[Any] = document["items"]
    return rows


def kinds(world: SmallWorld, who: str) -> list[str]:
    return [row["kind"] for row in told(world, who)]


def test_each_step_of_a_close_is_told_to_the_other_person(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    (notice,) = told(world, "approver")
    assert (notice["kind"], notice["subject_type"], notice["subject_id"]) == (
        "close_run.awaits_approval",
        "close.closerun",
        str(run.pk),
    )
    assert notice["values"] == {"programme": "uhd-tv", "period": "2025Q1", "number": 1}
    assert kinds(world, "calculator") == []
    send_back_close_run(actor=world.acting("approver"), run_id=run.pk, reason="check L2")
    (back,) = told(world, "calculator")
    assert (back["kind"], back["values"]["reason"]) == ("close_run.sent_back", "check L2")
    assert kinds(world, "approver") == ["close_run.awaits_approval"]


def test_members_are_told_of_their_own_statement_once_it_is_posted(world: SmallWorld, filed: Filed) -> None:
    run = world.closed("2025Q1")
    assert run.status == "posted"
    for member in ("M1", "M2", "M3"):
        (notice,) = told(world, member)
        assert notice["kind"] == "statement.available"
    amounts = {member: told(world, member)[0]["values"]["amount_minor"] for member in ("M1", "M2", "M3")}
    assert amounts == {"M1": 135_000, "M2": 81_000, "M3": 54_000}
    assert kinds(world, "secretariat") == kinds(world, "L1") == []


def test_what_one_may_see_no_more_one_hears_of_no_more(world: SmallWorld, filed: Filed) -> None:
    world.calculated("2025Q1")
    assert len(told(world, "approver")) == 1
    RoleAssignment.objects.filter(seat=world.seats["approver"]).update(ends_at=world.clock.now())
    assert told(world, "approver") == told(world, "approver", unread="1") == []
    marked = client_of(world.seats["approver"]).post("/api/v1/notices/read", {}, content_type="application/json")
    assert marked.json() == {"marked": 0}
    assert Notice.objects.get(seat=world.seats["approver"]).read_at is None


def test_a_step_that_fails_tells_nobody(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    before = Notice.objects.count()

    def approve_and_fail() -> None:
        with transaction.atomic():
            approve_close_run(actor=world.acting("approver"), run_id=run.pk)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        approve_and_fail()
    assert Notice.objects.count() == before
    with pytest.raises(RuntimeError, match="outside the transaction"):
        notify_seats(actor=world.acting("approver"), seats=[world.seats["M1"].pk], kind="close_run.posted", subject=run)


def test_notices_are_marked_one_by_one_or_all_and_never_anothers(world: SmallWorld, filed: Filed) -> None:
    for period in ("2025Q1", "2025Q2"):
        world.closed(period)
    client = client_of(world.seats["M1"])
    first, second = told(world, "M1")
    other = told(world, "M2")[0]["id"]
    refused = client.post("/api/v1/notices/read", {"ids": [first["id"], other]}, content_type="application/json")
    assert refused.status_code == 422
    assert len(told(world, "M1", unread="1")) == 2
    marked = client.post("/api/v1/notices/read", {"ids": [first["id"]]}, content_type="application/json")
    assert marked.json() == {"marked": 1}
    assert [row["id"] for row in told(world, "M1", unread="1")] == [second["id"]]
    assert client.post("/api/v1/notices/read", {}, content_type="application/json").json() == {"marked": 1}
    assert told(world, "M1", unread="1") == []
    assert len(told(world, "M2", unread="1")) == 2


def test_another_alliance_hears_nothing(world: SmallWorld, filed: Filed) -> None:
    other = make_small_world("other")
    run = world.closed("2025Q1")
    assert CloseRun.objects.get(pk=run.pk).status == "posted"
    for who in ("calculator", "approver", "M1"):
        assert client_of(other.seats[who]).get("/api/v1/notices").json()["total"] == 0


def test_notices_take_the_same_queries_however_many_there_are(
    world: SmallWorld, filed: Filed, django_assert_max_num_queries: Any
) -> None:
    for period in ("2025Q1", "2025Q2", "2025Q3"):
        world.closed(period)
    client = client_of(world.seats["approver"])
    with django_assert_max_num_queries(10):
        assert len(client.get("/api/v1/notices").json()["items"]) == 3
