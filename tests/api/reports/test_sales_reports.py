"""Sales reports over HTTP: who sees them, what is filed once, what is told of mistakes."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from licensing.reports.models import SalesReport
from platform_core.access.models import AccessLogEntry
from tests.api.core.clients import client_of
from tests.factories.royalties import HEADER, SmallWorld, add_licensee, make_small_world, sales_csv

pytestmark = pytest.mark.django_db

LIST = "/api/v1/sales-reports"


def post(world: SmallWorld, who: str, address: str, *, key: str = "key-0001", **fields: Any) -> Any:
    return client_of(world.seats[who]).post(address, fields, headers={"Idempotency-Key": key})


def file(world: SmallWorld, who: str = "L1", *, content: bytes | None = None, **options: Any) -> Any:
    content = sales_csv("L1", [("2025-01", 5)]) if content is None else content
    upload = SimpleUploadedFile("第一季度.csv", content)
    given = {"licence_id": str(world.licences["L1"].pk), "period": "2025Q1", "file": upload, **options}
    return post(world, who, LIST, **given)


def contents(response: Any) -> bytes:
    """Read a download to its end, which closes it."""
    return b"".join(response.streaming_content)


def status_of(response: Any) -> int:
    """Tell how a request ended, whether it gave a download or not."""
    if response.streaming:
        contents(response)
    return int(response.status_code)


def test_a_licensee_files_a_report_and_reads_it_back(world: SmallWorld) -> None:
    response = file(world)
    assert response.status_code == 201, response.content
    filed = response.json()
    assert response["Location"] == f"{LIST}/{filed['id']}"
    assert {name: filed[name] for name in ("licence_code", "first_month", "last_month", "file_name", "line_count")} == {
        "licence_code": "L1",
        "first_month": "2025-01",
        "last_month": "2025-03",
        "file_name": "第一季度.csv",
        "line_count": 1,
    }

    client = client_of(world.seats["L1"])
    assert client.get(response["Location"]).json().items() >= filed.items()
    assert client.get(LIST).json()["items"] == [filed]
    download = client.get(f"{LIST}/{filed['id']}/file")
    assert contents(download) == sales_csv("L1", [("2025-01", 5)])
    assert "no-store" in download["Cache-Control"]


def test_what_is_sent_twice_is_filed_once(world: SmallWorld) -> None:
    first, again = file(world), file(world)
    assert again.status_code == 201
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    assert SalesReport.objects.count() == 1
    assert file(world, content=b"other").json()["code"] == "idempotency_mismatch"
    without = client_of(world.seats["L1"]).post(LIST, {"period": "2025Q1"})
    assert without.status_code == 422
    assert SalesReport.objects.count() == 1


def test_mistakes_are_told_by_line_and_nothing_is_filed(world: SmallWorld) -> None:
    response = file(world, content=(HEADER + "L1,2025-01,tv,CN,XX,1,,CNY\nL1,2025-01,tv,CN,CN,1.5,,CNY\n").encode())
    assert response.status_code == 422
    problem = response.json()
    assert problem["mistakes"] == 2
    assert [(row["line"], row["column"], row["value"]) for row in problem["lines"]] == [
        (2, "sold_in", "XX"),
        (3, "units", "1.5"),
    ]
    assert not SalesReport.objects.exists()
    # The key is free again: the same request may be sent once it is right.
    assert file(world).status_code == 201


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"period": "2025Q7"}, "/period"),
        ({"licence_id": "none"}, "/licence_id"),
        ({"nothing_sold": "true"}, "/file"),
    ],
)
def test_a_request_that_makes_no_sense_is_told_where(world: SmallWorld, fields: dict[str, Any], pointer: str) -> None:
    response = file(world, **fields)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert not SalesReport.objects.exists()


def test_nothing_sold_is_filed_without_a_file_but_not_by_oversight(world: SmallWorld) -> None:
    fields = {"licence_id": str(world.licences["L1"].pk), "period": "2025-01"}
    assert post(world, "L1", LIST, **fields).status_code == 422
    response = post(world, "L1", LIST, key="key-0002", nothing_sold="true", **fields)
    assert (response.status_code, response.json()["kind"]) == (201, "nil")
    assert client_of(world.seats["L1"]).get(f"{response['Location']}/file").status_code == 404


def test_a_report_is_superseded_with_a_reason(world: SmallWorld) -> None:
    earlier = file(world).json()
    address = f"{LIST}/{earlier['id']}/superseding-reports"
    upload = SimpleUploadedFile("new.csv", sales_csv("L1", [("2025-02", 9)]))
    response = post(world, "L1", address, key="key-0002", file=upload, reason="returns left out")
    assert response.status_code == 201
    later = response.json()
    assert (later["supersedes_id"], later["reason"]) == (earlier["id"], "returns left out")

    client = client_of(world.seats["calculator"])
    assert client.get(f"{LIST}/{earlier['id']}").json()["superseded_by_id"] == later["id"]
    assert [row["id"] for row in client.get(LIST, {"current": "true"}).json()["items"]] == [later["id"]]
    again = post(world, "L1", address, key="key-0003", nothing_sold="true", reason="again")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("who", "sees"),
    [("L1", True), ("calculator", True), ("L2", False), ("secretariat", False), ("M1", False)],
)
def test_a_report_is_seen_by_its_licensee_and_by_finance_alone(world: SmallWorld, who: str, sees: bool) -> None:
    filed = file(world).json()
    client = client_of(world.seats[who])
    assert client.get(LIST).json()["total"] == int(sees)
    for address in (f"{LIST}/{filed['id']}", f"{LIST}/{filed['id']}/file"):
        assert status_of(client.get(address)) == (200 if sees else 404)
    assert AccessLogEntry.objects.count() == (3 if sees else 0)


def test_finance_of_another_entity_and_the_public_see_nothing(world: SmallWorld) -> None:
    filed = file(world).json()
    stranger = client_of(make_small_world("other").seats["calculator"])
    assert stranger.get(LIST).json()["total"] == 0
    assert stranger.get(f"{LIST}/{filed['id']}").status_code == 404
    assert Client().get(LIST).status_code in (401, 403)


@pytest.mark.parametrize(("who", "status"), [("L2", 403), ("calculator", 403), ("secretariat", 403), ("M1", 403)])
def test_nobody_files_for_another(world: SmallWorld, who: str, status: int) -> None:
    # That the licence exists is public once the programme is launched, so this is refused rather than not found.
    assert file(world, who).status_code == status
    assert not SalesReport.objects.exists()


def test_every_reading_is_logged_with_who_and_what(world: SmallWorld) -> None:
    filed = file(world).json()
    client = client_of(world.seats["calculator"])
    client.get(LIST)
    client.get(f"{LIST}/{filed['id']}")
    contents(client.get(f"{LIST}/{filed['id']}/file"))
    rows = AccessLogEntry.objects.order_by("id")
    assert list(rows.values_list("action", "user", "seat", "subject_type")) == [
        (action, world.seats["calculator"].user_id, world.seats["calculator"].pk, "reports.salesreport")
        for action in ("sales_report.listed", "sales_report.viewed", "sales_report.file_downloaded")
    ]
    assert {str(row.subject_id) for row in rows} == {filed["id"]}


def test_a_filter_that_is_no_id_or_no_text_is_told(world: SmallWorld) -> None:
    client = client_of(world.seats["calculator"])
    for name in ("programme", "licence"):
        assert client.get(LIST, {name: "a\x00b"}).status_code == 422
        assert client.get(LIST, {name: "none"}).json()["errors"][0]["pointer"] == f"/{name}"


def test_the_list_takes_the_same_queries_however_long_it_is(world: SmallWorld) -> None:
    def queries() -> int:
        client = client_of(world.seats["calculator"])
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(LIST).status_code == 200
        return len(captured)

    world.report("L1", [("2025-01", 1)], first="2025-01", last="2025-01")
    few = queries()
    for number in range(5):
        add_licensee(world, f"N{number}")
        world.report(f"N{number}", [("2025-01", 1)], first="2025-01", last="2025-01")
    assert queries() == few <= 12
    assert client_of(world.seats["calculator"]).get(LIST, {"limit": "4"}).json()["next"]


def test_pages_of_the_list_hold_every_report_once(world: SmallWorld) -> None:
    for month in range(1, 8):
        world.report("L1", [(f"2025-{month:02d}", 1)], first=f"2025-{month:02d}", last=f"2025-{month:02d}")
    client = client_of(world.seats["L1"])
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = client.get(LIST, {"limit": "3", "order": "month", **after}).json()
        seen += [row["first_month"] for row in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == [f"2025-{month:02d}" for month in range(1, 8)]


def test_mistakes_in_lines_are_told_in_the_readers_language(world: SmallWorld) -> None:
    content = (HEADER + "L1,2025-01,tv,CN,XX,1,,CNY\nL1,2024-12,tv,CN,CN,1.5,,CNY\n").encode()

    def told(language: str) -> dict[str, Any]:
        fields = {"licence_id": str(world.licences["L1"].pk), "period": "2025Q1"}
        document: dict[str, Any] = (
            client_of(world.seats["L1"])
            .post(
                LIST,
                {**fields, "file": SimpleUploadedFile("x.csv", content)},
                headers={"Idempotency-Key": "key-0001", "Accept-Language": language},
            )
            .json()
        )
        return document

    english, chinese = told("en"), told("zh-CN")
    assert english["detail"] == "The report has 3 mistakes; nothing was filed."
    assert chinese["detail"] == "报告有 3 处错误，未予申报。"
    assert [error["message"] for error in chinese["errors"]] == [row["message"] for row in chinese["lines"]]
    assert sorted(row["message"] for row in chinese["lines"]) == [
        "sold_in 须为 ISO 3166-1 双字母国家代码，例如 CN 或 DE",
        "units 须为半角数字的整数，例如 1200（不含分隔符和小数）",
        "本报告涵盖2025-01 至 2025-03：请去掉其他月份",
    ]
    assert [{**row, "message": ""} for row in english["lines"]] == [{**row, "message": ""} for row in chinese["lines"]]
