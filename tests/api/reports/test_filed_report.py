"""A filed report as it is looked at again: what was signed by what, its figures and lines, and its neighbours."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from licensing.reports.models import SalesReport
from licensing.reports.services import file_sales_report
from licensing.reports.storage import filed_file, lines_file
from platform_core.access.models import AccessLogEntry
from tests.api.core.clients import client_of
from tests.factories.royalties import SmallWorld, month, sales_csv

pytestmark = pytest.mark.django_db

LIST = "/api/v1/sales-reports"


def read(world: SmallWorld, who: str, report: SalesReport, part: str = "", *, expect: int = 200, **query: str) -> Any:
    answer = client_of(world.seats[who]).get(f"{LIST}/{report.pk}{part}", query)
    assert answer.status_code == expect, answer.content
    return answer.json()


def corrected(world: SmallWorld) -> tuple[SalesReport, SalesReport]:
    earlier = world.report("L1", [("2025-01", 5), ("2025-03", 7)], first="2025-01", last="2025-03")
    answer = client_of(world.seats["L1"]).post(
        f"{LIST}/{earlier.pk}/superseding-reports",
        {"file": SimpleUploadedFile("new.csv", sales_csv("L1", [("2025-01", 5), ("2025-03", 9)])), "reason": "returns"},
        headers={"Idempotency-Key": "key-superseding-0001"},
    )
    assert answer.status_code == 201, answer.content
    return earlier, SalesReport.objects.get(pk=answer.json()["id"])


def test_a_report_tells_who_signed_it_by_which_letter_and_what_it_took_the_place_of(world: SmallWorld) -> None:
    earlier, later = corrected(world)
    now, before = read(world, "L1", later), read(world, "L1", earlier)
    assert (now["letter"], now["signatory_title"]) == (later.authority.letter, later.signatory_title)  # type: ignore[union-attr]
    assert (now["supersedes"]["receipt_number"], now["superseded_by"], now["reason"]) == ("L1-0001", None, "returns")
    assert (before["superseded_by"]["receipt_number"], before["superseded_by"]["reason"]) == ("L1-0002", "returns")
    # What counts and what may be corrected is the later one.
    assert (now["counted_months"], before["counted_months"]) == (["2025-01", "2025-02", "2025-03"], [])
    assert [one["may_supersede"] for one in (now, before, read(world, "calculator", later))] == [True, False, False]


def test_its_figures_are_those_filed_beside_those_of_the_report_before(world: SmallWorld) -> None:
    earlier, later = corrected(world)
    told = read(world, "L1", later, "/figures")
    assert [(row["key"], row["units"]) for row in told["totals"]["by_month"]] == [("2025-01", 5), ("2025-03", 9)]
    assert told["is_as_filed"] is True
    changed = read(world, "L1", later, "/differences")
    assert changed["before_id"] == str(earlier.pk)
    assert [(row["units_before"], row["units"]) for row in changed["differences"]] == [(12, 14)]
    assert read(world, "L1", earlier, "/differences") == {"before_id": None, "differences": []}
    lines = read(world, "L1", later, "/lines", skip="1")
    assert (lines["count"], [row["units"] for row in lines["lines"]]) == (2, [9])
    read(world, "L1", later, "/lines", skip="x", expect=422)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def test_a_report_whose_kept_lines_were_changed_is_told(world: SmallWorld) -> None:
    earlier, later = corrected(world)
    lines_file(later.pk).write_bytes(lines_file(earlier.pk).read_bytes())
    assert read(world, "L1", later, "/figures")["is_as_filed"] is False
    assert read(world, "L1", later, "/files-check")["is_as_filed"] is False
    lines_file(later.pk).unlink()
    assert "restore it" in read(world, "L1", later, "/lines", expect=409)["detail"]


@pytest.mark.parametrize("damage", [cut, Path.unlink], ids=["cut off", "gone"])
def test_damaged_lines_give_no_figures_and_say_what_to_do(world: SmallWorld, damage: Callable[[Path], None]) -> None:
    earlier, later = corrected(world)
    assert read(world, "L1", later, "/files-check")["is_as_filed"] is True
    damage(lines_file(earlier.pk))
    assert read(world, "L1", earlier, "/figures") == {"totals": None, "is_as_filed": False}
    assert read(world, "L1", earlier, "/files-check")["is_as_filed"] is False
    for report, part in ((earlier, "/lines"), (later, "/differences")):
        problem = read(world, "L1", report, part, expect=409)
        assert problem["code"] == "report_not_as_filed"
        assert str(earlier.pk) in problem["detail"], "it is the earlier report that has to be restored"
    assert read(world, "L1", later, "/figures")["totals"] is not None


def test_a_changed_upload_is_found_by_the_check_alone(world: SmallWorld) -> None:
    _, later = corrected(world)
    cut(filed_file(later.pk))
    assert read(world, "L1", later, "/files-check")["is_as_filed"] is False
    assert read(world, "L1", later, "/figures")["totals"] is not None, "what was added up is as it was filed"


def test_the_access_log_tells_what_was_read_of_which_report(world: SmallWorld) -> None:
    earlier, later = corrected(world)

    def logged(part: str) -> set[tuple[str, Any]]:
        before = set(AccessLogEntry.objects.values_list("pk", flat=True))
        read(world, "calculator", later, part)
        return set(AccessLogEntry.objects.exclude(pk__in=before).values_list("action", "subject_id"))

    assert logged("/figures") == {("sales_report.figures_viewed", later.pk)}
    assert logged("/differences") == {("sales_report.figures_viewed", one.pk) for one in (earlier, later)}
    assert logged("/files-check") == {("sales_report.files_checked", later.pk)}
    cut(lines_file(later.pk))
    assert logged("/figures") == {("sales_report.files_checked", later.pk)}


def test_nothing_sold_has_figures_and_no_lines(world: SmallWorld) -> None:
    january = month("2025-01")
    report = file_sales_report(
        actor=world.acting("L1"),
        licence_id=world.licences["L1"].pk,
        first_month=january,
        last_month=january,
        upload=None,
    )
    assert read(world, "L1", report, "/figures")["totals"]["by_product"] == []
    assert read(world, "L1", report, "/lines") == {"lines": [], "count": 0}


@pytest.mark.parametrize("part", ["", "/figures", "/lines", "/differences", "/files-check", "/closes", "/mistakes"])
def test_no_rival_member_or_office_sees_anything_of_it(world: SmallWorld, part: str) -> None:
    _, later = corrected(world)
    for who in ("L2", "M1", "secretariat"):
        read(world, who, later, part, expect=404)
    assert not AccessLogEntry.objects.filter(user=world.seats["L2"].user_id).exists()
    read(world, "calculator", later, part)
    assert AccessLogEntry.objects.filter(user=world.seats["calculator"].user_id, subject_id=later.pk).count() == 1
