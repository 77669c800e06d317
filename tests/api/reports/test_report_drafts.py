"""Drafts of reports over HTTP: from the template to the receipt."""

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licensing.reports.models import ReportDraft, SalesReport
from platform_core.access.models import AccessLogEntry
from tests.api.core.clients import client_of
from tests.factories.reports import make_report_draft
from tests.factories.royalties import SmallWorld, month

pytestmark = pytest.mark.django_db

DRAFTS = "/api/v1/report-drafts"


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": f"key-{key}-0001"}


def draft_of(world: SmallWorld, content: bytes, name: str = "q1.xlsx", **given: str) -> Any:
    fields = {"licence_id": str(world.licences["L1"].pk), "period": "2025Q1", **given}
    upload = SimpleUploadedFile(name, content)
    return client_of(world.seats["L1"]).post(DRAFTS, {**fields, "file": upload}, headers=keyed(name))


def filled_in(template: bytes, rows: dict[int, dict[int, Any]]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(template))
    for row, cells in rows.items():
        for column, value in cells.items():
            book.worksheets[0].cell(row, column, value)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_from_the_template_to_the_receipt(world: SmallWorld) -> None:
    client = client_of(world.seats["L1"])
    where = f"/api/v1/licences/{world.licences['L1'].pk}/report-template"
    answer = client.get(where, {"period": "2025Q1", "language": "zh"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [[cell.value for cell in row[:3]] for row in sheet.iter_rows()] == [
        ["月份", "产品", "制造地"],
        ["2025-01", None, None],
        ["2025-02", None, None],
        ["2025-03", None, None],
    ]
    content = filled_in(answer.content, {3: {2: "tv", 3: "CN", 4: "DE", 5: 2500}})

    draft = draft_of(world, content)
    assert draft.status_code == 201, draft.content
    one = f"{DRAFTS}/{draft.json()['id']}"
    assert (draft.json()["kind"], draft.json()["line_count"]) == ("xlsx", 1)
    figures = client.get(f"{one}/figures", {"language": "en"}).json()
    assert figures["totals"]["by_country"] == [{"key": "DE", "currency": "CNY", "units": 2500, "net_amount": None}]
    assert (figures["differences"], figures["before_id"], figures["may_sign"]) == ([], None, True)
    preview = client.get(f"{one}/preview").json()
    assert (preview["is_known"], preview["due_minor"], preview["currency"]) == (True, 30000, "CNY")
    lines = client.get(f"{one}/lines").json()
    assert (lines["count"], lines["lines"][0]["month"], lines["lines"][0]["units"]) == (1, "2025-02", 2500)
    assert client.get(f"{one}/lines", {"skip": "-1"}).status_code == 422

    signed = client.post(
        f"{one}/signature?language=en",
        {"lines_sha256": draft.json()["lines_sha256"]},
        content_type="application/json",
        headers=keyed("sign"),
    )
    assert signed.status_code == 201, signed.content
    assert signed.json()["receipt_number"] == "L1-0001"
    receipt = client.get(f"/api/v1/sales-reports/{signed.json()['id']}/receipt", {"language": "zh"})
    assert receipt.content.startswith(b"%PDF-")
    assert receipt.content == client.get(f"/api/v1/sales-reports/{signed.json()['id']}/receipt?language=zh").content
    assert AccessLogEntry.objects.filter(action="sales_report.receipt_downloaded").count() == 2
    assert client.get(f"{one}/figures").status_code == 409


def test_the_same_signature_sent_twice_files_one_report(world: SmallWorld) -> None:
    client = client_of(world.seats["L1"])
    body = {"licence_id": str(world.licences["L1"].pk), "period": "2025Q1", "nothing_sold": "true"}
    draft = client.post(DRAFTS, body, headers=keyed("nil")).json()
    answers = [
        client.post(
            f"{DRAFTS}/{draft['id']}/signature",
            {"lines_sha256": draft["lines_sha256"]},
            content_type="application/json",
            headers=keyed("once"),
        ).json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert SalesReport.objects.count() == 1


def test_typed_lines_with_a_mistake_keep_nothing_and_say_which(world: SmallWorld) -> None:
    line = {"month": "2025-02", "product": "tv", "made_in": "CN", "sold_in": "XX", "units": "9", "currency": "EUR"}
    body = {"licence_id": str(world.licences["L1"].pk), "period": "2025Q1", "lines": [line]}
    answer = client_of(world.seats["L1"]).post(
        f"{DRAFTS}/typed", body, content_type="application/json", headers=keyed("typed")
    )
    assert answer.status_code == 422
    assert [(row["line"], row["column"]) for row in answer.json()["lines"]] == [(2, "sold_in")]
    assert not ReportDraft.objects.exists()


def test_a_rivals_draft_is_not_found_at_any_of_its_addresses(world: SmallWorld) -> None:
    body = {"licence_id": str(world.licences["L1"].pk), "period": "2025Q1", "nothing_sold": "true"}
    draft = client_of(world.seats["L1"]).post(DRAFTS, body, headers=keyed("nil")).json()["id"]
    for who in ("L2", "calculator", "secretariat"):
        client = client_of(world.seats[who])
        for part in ("", "/figures", "/lines", "/preview"):
            assert client.get(f"{DRAFTS}/{draft}{part}").status_code == 404
        assert client.get(DRAFTS).json()["items"] == []


def test_twelve_drafts_cost_as_many_queries_as_three(world: SmallWorld) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as made:
            client_of(world.seats["L1"]).get(DRAFTS)
        return len(made)

    for number in range(3):
        make_report_draft(world.licences["L1"], month(f"2025-{number + 1:02d}"))
    queries()
    few = queries()
    for number in range(3, 12):
        make_report_draft(world.licences["L1"], month(f"2025-{number + 1:02d}"))
    assert queries() == few


def test_what_is_due_is_told_to_the_licensee_with_its_day(world: SmallWorld) -> None:
    world.report("L1", [("2024-01", 1)], first="2024-01", last="2025-09")
    due = client_of(world.seats["L1"]).get("/api/v1/due-reports").json()[0]
    assert (due["first_month"], due["last_month"], due["due_on"]) == ("2025-10", "2025-12", "2026-01-30")
    assert due["days_left"] < 0
