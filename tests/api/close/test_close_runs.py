"""Closes over HTTP: started once, stepped from the version that was read, told to finance alone."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from licensing.close import storage
from licensing.close.export import ExportError
from licensing.close.lifecycle import RunStatus
from licensing.close.models import Adjustment, CloseRun, CloseShare, Statement
from licensing.close.services import request_calculation, start_close_run
from licensing.engine import close_bundle
from licensing.reports.services import supersede_sales_report
from platform_core.access.models import AccessLogEntry
from platform_core.jobs.models import Job
from tests.api.core.clients import client_of
from tests.factories.royalties import (
    SmallWorld,
    add_licensee,
    make_small_world,
    upload_of,
    work_off,
)
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

LIST = "/api/v1/close-runs"


def start(world: SmallWorld, who: str = "calculator", *, period: str = "2025Q1", key: str = "start-0001") -> Any:
    return client_of(world.seats[who]).post(
        LIST,
        {"programme_id": str(world.programme.pk), "period": period},
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def step(world: SmallWorld, who: str, run: CloseRun, name: str, *, match: str | None = None, **fields: Any) -> Any:
    """Take a step as somebody who has just read the run."""
    client = client_of(world.seats[who])
    tag = match if match is not None else client.get(f"{LIST}/{run.pk}").headers.get("ETag", "*")
    return client.post(f"{LIST}/{run.pk}/{name}", fields, content_type="application/json", headers={"If-Match": tag})


def contents(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def pages(client: Client, address: str, **asked: str) -> list[dict[str, Any]]:
    """Read a list to its end, page by page."""
    rows: list[dict[str, Any]] = []
    while True:
        page = client.get(address, asked).json()
        rows += page["items"]
        if page["next"] is None:
            assert client.get(address, {**asked, "count": "exact"}).json()["total"] == len(rows)
            return rows
        asked["after"] = page["next"]


def test_a_close_is_made_over_http_from_start_to_posted(world: SmallWorld, filed: Filed) -> None:
    response = start(world)
    assert response.status_code == 201, response.content
    started = response.json()
    assert (started["status"], started["calculation"], started["allowed_steps"]) == ("draft", "queued", ["cancel"])
    assert response["Location"] == f"{LIST}/{started['id']}"
    client = client_of(world.seats["approver"])
    assert client.get(f"/api/v1/jobs/{started['job_id']}").json()["state"] == "waiting"

    run = work_off(CloseRun.objects.get(pk=started["id"]))
    read = client.get(response["Location"]).json()
    assert (read["status"], read["due_minor"], read["currency"]) == ("calculated", 300_000, "CNY")
    assert read["calculated_by"]["id"] == str(world.seats["calculator"].user_id)
    assert read["allowed_steps"] == ["calculate", "approve", "send back", "cancel"]
    assert client.get(f"/api/v1/jobs/{started['job_id']}").json()["state"] == "succeeded"

    assert step(world, "approver", run, "approval").json()["status"] == "approved"
    posted = step(world, "calculator", run, "posting")
    assert (posted.status_code, posted.json()["status"], posted.json()["allowed_steps"]) == (200, "posted", [])


def test_a_start_that_is_sent_twice_starts_once(world: SmallWorld) -> None:
    first, again = start(world), start(world)
    assert again.json()["id"] == first.json()["id"]
    assert again["Idempotency-Replayed"] == "true"
    assert (CloseRun.objects.count(), Job.objects.count()) == (1, 1)
    other = start(world, key="start-0002")
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert CloseRun.objects.count() == 1


@pytest.mark.parametrize(("who", "status"), [("secretariat", 403), ("M1", 403), ("L1", 403)])
def test_only_finance_starts_a_close(world: SmallWorld, who: str, status: int) -> None:
    assert start(world, who).status_code == status
    assert not CloseRun.objects.exists()


def test_a_step_needs_the_version_that_is_there_now(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    client = client_of(world.seats["approver"])
    read = client.get(f"{LIST}/{run.pk}")["ETag"]
    assert client.post(f"{LIST}/{run.pk}/approval").status_code == 428
    # Calculated anew meanwhile: what was read is not what would be approved.
    work_off(request_calculation(actor=world.acting("calculator"), run_id=run.pk))
    late = step(world, "approver", run, "approval", match=read)
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert CloseRun.objects.get(pk=run.pk).status == RunStatus.CALCULATED
    assert client.get(f"{LIST}/{run.pk}", headers={"If-None-Match": read}).status_code == 200
    now = client.get(f"{LIST}/{run.pk}")["ETag"]
    assert client.get(f"{LIST}/{run.pk}", headers={"If-None-Match": now}).status_code == 304
    assert step(world, "approver", run, "approval", match=now).status_code == 200


def test_the_first_person_is_refused_as_the_second(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    refused = step(world, "calculator", run, "approval")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert "second person" in refused.json()["detail"]
    assert CloseRun.objects.get(pk=run.pk).status == RunStatus.CALCULATED


def test_a_close_is_returned_with_a_reason_calculated_again_and_cancelled(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    assert step(world, "approver", run, "return").status_code == 422
    returned = step(world, "approver", run, "return", reason="check L2")
    assert (returned.json()["status"], returned.json()["sent_back_reason"]) == ("draft", "check L2")
    asked = step(world, "approver", run, "calculation")
    assert (asked.status_code, asked.json()["calculation"]) == (200, "queued")
    cancelled = step(world, "calculator", run, "cancellation")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert step(world, "approver", run, "approval").status_code == 409


ROWS = ("licence-results", "payee-results", "buckets", "shares", "rejected-rows", "statements", "adjustments")


@pytest.mark.parametrize("who", ["secretariat", "M1", "L1"])
def test_a_close_and_its_rows_are_for_finance_alone(world: SmallWorld, filed: Filed, who: str) -> None:
    run = world.closed("2025Q1")
    stranger = make_small_world("other").seats["calculator"]
    for client in (client_of(world.seats[who]), client_of(stranger)):
        assert client.get(LIST).json()["total"] == 0
        for address in ("", *(f"/{rows}" for rows in ROWS), "/bundle"):
            assert client.get(f"{LIST}/{run.pk}{address}").status_code == 404
        assert client.get("/api/v1/adjustments").json()["total"] == 0
        assert client.get(f"/api/v1/jobs/{run.job_id}").status_code == 404
    assert not AccessLogEntry.objects.exists()


def test_rows_of_a_close_come_in_pages_and_each_reading_is_logged(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    client = client_of(world.seats["approver"])
    buckets = pages(client, f"{LIST}/{run.pk}/buckets", limit="4")
    assert [row["position"] for row in buckets] == list(range(1, 10))
    assert buckets[0] == {
        "id": buckets[0]["id"],
        "position": 1,
        "licence_id": str(world.licences["L1"].pk),
        "licence_code": "L1",
        "product": "tv",
        "made_in": "CN",
        "sold_in": "CN",
        "month": "2025-01",
        "currency": "CNY",
        "rate_id": "device",
        "units": "1000",
        "royalty_micros": "0",
        "billed_micros": "0",
        "reason": "",
    }
    shares = pages(client, f"{LIST}/{run.pk}/shares", limit="7")
    assert [row["position"] for row in shares] == list(range(1, CloseShare.objects.filter(run=run).count() + 1))
    assert sum(int(row["micros"]) for row in shares) == 300_000 * 10**6
    owed = pages(client, f"{LIST}/{run.pk}/licence-results")
    assert [(row["licence_code"], row["due_minor"]) for row in owed] == [
        ("L1", 40_000),
        ("L2", 100_000),
        ("L3", 160_000),
    ]
    due = pages(client, f"{LIST}/{run.pk}/payee-results")
    assert [(row["payee"], row["kind"], row["amount_minor"]) for row in due][-1] == ("~fee", "fee", 30_000)
    readings = AccessLogEntry.objects.filter(subject_type="close.closerun")
    assert set(readings.values_list("action", "user", "subject_id")) == {
        (f"close_run.{what}_viewed", world.seats["approver"].user_id, run.pk)
        for what in ("buckets", "shares", "licence_results", "payee_results")
    }


def test_rejected_rows_are_read_over_http(world: SmallWorld, filed: Filed) -> None:
    licence = world.licences["L1"]
    licence.ends_on = "2025-02-28"
    licence.save()
    run = world.calculated("2025Q1")
    client = client_of(world.seats["approver"])
    read = client.get(f"{LIST}/{run.pk}").json()
    assert (read["status"], read["calculation"], read["rejected"]) == ("draft", "rejected", {"outside_licence": 1})
    [row] = pages(client, f"{LIST}/{run.pk}/rejected-rows")
    assert (row["line"], row["code"], row["report_id"]) == (3, "outside_licence", str(filed["L1"]["2025Q1"]))

    # What is stored in English is told to readers of Chinese in theirs.
    assert row["message"].startswith("the month is outside the licence's dates (")
    chinese = {"Accept-Language": "zh-CN"}
    [told] = client.get(f"{LIST}/{run.pk}/rejected-rows", headers=chinese).json()["items"]
    assert told["message"].startswith("月份不在许可期限内（")
    assert client.get(f"{LIST}/{run.pk}", headers=chinese).json()["message"] == (
        "输入有误（outside_licence: 1）。请更正后重新计算该结算。"
    )


def test_why_a_calculation_failed_is_told_in_the_readers_language(
    world: SmallWorld, filed: Filed, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2025Q1")
    lost = "The file of report R-7 is missing: restore it from the backup."

    def lose(*_given: object, **_named: object) -> None:
        raise ExportError(lost)

    monkeypatch.setattr("licensing.close.services.calculating.export_bundle", lose)
    run = work_off(run)
    client, chinese = client_of(world.seats["calculator"]), {"Accept-Language": "zh-CN"}
    told = "报告 R-7 的文件缺失：请从备份恢复。"
    assert run.message == lost
    assert client.get(f"{LIST}/{run.pk}").json()["message"] == lost
    assert client.get(f"{LIST}/{run.pk}", headers=chinese).json()["message"] == told
    events = client.get(
        "/api/v1/audit-events", {"subject_type": "close.closerun", "subject_id": str(run.pk)}, headers=chinese
    ).json()["items"]
    [failed] = [event for event in events if event["name"] == "close_run.calculation_failed"]
    assert failed["changes"]["message"] == {"old": None, "new": told}


def test_the_bundle_that_is_downloaded_closes_to_the_stored_output_byte_for_byte(
    world: SmallWorld, filed: Filed, tmp_path: Path
) -> None:
    run = world.calculated("2025Q1")
    client = client_of(world.seats["approver"])
    response = client.get(f"{LIST}/{run.pk}/bundle")
    assert response["Content-Disposition"] == 'attachment; filename="uhd-tv-2025Q1-1.zip"'
    content = contents(response)
    assert contents(client.get(f"{LIST}/{run.pk}/bundle")) == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path / "bundle")
    close_bundle(tmp_path / "bundle", tmp_path / "out")
    assert run.results_claim is not None
    stored = storage.output_folder(run.pk, run.results_claim)
    names = sorted(path.name for path in stored.iterdir())
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    assert all((tmp_path / "out" / name).read_bytes() == (stored / name).read_bytes() for name in names)
    assert AccessLogEntry.objects.filter(action="close_run.bundle_downloaded", subject_id=run.pk).count() == 2


def test_a_run_that_was_not_calculated_has_no_bundle(world: SmallWorld) -> None:
    run_id = start(world).json()["id"]
    assert client_of(world.seats["approver"]).get(f"{LIST}/{run_id}/bundle").status_code == 404


def test_a_member_reads_its_own_statement_once_the_close_is_posted(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    own = Statement.objects.get(run=run, membership=world.members["M1"])
    member, office = client_of(world.seats["M1"]), client_of(world.seats["secretariat"])
    assert member.get("/api/v1/statements").json()["total"] == 0
    assert member.get(f"/api/v1/statements/{own.pk}").status_code == 404
    assert office.get("/api/v1/statements").json()["total"] == 0

    step(world, "approver", run, "approval")
    step(world, "approver", run, "posting")
    [row] = member.get("/api/v1/statements").json()["items"]
    assert {name: row[name] for name in ("id", "member_code", "period", "currency", "amount_minor", "held_minor")} == {
        "id": str(own.pk),
        "member_code": "M1",
        "period": "2025Q1",
        "currency": "CNY",
        "amount_minor": 135_000,
        "held_minor": 0,
    }
    assert member.get(f"/api/v1/statements/{own.pk}").json() == row | {"includes_estimates": False}
    assert office.get("/api/v1/statements").json()["total"] == 3
    for other in Statement.objects.filter(run=run).exclude(pk=own.pk):
        assert member.get(f"/api/v1/statements/{other.pk}").status_code == 404
    # How it came about is finance's to see until aggregates hide single licensees.
    assert member.get(f"/api/v1/statements/{own.pk}/products").status_code == 403
    assert office.get(f"/api/v1/statements/{own.pk}/products").status_code == 403
    assert client_of(world.seats["approver"]).get(f"/api/v1/statements/{own.pk}/products").json() == {
        "products": [{"product": "tv", "micros": str(135_000 * 10**6)}]
    }


def test_what_a_correction_changed_is_for_finance_and_not_for_members(world: SmallWorld, filed: Filed) -> None:
    world.closed("2025Q1")
    supersede_sales_report(
        actor=world.acting("L1"),
        report_id=filed["L1"]["2025Q1"],
        upload=upload_of("L1", [("2025-01", 4_000)]),
        reason="audit",
    )
    draft = CloseRun.objects.get(status=RunStatus.DRAFT)
    work_off(request_calculation(actor=world.acting("calculator"), run_id=draft.pk))
    step(world, "approver", draft, "approval")
    step(world, "approver", draft, "posting")
    finance, member = client_of(world.seats["approver"]), client_of(world.seats["M1"])
    rows = pages(finance, "/api/v1/adjustments", limit="2")
    assert len(rows) == Adjustment.objects.count() == 5
    assert pages(finance, f"{LIST}/{draft.pk}/adjustments") == list(reversed(rows))
    assert [row["licence_code"] for row in pages(finance, "/api/v1/adjustments", side="licence")] == ["L1"]
    # One licensee changed its figures; a second statement would tell every member by how much.
    assert member.get("/api/v1/statements").json()["total"] == 1
    assert member.get("/api/v1/adjustments").json()["total"] == 0


def test_lists_of_statements_and_adjustments_log_each_run_they_tell_of(world: SmallWorld, filed: Filed) -> None:
    first, second = world.closed("2025Q1"), world.closed("2025Q2")
    supersede_sales_report(
        actor=world.acting("L1"),
        report_id=filed["L1"]["2025Q2"],
        upload=upload_of("L1", [("2025-04", 4_000)]),
        reason="audit",
    )
    correction = CloseRun.objects.get(status=RunStatus.DRAFT)
    work_off(request_calculation(actor=world.acting("calculator"), run_id=correction.pk))
    step(world, "approver", correction, "approval")
    step(world, "approver", correction, "posting")
    client_of(world.seats["M1"]).get("/api/v1/statements")
    client_of(world.seats["approver"]).get("/api/v1/adjustments")
    readings = AccessLogEntry.objects.filter(subject_type="close.closerun")
    assert sorted(readings.values_list("action", "user", "subject_id"), key=str) == sorted(
        [
            ("close_run.statements_viewed", world.seats["M1"].user_id, first.pk),
            ("close_run.statements_viewed", world.seats["M1"].user_id, second.pk),
            ("close_run.adjustments_viewed", world.seats["approver"].user_id, correction.pk),
        ],
        key=str,
    )


@pytest.mark.parametrize(
    ("address", "names"),
    [
        (LIST, ("programme", "period", "status")),
        ("/api/v1/statements", ("period",)),
        ("/api/v1/adjustments", ("period", "side")),
    ],
)
def test_a_filter_that_is_no_text_is_told(world: SmallWorld, address: str, names: tuple[str, ...]) -> None:
    client = client_of(world.seats["approver"])
    for name in names:
        response = client.get(address, {name: "a\x00b"})
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, f"/{name}")


def test_lists_take_the_same_queries_however_long_they_are(world: SmallWorld, filed: Filed) -> None:
    def queries(address: str) -> int:
        client = client_of(world.seats["calculator"])
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    first = world.closed("2025Q1")
    lists = [LIST, "/api/v1/statements", *(f"{LIST}/{first.pk}/{rows}" for rows in ROWS)]
    few = {address: queries(address) for address in lists}
    assert max(few.values()) <= 14
    for number in range(4):
        add_licensee(world, f"N{number}")
        world.report(f"N{number}", [("2025-04", 2_000), ("2025-05", 10)], first="2025-04", last="2025-06")
    second = world.calculated("2025Q2")
    for rows in ROWS:
        assert queries(f"{LIST}/{second.pk}/{rows}") == few[f"{LIST}/{first.pk}/{rows}"], rows
    assert queries(LIST) == few[LIST]
    assert queries("/api/v1/statements") == few["/api/v1/statements"]


def test_a_refused_step_is_told_in_the_readers_language(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    address = f"{LIST}/{run.pk}"

    def told(who: str, name: str, language: str, **fields: Any) -> tuple[int, dict[str, Any]]:
        client = client_of(world.seats[who])
        headers = {"If-Match": client.get(address)["ETag"], "Accept-Language": language}
        answer = client.post(f"{address}/{name}", fields, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    english, chinese = told("calculator", "approval", "en"), told("calculator", "approval", "zh-CN")
    assert english[1]["detail"] == "You asked for this calculation: a second person has to approve it."
    assert chinese[1]["detail"] == "该计算由您发起：须由另一人审批。"
    assert (english[0], english[1]["code"]) == (chinese[0], chinese[1]["code"]) == (403, "not_allowed")

    blank = told("approver", "return", "zh-CN", reason=" ")[1]
    assert not any(error["message"].isascii() for error in blank["errors"])
    assert not blank["detail"].isascii()

    # What the close was made of changes, so that it is no longer approved as it is.
    supersede_sales_report(
        actor=world.acting("L1"),
        report_id=filed["L1"]["2025Q1"],
        reason="corrected",
        upload=upload_of("L1", [("2025-01", 77)]),
    )
    assert told("approver", "approval", "en")[1]["detail"] == (
        "Reports were filed since this was calculated: have the run calculated again."
    )
    assert told("approver", "approval", "zh-CN")[1]["detail"] == "计算之后有新的报告申报：请重新计算该结算。"
    assert told("approver", "posting", "zh-CN")[1]["detail"] == (
        "当前状态为“待审批”，不能执行“入账”；可执行该步骤的状态：“待入账”。"
    )
    assert CloseRun.objects.get(pk=run.pk).status == RunStatus.CALCULATED
