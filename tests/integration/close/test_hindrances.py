"""A licensee hears that its own report holds up a close, once, and nothing of what others lack."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licensing.agreements.models import Licence
from licensing.close.hindrances import mistakes_in, refusal_of
from licensing.close.home import reports_holding_up
from licensing.close.lifecycle import Calculation
from licensing.close.models import CloseRun
from licensing.close.services import approve_close_run, cancel_close_run, request_calculation, start_close_run
from licensing.reports.home import own_reports
from licensing.reports.models import SalesReport
from licensing.reports.services import supersede_sales_report
from platform_core.home.registry import Waiting
from platform_core.notices.models import Notice
from tests.api.core.clients import client_of
from tests.factories.royalties import SmallWorld, add_licensee, make_small_world, upload_of, work_off

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

LATE = "licence.report_holds_up_close"
REFUSED = "sales_report.holds_up_close"


def started(world: SmallWorld, period: str = "2025Q1") -> CloseRun:
    return start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period=period)


def told(world: SmallWorld, who: str, kind: str) -> list[dict[str, Any]]:
    return list(Notice.objects.filter(seat=world.seats[who], kind=kind).order_by("pk").values_list("values", flat=True))


def due(world: SmallWorld, who: str) -> dict[str, Any]:
    return {
        row.title: row.detail.get("close_waits") for row in own_reports(world.acting(who)) if isinstance(row, Waiting)
    }


def test_whose_report_is_late_is_told_once_that_the_close_waits_and_the_others_hear_nothing() -> None:
    world = make_small_world()
    for who in ("L1", "L2"):
        world.report(who, [("2025-01", 5)], first="2025-01", last="2025-03")
    assert due(world, "L3")["L3"] is None
    run = started(world)
    request_calculation(actor=world.acting("calculator"), run_id=work_off(run).pk)
    assert told(world, "L3", LATE) == [{"programme": world.programme.code, "period": "2025Q1"}]
    assert not told(world, "L1", LATE) + told(world, "L2", LATE)
    assert due(world, "L3")["L3"] == "2025Q1"
    # L1 owes later quarters, for which no close waits.
    assert due(world, "L1")["L1"] is None
    # One that is cancelled waits for nothing.
    cancel_close_run(actor=world.acting("calculator"), run_id=run.pk)
    assert due(world, "L3")["L3"] is None
    # The period's next run says nothing new.
    started(world)
    assert len(told(world, "L3", LATE)) == 1


def test_whose_report_cannot_be_calculated_from_is_told_until_it_corrects_it(world: SmallWorld) -> None:
    refused = world.report("L1", [("2025-01", 5), ("2025-03", 7)], first="2025-01", last="2025-03")
    # The licence ends earlier after all.
    Licence.objects.filter(code="L1").update(ends_on=date(2025, 2, 28))
    world.report("L2", [("2025-01", 5)], first="2025-01", last="2025-03")
    run = work_off(started(world))
    (waiting,) = reports_holding_up(world.acting("L1"))
    assert (waiting.subject_id, waiting.title) == (refused.pk, "L1 2025-01 – 2025-03")
    assert waiting.detail == {"count": 1, "close_waits": "2025Q1"}
    for who in ("L2", "L3", "calculator"):
        assert not list(reports_holding_up(world.acting(who)))
        assert not told(world, who, REFUSED)
    work_off(request_calculation(actor=world.acting("calculator"), run_id=run.pk))
    assert [values["count"] for values in told(world, "L1", REFUSED)] == [1], "told once, however often it is tried"

    again = supersede_sales_report(
        actor=world.acting("L1"), report_id=refused.pk, upload=upload_of("L1", [("2025-02", 7)]), reason="recounted"
    )
    assert not list(reports_holding_up(world.acting("L1")))
    Licence.objects.filter(code="L1").update(ends_on=date(2025, 1, 31))
    work_off(request_calculation(actor=world.acting("calculator"), run_id=run.pk))
    assert [row.subject_id for row in reports_holding_up(world.acting("L1"))] == [again.pk]
    assert len(told(world, "L1", REFUSED)) == 2


def test_a_correction_waits_for_nobodys_missing_report(world: SmallWorld) -> None:
    for who in ("L1", "L2"):
        world.report(who, [("2025-01", 5)], first="2025-01", last="2025-03")
    world.closed("2025Q1")
    Notice.objects.filter(kind=LATE).delete()
    started(world)
    assert not told(world, "L3", LATE)
    assert due(world, "L3")["L3"] is None


def test_a_close_that_is_approved_waits_for_no_late_report() -> None:
    world = make_small_world()
    world.report("L1", [("2025-01", 5)], first="2025-01", last="2025-03")
    run = world.calculated("2025Q1")
    assert due(world, "L3")["L3"] == "2025Q1"
    approve_close_run(actor=world.acting("approver"), run_id=run.pk)
    assert due(world, "L3")["L3"] is None


@pytest.mark.parametrize("whose", ["L1", "L2"])
def test_of_a_correction_only_whose_report_made_it_necessary_hears(world: SmallWorld, whose: str) -> None:
    sales = [("2025-01", 5), ("2025-03", 7)]
    reports = {who: world.report(who, sales, first="2025-01", last="2025-03") for who in ("L1", "L2")}
    world.closed("2025Q1")
    supersede_sales_report(
        actor=world.acting(whose),
        report_id=reports[whose].pk,
        upload=upload_of(whose, [*sales, ("2025-02", 1)]),
        reason="recounted",
    )
    Licence.objects.filter(code="L1").update(ends_on=date(2025, 2, 28))
    correction = CloseRun.objects.get(programme=world.programme, status="draft")
    run = work_off(request_calculation(actor=world.acting("calculator"), run_id=correction.pk))
    assert run.calculation == Calculation.REJECTED

    counting = SalesReport.objects.get(licence=world.licences["L1"], superseded_by=None)
    heard = [
        [row.detail["close_waits"] for row in reports_holding_up(world.acting("L1"))],
        [row.column for row in mistakes_in(counting)],
        [values["period"] for values in told(world, "L1", REFUSED)],
    ]
    assert heard == ([["2025Q1"], ["month"], ["2025Q1"]] if whose == "L1" else [[], [], []])
    assert (refusal_of(counting) is None) == (whose != "L1")


def test_a_report_that_holds_up_two_closes_is_told_once_with_each_place(world: SmallWorld) -> None:
    refused = world.report("L1", [("2025-01", 5), ("2025-03", 7)], first="2025-01", last="2025-03")
    world.report("L2", [("2025-01", 5)], first="2025-01", last="2025-03")
    Licence.objects.filter(code="L1").update(ends_on=date(2025, 2, 28))
    for period in ("2025Q2", "2025Q1"):
        assert work_off(started(world, period)).calculation == Calculation.REJECTED
    assert [(row.subject_id, row.detail) for row in reports_holding_up(world.acting("L1"))] == [
        (refused.pk, {"count": 1, "close_waits": "2025Q1"})
    ]
    assert [(row.line, row.column, row.value) for row in mistakes_in(refused)] == [(2, "month", "2025-03")]
    assert len(told(world, "L1", REFUSED)) == 1
    # What its page is told over HTTP.
    assert client_of(world.seats["L1"]).get(f"/api/v1/sales-reports/{refused.pk}/mistakes").json() == {
        "period": "2025Q1",
        "count": 1,
        "mistakes": [{"line": 2, "column": "month", "code": "outside_licence", "value": "2025-03"}],
    }


def test_a_close_asks_of_all_late_licensees_at_once_whom_it_told(world: SmallWorld) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            run = started(world)
        cancel_close_run(actor=world.acting("calculator"), run_id=run.pk)
        return sum("notices_notice" in query["sql"] for query in made.captured_queries)

    few = queries()
    for number in range(4, 8):
        add_licensee(world, f"L{number}")
    assert queries() == few
    assert all(len(told(world, f"L{number}", LATE)) == 1 for number in range(1, 8))
