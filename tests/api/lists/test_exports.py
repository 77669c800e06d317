"""A list as a file holds the rows of its pages: no more, no fewer, in the same order, and no cell is a formula."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext

from licensing.agreements.models import Charge
from platform_core.access.models import AccessLogEntry
from platform_core.api.exports import answers, writers
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from tests.api.core.clients import client_of
from tests.api.records.conftest import House, house
from tests.factories.agreements import make_licence
from tests.factories.core import NOON, give_role, make_organisation, make_seat
from tests.factories.patents import make_patent
from tests.factories.reports import make_nil_report

__all__ = ["house"]

pytestmark = pytest.mark.django_db

FORMULAS = ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "＝1+1", "-12.50", "plain", "comma, “quote” \"'"]


@pytest.fixture
def admin() -> Client:
    seat = make_seat(organisation=make_organisation("own"))
    give_role(seat, Role.SITE_ADMIN)
    return client_of(seat)


def contents(response: Any) -> bytes:
    assert response.status_code == 200, response.content
    assert isinstance(response, HttpResponseBase)
    return bytes(response.getvalue())


def csv_rows(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(contents(response).decode("utf-8-sig"), newline="")))


def sheet_rows(response: Any) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(contents(response))).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def lines(response: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in contents(response).splitlines()]


@pytest.mark.parametrize("chunk", [1, 2, 1000])
@pytest.mark.parametrize("order", ["name", "-name", "-created"])
def test_a_file_has_the_rows_of_all_pages_in_their_order(
    admin: Client, order: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "CHUNK", chunk)
    for number, name in enumerate(["丙", "甲", "甲", "乙", "b"]):
        make_organisation(name, created_at=NOON + timedelta(hours=number % 2))
    items = admin.get("/api/v1/organisations", {"order": order}).json()["items"]
    assert len(items) == 6
    asked = {"order": order}
    assert lines(admin.get("/api/v1/organisations", {**asked, "format": "jsonl"})) == items
    found = csv_rows(admin.get("/api/v1/organisations", {**asked, "format": "csv"}))
    assert [(row["id"], row["name_zh"]) for row in found] == [(row["id"], row["name_zh"]) for row in items]
    header, *cells = sheet_rows(admin.get("/api/v1/organisations", {**asked, "format": "xlsx"}))
    assert [row[header.index("id")] for row in cells] == [row["id"] for row in items]


def test_a_file_is_filtered_like_the_page_and_knows_no_pages(house: House) -> None:
    for number in range(4):
        make_patent(house.alliance, f"US{number}00B", house.owner, country="US")
    owner = house.people["owner"]
    asked = {"country": "US", "limit": "1", "format": "csv"}
    assert [row["publication"] for row in csv_rows(owner.get("/api/v1/patents", asked))] == [
        "US000B", "US100B", "US200B", "US300B",
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_a_file_holds_what_its_reader_may_see_and_nothing_else(house: House, form: str) -> None:
    make_licence(house.programme, make_organisation("另一家"), "L9")
    for who, codes in {"secretariat": {"L1", "L2", "L9"}, "licensee": {"L1"}, "outsider": set()}.items():
        response = house.people[who].get("/api/v1/licences", {"format": form})
        if form == "csv":
            found = {row["code"] for row in csv_rows(response)}
        elif form == "jsonl":
            found = {row["code"] for row in lines(response)}
        else:
            header, *cells = sheet_rows(response)
            found = {row[header.index("code")] for row in cells}
        assert found == codes, who
    assert Client().get("/api/v1/licences", {"format": form}).status_code == 401


def test_what_is_withheld_row_by_row_is_withheld_in_the_file_too(house: House) -> None:
    shown = {
        row["code"]: row["figures"] for row in lines(house.people["rival"].get("/api/v1/pool-members?format=jsonl"))
    }
    assert shown["M1"] is None
    shown = {
        row["code"]: row["figures"] for row in lines(house.people["owner"].get("/api/v1/pool-members?format=jsonl"))
    }
    assert shown["M1"] == {"rd_spend": "7"}


def test_no_cell_of_a_file_is_a_formula(admin: Client) -> None:
    for name in FORMULAS:
        make_organisation(name)
    written = {row["name_zh"] for row in csv_rows(admin.get("/api/v1/organisations?format=csv"))}
    assert written == {
        "own", "'=1+1", "'+cmd", "'-2+3", "'@SUM(A1)", "'\t=1", "'＝1+1", "-12.50", "plain", "comma, “quote” \"'",
    }  # fmt: skip
    workbook = openpyxl.load_workbook(io.BytesIO(contents(admin.get("/api/v1/organisations?format=xlsx"))))
    sheet = workbook.active
    assert sheet is not None
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert "f" not in kinds
    names = {row[[cell.value for cell in sheet[1]].index("name_zh")].value for row in sheet.iter_rows(min_row=2)}
    assert {"=1+1", "@SUM(A1)", "-12.50"} <= names


def test_nested_values_become_columns_of_their_own(house: House) -> None:
    patent = make_patent(house.alliance, "CN7B", house.owner)
    [row] = csv_rows(house.people["owner"].get(f"/api/v1/patents?format=csv&publication={patent.publication}"))
    assert row["owners.owner_name"] == str(house.owner)
    assert row["owners.share"] == ""
    assert "owners" not in row


def test_numbers_days_and_instants_are_such_in_a_sheet(house: House) -> None:
    Charge.objects.create(
        licence=house.licence, month=date(2025, 1, 1), kind="entry", amount="1234.5", currency="CNY", created_at=NOON
    )
    header, charge = sheet_rows(house.people["finance"].get("/api/v1/charges?format=xlsx"))
    assert charge[header.index("amount")] == 1234.5
    assert charge[header.index("month")] == "2025-01"
    header, *rows = sheet_rows(house.people["secretariat"].get("/api/v1/licences?format=xlsx&fields=code,starts_on"))
    assert header == ["code", "starts_on"]
    assert rows[0] == ["L1", datetime.fromisoformat("2025-01-01")]


def test_a_number_that_a_sheet_cannot_hold_exactly_stays_text() -> None:
    assert writers._exact_number("123456789012345") == 123456789012345
    assert writers._exact_number("0.1") == 0.1
    assert writers._exact_number("1234567890123456") is None
    assert writers._exact_number("-1000000000000000000") == -(10**18)
    assert writers._exact_number("NaN") is None


def test_more_rows_than_a_sheet_has_are_refused_before_anything_is_sent(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "ROWS_OF_A_SHEET", 2)
    for name in "abc":
        make_organisation(name)
    response = admin.get("/api/v1/organisations?format=xlsx")
    assert (response.status_code, response.json()["code"]) == (409, "conflict")


def test_an_empty_list_is_a_file_with_its_header_alone(admin: Client) -> None:
    response = admin.get("/api/v1/alliances?format=csv&fields=code,name_zh")
    assert contents(response) == "\ufeffcode,name_zh\r\n".encode()
    assert response["Content-Type"] == "text/csv"
    assert response["Content-Disposition"].startswith('attachment; filename="alliances-')
    assert response["Cache-Control"] == "private, no-store"


def test_a_program_that_accepts_csv_only_is_given_it(admin: Client) -> None:
    response = admin.get("/api/v1/organisations?format=csv", headers={"Accept": "text/csv"})
    assert response.status_code == 200
    assert admin.get("/api/v1/organisations", headers={"Accept": "text/csv"}).status_code == 406


@pytest.mark.parametrize(
    "asked", [{"format": "pdf"}, {"format": "csv", "order": "uscc"}, {"format": "csv", "fields": "x"}]
)
def test_a_file_that_cannot_be_is_refused_as_a_problem(admin: Client, asked: dict[str, str]) -> None:
    response = admin.get("/api/v1/organisations", asked)
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"


def test_taking_reports_away_is_noted_for_each_of_them(house: House) -> None:
    reports = [make_nil_report(house.licence, date(2025, month, 1)) for month in (1, 2, 3)]
    list(csv_rows(house.people["finance"].get("/api/v1/sales-reports?format=csv")))
    noted = AccessLogEntry.objects.filter(action="sales_report.exported")
    assert {entry.subject_id for entry in noted} == {report.pk for report in reports}
    assert not AccessLogEntry.objects.filter(action="sales_report.listed").exists()


def test_a_file_takes_the_same_queries_however_long_it_is(admin: Client) -> None:
    with CaptureQueriesContext(connection) as few:
        csv_rows(admin.get("/api/v1/organisations?format=csv"))
    Organisation.objects.bulk_create(Organisation(name_zh=f"组织 {number}", created_at=NOON) for number in range(300))
    with CaptureQueriesContext(connection) as many:
        assert len(csv_rows(admin.get("/api/v1/organisations?format=csv"))) == 301
    assert len(few) == len(many)


def test_parts_are_sent_as_they_are_made(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "CHUNK", 10)
    made = 0
    whole = answers._parts

    def counted(rows: Any) -> Iterator[list[Any]]:
        nonlocal made
        for part in whole(rows):
            made += 1
            yield part

    monkeypatch.setattr(answers, "_parts", counted)
    Organisation.objects.bulk_create(Organisation(name_zh=f"组织 {number}", created_at=NOON) for number in range(100))
    response: Any = admin.get("/api/v1/organisations?format=jsonl")
    assert made == 1
    assert len(list(response.streaming_content)) > 5
    assert made == 11


@pytest.mark.django_db(transaction=True)
async def test_a_file_is_streamed_by_the_server_too() -> None:
    from asgiref.sync import sync_to_async

    def prepared() -> AsyncClient:
        seat = make_seat(organisation=make_organisation("own"))
        give_role(seat, Role.SITE_ADMIN)
        client = AsyncClient()
        client.force_login(seat.user)
        make_organisation("甲")
        return client

    client = await sync_to_async(prepared)()
    response: Any = await client.get("/api/v1/organisations?format=jsonl")
    found = b"".join([part async for part in response])
    assert [json.loads(line)["name_zh"] for line in found.splitlines()] == ["own", "甲"]
