"""Filing and superseding reports: kept as they came, counted once, never edited."""

import hashlib
import io
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import IntegrityError, connection, transaction

from licensing.agreements.models import Licence, LicenceState
from licensing.reports import storage
from licensing.reports.calculation import write_lines
from licensing.reports.models import ReportedMonth, SalesReport
from licensing.reports.selectors import counting_reports
from licensing.reports.services import Upload, checking, file_sales_report, supersede_sales_report
from platform_core.audit.models import AuditEvent
from platform_core.files import file_sha256
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, Problem, WrongState
from tests.factories.royalties import HEADER, SmallWorld, month, sales_csv, upload_of

pytestmark = pytest.mark.django_db


def nothing_was_filed() -> bool:
    incoming = storage.reports_folder() / "incoming"
    left = [path for path in storage.reports_folder().rglob("*") if path.is_file()]
    return not (
        SalesReport.objects.exists() or ReportedMonth.objects.exists() or AuditEvent.objects.exists() or left
    ) and (not incoming.exists() or not any(incoming.iterdir()))


def test_a_report_is_kept_as_it_came_and_as_checked_lines(world: SmallWorld) -> None:
    content = ("\ufeff" + HEADER + "L1,2025-01,电视,CN,US,10,1.5,USD\n").encode()
    report = file_sales_report(
        actor=world.acting("L1"),
        licence_id=world.licences["L1"].pk,
        first_month=month("2025-01"),
        last_month=month("2025-03"),
        upload=Upload("../第一季度.csv", io.BytesIO(content)),
    )

    assert storage.filed_file(report.pk).read_bytes() == content
    assert report.file_sha256 == hashlib.sha256(content).hexdigest()
    assert (report.file_size, report.file_name, report.line_count) == (len(content), "第一季度.csv", 1)
    assert report.lines_sha256 == file_sha256(storage.lines_file(report.pk))
    assert pq.read_table(storage.lines_file(report.pk)).column("product").to_pylist() == ["电视"]
    assert (report.filed_by_id, report.filed_from_id) == (world.seats["L1"].user_id, world.seats["L1"].pk)
    assert report.filed_at == world.clock.now()
    months = ReportedMonth.objects.filter(report=report).order_by("month").values_list("month", flat=True)
    assert list(months) == [date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)]
    event = AuditEvent.objects.get()
    assert (event.name, event.subject_id, event.operating_entity_id) == (
        "sales_report.filed",
        report.pk,
        world.entity.pk,
    )


def test_equal_lines_are_stored_as_equal_bytes(world: SmallWorld) -> None:
    sales = [("2025-01", 5), ("2025-02", 7)]
    first = world.report("L1", sales, first="2025-01", last="2025-03")
    second = supersede_sales_report(
        actor=world.acting("L1"), report_id=first.pk, upload=upload_of("L1", sales), reason="sent again"
    )
    assert first.lines_sha256 == second.lines_sha256


def test_a_gb18030_file_is_read_and_its_encoding_noted(world: SmallWorld) -> None:
    content = (HEADER + "L1,2025-01,超高清电视,CN,CN,1,,CNY\n").encode("gb18030")
    report = file_sales_report(
        actor=world.acting("L1"),
        licence_id=world.licences["L1"].pk,
        first_month=month("2025-01"),
        last_month=month("2025-01"),
        upload=Upload("a.csv", io.BytesIO(content)),
    )
    assert report.encoding == "gb18030"
    assert pq.read_table(storage.lines_file(report.pk)).column("product").to_pylist() == ["超高清电视"]


def test_nothing_sold_is_a_report_without_a_file(world: SmallWorld) -> None:
    report = file_sales_report(
        actor=world.acting("L1"),
        licence_id=world.licences["L1"].pk,
        first_month=month("2025-01"),
        last_month=month("2025-03"),
        upload=None,
    )
    assert report.is_nil
    assert (report.file_name, report.file_size, report.line_count) == ("", 0, 0)
    assert pq.read_table(storage.lines_file(report.pk)).num_rows == 0
    assert not storage.filed_file(report.pk).exists()


def test_wrong_lines_are_told_one_by_one_and_nothing_is_filed(world: SmallWorld) -> None:
    content = sales_csv("L1", [("2025-01", 5)]) + b"L1,2025-04,tv,CN,CN,1,,CNY\nL2,2025-01,tv,CN,CN,x,,CNY\n"
    with pytest.raises(InvalidInput) as caught:
        file_sales_report(
            actor=world.acting("L1"),
            licence_id=world.licences["L1"].pk,
            first_month=month("2025-01"),
            last_month=month("2025-03"),
            upload=Upload("a.csv", io.BytesIO(content)),
        )
    assert [(error.pointer, error.code) for error in caught.value.errors] == [
        ("/file/3/month", "bad_value"),
        ("/file/4/licence_id", "unknown_licence"),
        ("/file/4/units", "bad_value"),
    ]
    assert caught.value.extra["mistakes"] == 3
    assert nothing_was_filed()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "missing_column"),
        (HEADER.encode(), "empty"),
        (b"PK\x03\x04 a workbook", "damaged"),
        (b"\xff\xff\xff\xff", "unknown_encoding"),
        (b"PAR1 and no more", "bad_value"),
    ],
)
def test_a_file_that_is_no_report_is_refused(world: SmallWorld, content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        file_sales_report(
            actor=world.acting("L1"),
            licence_id=world.licences["L1"].pk,
            first_month=month("2025-01"),
            last_month=month("2025-03"),
            upload=Upload("a", io.BytesIO(content)),
        )
    assert [error.code for error in caught.value.errors] == [code]
    assert nothing_was_filed()


def test_a_file_beyond_the_limit_is_refused_before_it_is_read_to_its_end(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "LARGEST_FILE", 1 << 20)

    class Endless(io.BytesIO):
        given = 0

        def read(self, size: int | None = -1) -> bytes:
            Endless.given += 1 << 20
            return b"x" * (1 << 20)

    with pytest.raises(InvalidInput, match="larger than 1 MB"):
        file_sales_report(
            actor=world.acting("L1"),
            licence_id=world.licences["L1"].pk,
            first_month=month("2025-01"),
            last_month=month("2025-03"),
            upload=Upload("a.csv", Endless()),
        )
    assert Endless.given == 2 << 20
    assert nothing_was_filed()


@pytest.mark.parametrize(
    ("who", "problem"),
    [("L2", NotAllowed), ("calculator", NotAllowed), ("secretariat", NotAllowed), ("M1", NotAllowed)],
)
def test_only_the_licensee_files_and_a_refusal_leaves_no_trace(
    world: SmallWorld, who: str, problem: type[Problem]
) -> None:
    with pytest.raises(problem):
        world.report("L1", [("2025-01", 1)], first="2025-01", last="2025-01", who=who)
    assert nothing_was_filed()


def test_a_licence_that_was_never_in_force_is_not_reported_on(world: SmallWorld) -> None:
    world.licences["L1"].state = LicenceState.SENT
    world.licences["L1"].save()
    with pytest.raises(WrongState):
        world.report("L1", [("2025-01", 1)], first="2025-01", last="2025-01")
    assert nothing_was_filed()


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2025, 1, 2), date(2025, 3, 1)), (date(2025, 3, 1), date(2025, 1, 1)), (date(1900, 1, 1), date(2025, 1, 1))],
)
def test_a_report_covers_whole_months_in_order_and_not_too_many(world: SmallWorld, first: date, last: date) -> None:
    with pytest.raises(InvalidInput):
        file_sales_report(
            actor=world.acting("L1"),
            licence_id=world.licences["L1"].pk,
            first_month=first,
            last_month=last,
            upload=upload_of("L1", [("2025-01", 1)]),
        )
    assert nothing_was_filed()


def test_a_month_is_reported_once(world: SmallWorld) -> None:
    world.report("L1", [("2025-03", 1)], first="2025-01", last="2025-03")
    with pytest.raises(Conflict) as caught:
        world.report("L1", [("2025-03", 2)], first="2025-03", last="2025-04")
    assert caught.value.extra["months"] == ["2025-03"]
    assert SalesReport.objects.count() == 1
    assert ReportedMonth.objects.count() == 3
    # Only the files of the first are left.
    assert len(list(storage.reports_folder().rglob(storage.LINES_NAME))) == 1


def test_a_superseding_report_counts_in_its_place_and_the_earlier_one_stays(world: SmallWorld) -> None:
    earlier = world.report("L1", [("2025-01", 1)], first="2025-01", last="2025-03")
    later = supersede_sales_report(
        actor=world.acting("L1"),
        report_id=earlier.pk,
        upload=upload_of("L1", [("2025-02", 9)]),
        reason="  returns were left out ",
    )
    assert (later.supersedes_id, later.reason) == (earlier.pk, "returns were left out")
    assert (later.first_month, later.last_month) == (earlier.first_month, earlier.last_month)
    assert set(ReportedMonth.objects.values_list("report", flat=True)) == {later.pk}
    assert storage.filed_file(earlier.pk).read_bytes() == sales_csv("L1", [("2025-01", 1)])
    assert list(AuditEvent.objects.order_by("id").values_list("name", flat=True)) == [
        "sales_report.filed",
        "sales_report.superseded",
    ]


def _change_while_it_is_read(world: SmallWorld, monkeypatch: pytest.MonkeyPatch, **columns: object) -> None:
    def read(*args: Any) -> int:
        Licence.objects.filter(pk=world.licences["L1"].pk).update(**columns)
        return write_lines(*args)

    monkeypatch.setattr(checking, "write_lines", read)


@pytest.mark.parametrize(
    ("columns", "problem"),
    [({"state": LicenceState.SENT}, WrongState), ({"ends_on": date(2025, 1, 31)}, Conflict)],
)
def test_a_licence_that_changes_while_a_file_is_read_is_checked_again(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch, columns: dict[str, object], problem: type[Problem]
) -> None:
    _change_while_it_is_read(world, monkeypatch, **columns)
    with pytest.raises(problem):
        world.report("L1", [("2025-03", 1)], first="2025-01", last="2025-03")
    assert nothing_was_filed()


def test_a_superseding_report_is_checked_again_too(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = world.report("L1", [("2025-03", 1)], first="2025-01", last="2025-03")
    _change_while_it_is_read(world, monkeypatch, ends_on=date(2025, 1, 31))
    with pytest.raises(Conflict, match="changed while the file was checked"):
        supersede_sales_report(
            actor=world.acting("L1"), report_id=earlier.pk, upload=upload_of("L1", [("2025-03", 9)]), reason="why"
        )
    assert SalesReport.objects.get() == earlier


def test_a_month_is_reported_when_it_is_over_where_the_alliance_is(world: SmallWorld) -> None:
    # Still March in Greenwich, April in Shanghai.
    world.clock.set(datetime(2026, 3, 31, 15, 59, tzinfo=UTC))
    with pytest.raises(InvalidInput, match="2026-03 is not over yet"):
        world.report("L1", [("2026-03", 1)], first="2026-01", last="2026-03")
    assert nothing_was_filed()
    world.clock.set(datetime(2026, 3, 31, 16, 0, tzinfo=UTC))
    assert world.report("L1", [("2026-03", 1)], first="2026-01", last="2026-03")


def test_files_are_on_the_disk_before_the_report_is_recorded(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[int] = set()
    sync = os.fsync

    def note(handle: int) -> None:
        synced.add(os.fstat(handle).st_ino)
        sync(handle)

    monkeypatch.setattr(os, "fsync", note)
    report = world.report("L1", [("2025-03", 1)], first="2025-01", last="2025-03")
    folder = storage.report_folder(report.pk)
    for path in (folder / storage.LINES_NAME, folder / storage.FILED_NAME, folder, folder.parent, folder.parent.parent):
        assert path.stat().st_ino in synced, path


def test_a_superseded_report_is_not_superseded_again_and_a_reason_is_needed(world: SmallWorld) -> None:
    earlier = world.report("L1", [("2025-01", 1)], first="2025-01", last="2025-03")

    def supersede(reason: str) -> SalesReport:
        return supersede_sales_report(
            actor=world.acting("L1"), report_id=earlier.pk, upload=upload_of("L1", [("2025-02", 9)]), reason=reason
        )

    with pytest.raises(InvalidInput):
        supersede("  ")
    assert SalesReport.objects.count() == 1
    supersede("first")
    with pytest.raises(Conflict):
        supersede("second")
    assert SalesReport.objects.count() == 2
    assert len(list(storage.reports_folder().rglob(storage.LINES_NAME))) == 2


@pytest.mark.parametrize(("who", "problem"), [("L2", NotFound), ("calculator", NotAllowed), ("secretariat", NotFound)])
def test_only_the_licensee_supersedes(world: SmallWorld, who: str, problem: type[Problem]) -> None:
    earlier = world.report("L1", [("2025-01", 1)], first="2025-01", last="2025-03")
    with pytest.raises(problem):
        supersede_sales_report(
            actor=world.acting(who), report_id=earlier.pk, upload=upload_of("L1", [("2025-02", 9)]), reason="why"
        )
    assert SalesReport.objects.count() == 1
    assert set(ReportedMonth.objects.values_list("report", flat=True)) == {earlier.pk}


def test_reports_that_count_for_a_span_are_found_by_month(world: SmallWorld) -> None:
    actor = world.acting("calculator")
    before = world.report("L1", [("2024-11", 1)], first="2024-10", last="2024-12")
    first = world.report("L1", [("2025-01", 1)], first="2025-01", last="2025-03")
    second = world.report("L2", [("2025-03", 1)], first="2025-03", last="2025-06")
    world.report("L1", [("2025-04", 1)], first="2025-04", last="2025-04")

    def counting(first_month: date | None) -> list[SalesReport]:
        return list(
            counting_reports(
                actor=actor, programme_id=world.programme.pk, first_month=first_month, last_month=month("2025-03")
            )
        )

    assert counting(month("2025-01")) == [first, second]
    assert counting(None) == [before, first, second]


def _change(report: SalesReport, other: SalesReport) -> dict[str, Callable[[], object]]:
    months = ReportedMonth.objects.filter(report=report)
    return {
        "edit a report": lambda: SalesReport.objects.filter(pk=report.pk).update(line_count=7),
        "delete a report": lambda: SalesReport.objects.filter(pk=report.pk).delete(),
        "empty the table": lambda: connection.cursor().execute("TRUNCATE reports_salesreport CASCADE"),
        "forget a month": lambda: months.delete(),
        "count a report of another licence": lambda: months.update(report=other),
        "give a month to another licence": lambda: months.update(licence=other.licence),
    }


@pytest.mark.parametrize(
    "what",
    [
        "edit a report",
        "delete a report",
        "empty the table",
        "forget a month",
        "count a report of another licence",
        "give a month to another licence",
    ],
)
def test_the_database_itself_refuses_to_change_history(world: SmallWorld, what: str) -> None:
    report = world.report("L1", [("2025-01", 1)], first="2025-01", last="2025-03")
    other = world.report("L2", [("2025-01", 1)], first="2025-01", last="2025-03")
    before = list(ReportedMonth.objects.order_by("id").values_list("licence", "month", "report"))
    with (
        pytest.raises(Exception, match=r"append-only|reported|counts for a month|permission denied|foreign"),
        transaction.atomic(),
    ):
        _change(report, other)[what]()
    assert list(ReportedMonth.objects.order_by("id").values_list("licence", "month", "report")) == before
    assert SalesReport.objects.get(pk=report.pk).line_count == 1


def test_the_database_refuses_a_report_in_the_place_of_one_of_other_months(world: SmallWorld) -> None:
    earlier = world.report("L1", [("2025-01", 1)], first="2025-01", last="2025-03")
    with pytest.raises(IntegrityError, match="same licence and months"), transaction.atomic():
        SalesReport.objects.create(
            licence=earlier.licence,
            first_month=month("2025-01"),
            last_month=month("2025-02"),
            supersedes=earlier,
            reason="why",
            kind="nil",
            lines_sha256="0" * 64,
            filed_at=world.clock.now(),
        )


def test_files_of_a_report_stand_in_a_folder_named_by_id_alone(world: SmallWorld, tmp_path: Path) -> None:
    report = world.report("L1", [("2025-01", 1)], first="2025-01", last="2025-03")
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    folder = f"files/reports/{report.pk.hex[-2:]}/{report.pk}"
    assert found == [f"{folder}/filed", f"{folder}/lines.parquet"]
