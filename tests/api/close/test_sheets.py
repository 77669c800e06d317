"""The approval sheet, the progress of a calculation, and a member's statement beside the one before."""

import io
import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from pypdf import PdfReader

from licensing.close.lifecycle import Calculation
from licensing.close.models import CloseRun, Statement
from licensing.close.papers.words import WORDS
from licensing.close.reasons import ORDER
from licensing.close.services import start_close_run
from licensing.reports.services import supersede_sales_report
from platform_core.access.models import AccessLogEntry
from platform_core.api import requests
from platform_core.jobs.lifecycle import JobState
from platform_core.jobs.models import Job
from pools.composition.models import PoolMember
from tests.api.close.test_documents import NEEDS_FONTS
from tests.api.core.clients import client_of
from tests.factories.royalties import SmallWorld, add_licensee, upload_of
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


def read(world: SmallWorld, address: str, who: str = "approver", **asked: str) -> Any:
    return client_of(world.seats[who]).get(f"/api/v1/{address}", asked)


def test_the_second_person_finds_everything_on_one_sheet(world: SmallWorld, filed: Filed) -> None:
    last = world.closed("2025Q1")
    run = world.calculated("2025Q2")
    sheet = read(world, f"close-runs/{run.pk}/sheet").json()
    assert {check["key"]: check["passed"] for check in sheet["checks"]} == {
        "invoices_add_up": True,
        "payees_add_up": True,
        "payees_are_their_shares": True,
        "everybody_reported": True,
        "records_unchanged": True,
        "reports_unchanged": True,
    }
    assert sheet["totals"]["distributed_minor"] == run.distributed_minor
    assert sheet["comparison"]["against"]["id"] == str(last.pk)
    assert sheet["allowed_steps"] == ["calculate", "approve", "send back", "cancel"]
    assert sheet["results_sha256"] == run.results_sha256
    assert AccessLogEntry.objects.filter(action="close_run.sheet_viewed").count() == 1


def test_the_sheet_tells_what_changed_since_and_who_did_not_report(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    add_licensee(world, "L4")
    PoolMember.objects.filter(membership=world.members["M1"]).update(held=True)
    months = [(f"2025-0{month}", 5) for month in (1, 2, 3)]
    supersede_sales_report(
        actor=world.acting("L1"), report_id=filed["L1"]["2025Q1"], reason="wrong", upload=upload_of("L1", months)
    )
    checks = {check["key"]: check for check in read(world, f"close-runs/{run.pk}/sheet").json()["checks"]}
    assert checks["everybody_reported"]["values"] == {"missing": ["L4"], "count": 1}
    assert not checks["everybody_reported"]["passed"]
    assert checks["records_unchanged"]["values"]["changed"] == ["licences.csv", "members.csv"]
    assert not checks["reports_unchanged"]["passed"]
    assert checks["invoices_add_up"]["passed"]


def test_the_sheet_is_had_on_paper_in_both_languages(world: SmallWorld, filed: Filed) -> None:
    world.closed("2025Q1")
    run = world.calculated("2025Q2")
    address = f"close-runs/{run.pk}/sheet/document"
    written = read(world, address, **{"as": "xlsx", "language": "en"}).content
    titles = [sheet.title for sheet in openpyxl.load_workbook(io.BytesIO(written)).worksheets]
    assert titles == ["Approval sheet", "Checks 1", "Payees 2", "Why the total changed 3"]
    table = read(world, address, **{"as": "csv", "language": "zh"}).content.decode("utf-8-sig")
    assert "阶梯与封顶的位置" in table
    assert "通过" in table
    assert AccessLogEntry.objects.filter(action="close_run.sheet_downloaded").count() == 2


def signatures(run: CloseRun, zone: ZoneInfo) -> list[list[str]]:
    """Who calculated and who approved a run, and on which day."""
    assert run.calculated_at is not None
    assert run.approved_at is not None
    return [
        ["calculated by", str(run.calculated_by), run.calculated_at.astimezone(zone).date().isoformat()],
        ["approved by", str(run.approved_by), run.approved_at.astimezone(zone).date().isoformat()],
    ]


def test_workbook_and_table_of_the_sheet_name_who_calculated_and_who_approved_it_and_when(
    world: SmallWorld, filed: Filed
) -> None:
    run = world.closed("2025Q1")
    signed = signatures(run, ZoneInfo(world.alliance.zone))
    address = f"close-runs/{run.pk}/sheet/document"
    written = read(world, address, **{"as": "xlsx", "language": "en"}).content
    rows = list(openpyxl.load_workbook(io.BytesIO(written)).worksheets[0].iter_rows(values_only=True))
    begins = rows.index(("signatures", None, None))
    assert [list(row) for row in rows[begins + 1 : begins + 3]] == signed
    table = read(world, address, **{"as": "csv", "language": "en"}).content.decode().splitlines()
    assert [line.split(",") for line in table[table.index("signatures") + 1 :][:2]] == signed


@NEEDS_FONTS
def test_so_does_the_pdf(world: SmallWorld, filed: Filed) -> None:
    run = world.closed("2025Q1")
    pdf = read(world, f"close-runs/{run.pk}/sheet/document", **{"as": "pdf", "language": "en"}).content
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    begins = text.index("calculated by") - 120
    for part, name, day in signatures(run, ZoneInfo(world.alliance.zone)):
        assert all(said in text[begins:] for said in (part, name, day))


def test_every_reason_has_its_words_on_paper() -> None:
    assert {f"reason_{key}" for key in ORDER} <= set(WORDS)


@pytest.mark.parametrize("who", ["secretariat", "M1", "L1"])
def test_others_find_neither_sheet_nor_progress(world: SmallWorld, filed: Filed, who: str) -> None:
    run = world.closed("2025Q1")
    for address in ("sheet", "sheet/document", "progress"):
        assert read(world, f"close-runs/{run.pk}/{address}", who).status_code == 404


def test_a_running_calculation_tells_how_far_it_is(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "request_clock", world.clock)
    run = start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2025Q1")
    waiting = read(world, f"close-runs/{run.pk}/progress").json()
    assert (waiting["calculation"], waiting["seconds_left"], waiting["may_cancel"]) == ("queued", None, True)
    assert run.job_id is not None
    Job.objects.filter(pk=run.job_id).update(
        state=JobState.RUNNING,
        started_at=world.clock.now() - timedelta(seconds=30),
        done=3,
        total=4,
        message="working out royalties",
    )
    CloseRun.objects.filter(pk=run.pk).update(calculation=Calculation.RUNNING)
    assert read(world, f"close-runs/{run.pk}/progress").json() == {
        "calculation": "running",
        "job_id": str(run.job_id),
        "stage": "working out royalties",
        "done": 3,
        "total": 4,
        "seconds_left": 10,
        "may_cancel": True,
    }


def test_a_member_sees_why_its_statement_changed_as_far_as_it_may_know(world: SmallWorld, filed: Filed) -> None:
    world.closed("2025Q1")
    PoolMember.objects.filter(membership=world.members["M1"]).update(held=True)
    run = world.closed("2025Q2")
    statement = Statement.objects.get(run=run, membership=world.members["M1"])
    document = read(world, f"statements/{statement.pk}/comparison", "M1").json()
    assert document["against_period"] == "2025Q1"
    assert document["last_minor"] == 135_000
    assert document["difference_minor"] == statement.amount_minor - 135_000
    assert sum(reason["amount_minor"] for reason in document["reasons"]) == document["difference_minor"]
    assert {reason["key"] for reason in document["reasons"]} == {"earned", "held"}
    text = json.dumps(document)
    assert not any(hidden in text for hidden in ("L1", "M2", "volume", "tariff", "units"))
    assert read(world, f"statements/{statement.pk}/comparison", "M2").status_code == 404
