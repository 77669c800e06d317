"""Whoever approves closes without being of finance: the approval sheet, and nothing that it was made from."""

import json
import re
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseBucket, CloseRun, LicenceResult, Statement
from licensing.reports.models import SalesReport
from platform_core.access.actors import Actor
from platform_core.access.models import AccessLogEntry
from platform_core.identity.models import Organisation, Seat
from platform_core.identity.roles import Purpose, Role
from platform_core.realtime.topics import Topic, topics_heard_by
from tests.api.core.clients import client_of
from tests.api.matrix.asking import routes
from tests.factories.conflicts import make_declared_tie
from tests.factories.core import give_role, make_seat
from tests.factories.royalties import SmallWorld, make_person, make_small_world, report_whole_year
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

OPEN_TO_APPROVERS = {
    "GET close-runs/{run_id}/sheet",
    "GET close-runs/{run_id}/sheet/document",
    "POST close-runs/{run_id}/approval",
    "POST close-runs/{run_id}/return",
}
"""Everything below closes that somebody who sees the approval sheet only may ask for."""

OF_ONESELF = {
    "GET me",
    "GET me/sessions",
    "GET home",
    "GET notices",
    "GET organisations",
    "GET seats",
    "GET role-assignments",
}
"""Lists in which an approver finds itself, its own seat, role and firm."""


@pytest.fixture
def treasurer(world: SmallWorld) -> Seat:
    firm = Organisation.objects.create(name_en="accountants")
    world.seats["treasurer"] = make_person(firm, "treasurer", Role.CLOSE_APPROVER, entity=world.entity)
    return world.seats["treasurer"]


def ask(client: Client, route: str, run: CloseRun, **ids: str) -> Any:
    method, address = route.split(" ", 1)
    address = re.sub(r"\{(\w+)\}", lambda found: ids.get(found.group(1), str(run.pk)), address)
    send = getattr(client, method.lower())
    if method == "GET":
        return send(f"/api/v1/{address}")
    return send(
        f"/api/v1/{address}",
        {"reason": "why"},
        content_type="application/json",
        headers={"If-Match": "*", "Idempotency-Key": f"key-{address[-30:]}"},
    )


def items_of(answer: Any) -> list[Any]:
    """Return what an answer lists; a file is one thing."""
    if "json" not in answer.headers["Content-Type"]:
        return [answer.content]
    document = answer.json()
    return list(document if isinstance(document, list) else document.get("items", []))


def test_an_approver_reaches_nothing_below_a_close_but_the_sheet_and_its_two_steps(
    world: SmallWorld, filed: Filed, treasurer: Seat
) -> None:
    world.closed("2025Q1")
    run = world.calculated("2025Q2")
    statement = Statement.objects.filter(run=run).earliest("pk")
    below = [route for route in sorted(routes()) if re.match(r"\w+ (close-runs|statements)/", route)]
    assert len(below) > len(OPEN_TO_APPROVERS) + 15
    for route in below:
        told = ask(client_of(treasurer), route, run, statement_id=str(statement.pk))
        if route not in OPEN_TO_APPROVERS:
            assert told.status_code == 404, f"{route}: {told.status_code} {told.content[:200]!r}"
    run.refresh_from_db()
    assert run.status == RunStatus.APPROVED


def test_what_an_approver_is_given_anywhere_is_what_anybody_is_given(
    world: SmallWorld, filed: Filed, treasurer: Seat
) -> None:
    """Every route of the API that reads without an id, beside somebody of the same firm without any role."""
    posted, run = world.closed("2025Q1"), world.calculated("2025Q2")
    colleague = make_seat(organisation=treasurer.organisation)
    lists = [route for route in sorted(routes()) if route.startswith("GET ") and "{" not in route]
    more = {
        route
        for route in lists
        if route not in OF_ONESELF
        and items_of(ask(client_of(treasurer), route, run)) != items_of(ask(client_of(colleague), route, run))
    }
    assert more == {"GET approval-sheets"}
    rows = client_of(treasurer).get("/api/v1/approval-sheets").json()["items"]
    assert [row["id"] for row in rows] == [str(run.pk)]
    assert client_of(treasurer).get("/api/v1/approval-sheets?format=csv").status_code == 403

    found = client_of(treasurer).get("/api/v1/search", {"q": world.programme.code}).json()
    assert str(run.pk) not in json.dumps(found)
    hidden: list[Model] = [run, posted]
    for model in (CloseBucket, LicenceResult, Statement):
        hidden += [model.objects.filter(run=run).earliest("pk")]
    hidden += [world.programme, world.terms, world.licences["L1"], SalesReport.objects.earliest("pk")]
    assert topics_heard_by(world.acting("treasurer"), [Topic.of(row) for row in hidden]) <= {
        Topic.of(world.programme),
        Topic.of(world.terms),
        Topic.of(world.licences["L1"]),
    }, "launched programmes, their terms and licensees' names are public"
    totals = client_of(treasurer).get(f"/api/v1/programmes/{world.programme.pk}/totals")
    assert totals.status_code in (403, 404)
    exact = client_of(treasurer).get(f"/api/v1/audit-events?subject_type=close.closerun&subject_id={run.pk}")
    assert exact.status_code in (403, 404) or items_of(exact) == []


def test_the_sheet_is_the_same_as_that_of_finance_and_is_logged(
    world: SmallWorld, filed: Filed, treasurer: Seat
) -> None:
    world.closed("2025Q1")
    run = world.calculated("2025Q2")
    address = f"/api/v1/close-runs/{run.pk}/sheet"
    told, of_finance = client_of(treasurer).get(address), client_of(world.seats["approver"]).get(address)
    steps = ["approve", "send back"]
    assert told.json() == {**of_finance.json(), "allowed_steps": steps}
    assert told.json()["comparison"]["against"]["period"] == "2025Q1"
    assert client_of(treasurer).get(f"{address}/document?as=pdf").content.startswith(b"%PDF-")
    assert client_of(treasurer).get(f"{address}/document?as=xlsx").status_code == 200
    logged = AccessLogEntry.objects.filter(seat=treasurer).order_by("pk").values_list("action", flat=True)
    assert [*logged] == ["close_run.sheet_viewed", "close_run.sheet_downloaded", "close_run.sheet_downloaded"]


def test_an_approver_is_told_approves_and_may_read_again_what_it_signed(
    world: SmallWorld, filed: Filed, treasurer: Seat
) -> None:
    run = world.calculated("2025Q1")
    client = client_of(treasurer)
    notices = client.get("/api/v1/notices").json()["items"]
    assert [(row["kind"], row["subject_id"]) for row in notices] == [("close_run.awaits_approval", str(run.pk))]
    waiting = client.get("/api/v1/home").json()["waiting"]
    assert [(row["kind"], row["subject_id"]) for row in waiting] == [("close.approve", str(run.pk))]

    sheet = client.get(f"/api/v1/close-runs/{run.pk}/sheet")
    approve = f"/api/v1/close-runs/{run.pk}/approval"
    assert client.post(approve, headers={"If-Match": '"stale"'}).status_code == 412
    approved = client.post(approve, headers={"If-Match": sheet.headers["ETag"]})
    assert approved.status_code == 200, approved.content
    document = approved.json()
    assert (document["status"], document["approved_by"]["id"]) == ("approved", str(treasurer.user_id))
    assert (document["job_id"], document["asked_by"], document["message"]) == (None, None, "")
    assert client.get(f"/api/v1/close-runs/{run.pk}/sheet").json()["allowed_steps"] == []
    assert client.get("/api/v1/home").json()["waiting"] == []
    assert (
        client_of(world.seats["approver"])
        .post(f"/api/v1/close-runs/{run.pk}/posting", headers={"If-Match": "*"})
        .json()["status"]
        == "posted"
    )


def test_an_approver_sends_back_with_a_reason_and_then_sees_the_run_no_more(
    world: SmallWorld, filed: Filed, treasurer: Seat
) -> None:
    run = world.calculated("2025Q1")
    address = f"/api/v1/close-runs/{run.pk}"
    sent = client_of(treasurer).post(
        f"{address}/return", {"reason": "M2 twice"}, content_type="application/json", headers={"If-Match": "*"}
    )
    assert (sent.status_code, sent.json()["status"], sent.json()["sent_back_reason"]) == (200, "draft", "M2 twice")
    assert client_of(treasurer).get(f"{address}/sheet").status_code == 404
    assert client_of(treasurer).get("/api/v1/approval-sheets").json()["items"] == []


def test_a_role_at_another_entity_or_with_a_tie_opens_no_sheet(
    world: SmallWorld, filed: Filed, treasurer: Seat
) -> None:
    run = world.calculated("2025Q1")
    stranger = make_small_world("second")
    outsider = make_person(Organisation.objects.create(name_en="x"), "x", Role.CLOSE_APPROVER, entity=stranger.entity)
    address = f"/api/v1/close-runs/{run.pk}/sheet"
    assert client_of(outsider).get(address).status_code == 404
    assert client_of(treasurer).get(address).status_code == 200
    make_declared_tie(treasurer.user, world.members["M1"].organisation)
    assert client_of(treasurer).get(address).status_code == 404


def test_who_calculated_does_not_approve_from_another_seat_either(
    world: SmallWorld, filed: Filed, treasurer: Seat
) -> None:
    run = world.calculated("2025Q1")
    again = make_seat(user=world.seats["calculator"].user, organisation=treasurer.organisation)
    give_role(again, Role.CLOSE_APPROVER, entity=world.entity)
    told = client_of(again).post(f"/api/v1/close-runs/{run.pk}/approval", headers={"If-Match": "*"})
    assert told.status_code == 403
    run.refresh_from_db()
    assert (run.status, run.approved_by) == (RunStatus.CALCULATED, None)


def test_the_role_is_held_at_an_entity_and_has_no_purpose(world: SmallWorld, treasurer: Seat) -> None:
    office = client_of(world.seats["secretariat"])
    body = {"seat": str(treasurer.pk), "role": "close_approver", "operating_entity": str(world.entity.pk)}

    def give(**more: str) -> int:
        return office.post(
            "/api/v1/role-assignments",
            {**body, **more},
            content_type="application/json",
            headers={"Idempotency-Key": f"give-{len(more)}-approver"},
        ).status_code

    assert give(purpose=Purpose.ROYALTIES) == 422
    treasurer.role_assignments.update(ends_at=world.clock.now())
    assert give() == 201


def actors_of(world: SmallWorld) -> list[Actor]:
    return [world.acting(name) for name in ("calculator", "treasurer")]


def test_a_report_opens_nothing_to_an_approver(world: SmallWorld, treasurer: Seat) -> None:
    report_whole_year(world)
    finance, approver = actors_of(world)
    assert SalesReport.objects.visible_to(finance).count() == 12
    assert not SalesReport.objects.visible_to(approver).exists()
