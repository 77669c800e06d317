"""Reports that change closed periods: new runs, and differences that are written down instead of edits."""

from uuid import UUID

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum

from licensing.close.lifecycle import Calculation, RunStatus
from licensing.close.models import Adjustment, CloseRun, LicenceResult, PayeeResult
from licensing.close.policies import CLOSE_WORK
from licensing.close.selectors import last_posted
from licensing.close.services import approve_close_run, post_close_run, request_calculation, start_close_run
from licensing.reports.models import SalesReport
from licensing.reports.services import supersede_sales_report
from platform_core.audit.models import AuditEvent
from tests.factories.royalties import (
    SmallWorld,
    add_licensee,
    make_small_world,
    upload_of,
    work_off,
)
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


def settle(world: SmallWorld, run: CloseRun) -> CloseRun:
    """Have an open correction calculated by one, approved and posted by the other."""
    work_off(request_calculation(actor=world.acting("calculator"), run_id=run.pk))
    approve_close_run(actor=world.acting("approver"), run_id=run.pk)
    return post_close_run(actor=world.acting("approver"), run_id=run.pk)


def correct(world: SmallWorld, report: UUID, licence: str, units: int, when: str) -> SalesReport:
    """Supersede a report with one of a single month."""
    return supersede_sales_report(
        actor=world.acting(licence),
        report_id=report,
        upload=upload_of(licence, [(when, units)]),
        reason="found by our own audit",
    )


def owed(run: CloseRun) -> dict[object, int]:
    return dict(LicenceResult.objects.filter(run=run).values_list("licence__code", "due_minor"))


def due(run: CloseRun) -> dict[str, int]:
    return dict(PayeeResult.objects.filter(run=run).values_list("payee", "amount_minor"))


def test_a_superseding_report_reopens_its_period_and_every_later_closed_one_of_the_year(
    world: SmallWorld, filed: Filed
) -> None:
    closed = {period: world.closed(period) for period in ("2025Q1", "2025Q2", "2025Q3")}
    before = {period: CloseRun.objects.filter(pk=run.pk).values().get() for period, run in closed.items()}

    later = correct(world, filed["L1"]["2025Q2"], "L1", 60_000, "2025-04")

    drafts = CloseRun.objects.filter(status=RunStatus.DRAFT).order_by("period")
    assert [(run.period, run.number, run.corrects_id, run.prompted_by_id, run.calculation) for run in drafts] == [
        ("2025Q2", 2, closed["2025Q2"].pk, later.pk, Calculation.NONE),
        ("2025Q3", 2, closed["2025Q3"].pk, later.pk, Calculation.NONE),
    ]
    # Nobody calculated yet, so nobody is kept from approving.
    assert {(run.opened_by_id, run.calculated_by_id, run.asked_by_id) for run in drafts} == {(None, None, None)}
    assert {period: CloseRun.objects.filter(pk=run.pk).values().get() for period, run in closed.items()} == before
    # The licensee whose report it was is not told of it by the audit record: closes are finance's.
    events = AuditEvent.objects.filter(name="close_run.reopened")
    assert events.count() == 2
    assert events.filter(user=None, seat=None, organisation=None, work=CLOSE_WORK.name).count() == 2


def test_original_and_adjustments_add_up_to_the_newest_run(world: SmallWorld, filed: Filed) -> None:
    closed = {period: world.closed(period) for period in ("2025Q1", "2025Q2", "2025Q3")}
    # Corrections of corrections: the first quarter's figures change twice, the second's once more on their own.
    for report, units, when in (
        (filed["L1"]["2025Q1"], 70_000, "2025-01"),
        (None, 2_500, "2025-02"),
    ):
        earlier = report or SalesReport.objects.get(supersedes=filed["L1"]["2025Q1"]).pk
        correct(world, earlier, "L1", units, when)
        for run in CloseRun.objects.filter(status=RunStatus.DRAFT).order_by("period"):
            settle(world, run)
    correct(world, filed["L2"]["2025Q2"], "L2", 1, "2025-06")
    for run in CloseRun.objects.filter(status=RunStatus.DRAFT).order_by("period"):
        settle(world, run)

    for period, original in closed.items():
        newest = last_posted(world.programme.pk, period, actor=world.acting("approver"))
        assert newest is not None
        assert newest.number == (3 if period == "2025Q1" else 4)
        rows = Adjustment.objects.filter(run__period=period)
        by_licence = dict(
            rows.filter(side="licence").values_list("licence__code").annotate(sum=Sum("amount_minor")).order_by()
        )
        by_payee = dict(rows.filter(side="payee").values_list("payee").annotate(sum=Sum("amount_minor")).order_by())
        first, last = owed(original), owed(newest)
        assert {code: first.get(code, 0) + by_licence.get(code, 0) for code in {*first, *by_licence}} == last
        first_due, last_due = due(original), due(newest)
        assert {name: first_due.get(name, 0) + by_payee.get(name, 0) for name in {*first_due, *by_payee}} == last_due
        # What licensees owe more is what payees get more, run by run.
        for run in CloseRun.objects.filter(period=period, corrects__isnull=False):
            sides = {
                side: Adjustment.objects.filter(run=run, side=side).aggregate(sum=Sum("amount_minor"))["sum"] or 0
                for side in ("licence", "payee")
            }
            assert sides["licence"] == sides["payee"]


def test_what_did_not_change_has_no_adjustment(world: SmallWorld, filed: Filed) -> None:
    world.closed("2025Q1")
    correct(world, filed["L1"]["2025Q1"], "L1", 4_000, "2025-01")
    run = settle(world, CloseRun.objects.get(status=RunStatus.DRAFT))
    rows = Adjustment.objects.filter(run=run).order_by("position")
    # 3,000 became 4,000 units: 200.00 more, of which a tenth is the fee.
    assert list(rows.values_list("position", "side", "licence__code", "payee", "royalty_minor", "amount_minor")) == [
        (1, "licence", "L1", "", 20_000, 20_000),
        (2, "payee", None, "M1", 0, 9_000),
        (3, "payee", None, "M2", 0, 5_400),
        (4, "payee", None, "M3", 0, 3_600),
        (5, "payee", None, "~fee", 0, 2_000),
    ]
    assert rows.get(payee="M1").membership_id == world.members["M1"].pk


def test_a_correction_to_nothing_and_a_licensee_that_is_new_are_whole_adjustments(
    world: SmallWorld, filed: Filed
) -> None:
    world.closed("2025Q1")
    supersede_sales_report(
        actor=world.acting("L3"), report_id=filed["L3"]["2025Q1"], upload=None, reason="it was another's product"
    )
    add_licensee(world, "L4")
    world.report("L4", [("2025-01", 2_000)], first="2025-01", last="2025-03")
    run = settle(world, CloseRun.objects.get(status=RunStatus.DRAFT))
    rows = Adjustment.objects.filter(run=run, side="licence").order_by("position")
    assert list(rows.values_list("licence__code", "amount_minor")) == [("L3", -160_000), ("L4", 20_000)]


def test_a_late_first_report_of_a_closed_period_reopens_it_too(world: SmallWorld) -> None:
    world.report("L1", [("2025-01", 5_000)], first="2025-01", last="2025-03")
    world.closed("2025Q1")
    late = world.report("L2", [("2025-01", 5_000)], first="2025-01", last="2025-03")
    run = CloseRun.objects.get(status=RunStatus.DRAFT)
    assert (run.period, run.prompted_by_id) == ("2025Q1", late.pk)


def test_reports_of_other_years_and_other_programmes_reopen_nothing(world: SmallWorld, filed: Filed) -> None:
    other = make_small_world("other")
    world.closed("2025Q1")
    world.report("L1", [("2024-12", 5_000)], first="2024-10", last="2024-12")
    world.report("L1", [("2026-01", 5_000)], first="2026-01", last="2026-01")
    other.report("L1", [("2025-01", 5_000)], first="2025-01", last="2025-03")
    assert CloseRun.objects.count() == 1


def test_an_earlier_year_s_report_reopens_what_never_resets(transactional_db: None) -> None:
    document = """
    [programme]
    [[rates]]
    id = "lifetime"
    bands = [{above = 0, per_unit = "0"}, {above = 1000, per_unit = "0.20"}]
    reset = "never"
    [allocation]
    by = "equal"
    """
    world = make_small_world("life", document=document)
    world.report("L1", [("2025-01", 2_000)], first="2025-01", last="2025-03")
    run = world.closed("2025Q1")
    assert owed(run) == {"L1": 20_000}
    world.report("L1", [("2024-12", 900)], first="2024-10", last="2024-12")
    run = settle(world, CloseRun.objects.get(status=RunStatus.DRAFT))
    assert (run.period, owed(run)) == ("2025Q1", {"L1": 38_000})


def test_several_reports_lead_to_one_correction(world: SmallWorld, filed: Filed) -> None:
    world.closed("2025Q1")
    for licence in ("L1", "L2", "L3"):
        correct(world, filed[licence]["2025Q1"], licence, 5_000, "2025-01")
    run = CloseRun.objects.get(status=RunStatus.DRAFT)
    run = settle(world, run)
    assert Adjustment.objects.filter(run=run, side="licence").count() == 3
    assert not CloseRun.objects.filter(status=RunStatus.DRAFT).exists()


def test_a_report_after_the_approval_is_corrected_right_after_posting(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    approve_close_run(actor=world.acting("approver"), run_id=run.pk)
    correct(world, filed["L1"]["2025Q1"], "L1", 4_000, "2025-01")
    assert CloseRun.objects.count() == 1
    post_close_run(actor=world.acting("approver"), run_id=run.pk)
    draft = CloseRun.objects.get(status=RunStatus.DRAFT)
    assert (draft.period, draft.corrects_id, draft.prompted_by) == ("2025Q1", run.pk, None)


def test_a_period_can_be_closed_again_by_hand_and_corrects_the_last_one(world: SmallWorld, filed: Filed) -> None:
    first = world.closed("2025Q1")
    run = start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2025Q1")
    assert (run.number, run.corrects_id) == (2, first.pk)


def test_adjustments_are_never_changed_nor_made_by_hand(world: SmallWorld, filed: Filed) -> None:
    original = world.closed("2025Q1")
    correct(world, filed["L1"]["2025Q1"], "L1", 4_000, "2025-01")
    run = settle(world, CloseRun.objects.get(status=RunStatus.DRAFT))
    rows = Adjustment.objects.filter(run=run)
    before = list(rows.order_by("position").values())
    for change in (
        lambda: rows.update(amount_minor=0),
        lambda: rows.delete(),
        lambda: Adjustment.objects.create(run=run, position=99, side="payee", payee="~fee:2", amount_minor=5),
        lambda: Adjustment.objects.create(run=original, position=1, side="payee", payee="~fee", amount_minor=5),
    ):
        with pytest.raises(DatabaseError, match=r"append-only|at no other time"), transaction.atomic():
            change()
    assert list(Adjustment.objects.order_by("position").values()) == before
