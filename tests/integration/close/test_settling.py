"""Approving and posting a close: two people, no way back, and not over the heads of new reports."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction

from licensing.close.lifecycle import Calculation, RunStatus
from licensing.close.models import (
    Adjustment,
    CloseBucket,
    CloseInput,
    CloseRun,
    CloseShare,
    LicenceResult,
    PayeeResult,
    RejectedRow,
    Statement,
)
from licensing.close.selectors import allowed_steps
from licensing.close.services import (
    approve_close_run,
    cancel_close_run,
    post_close_run,
    request_calculation,
    send_back_close_run,
    start_close_run,
)
from licensing.reports.services import supersede_sales_report
from platform_core.audit.models import AuditEvent
from platform_core.jobs.models import Job
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, Problem, WrongState
from tests.factories.royalties import SmallWorld, make_small_world, upload_of, work_off
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


def state_of(run: CloseRun) -> tuple[object, ...]:
    """Everything recorded of a run, and how many events."""
    return (
        CloseRun.objects.filter(pk=run.pk).values().get(),
        AuditEvent.objects.count(),
        Job.objects.count(),
        Adjustment.objects.count(),
    )


def test_a_close_goes_from_start_to_posted_by_two_people(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    run = approve_close_run(actor=world.acting("approver"), run_id=run.pk)
    assert (run.status, run.approved_by_id, run.approved_at) == (
        RunStatus.APPROVED,
        world.seats["approver"].user_id,
        world.clock.now(),
    )
    # Posting is carrying out: either of the two may.
    run = post_close_run(actor=world.acting("calculator"), run_id=run.pk)
    assert (run.status, run.posted_by_id, run.posted_at) == (
        RunStatus.POSTED,
        world.seats["calculator"].user_id,
        world.clock.now(),
    )
    assert not Adjustment.objects.exists()
    assert list(AuditEvent.objects.filter(subject_id=run.pk).order_by("id").values_list("name", flat=True)) == [
        "close_run.started",
        "close_run.calculated",
        "close_run.approved",
        "close_run.posted",
    ]


@pytest.mark.parametrize(
    ("who", "problem"),
    [("calculator", NotAllowed), ("secretariat", NotFound), ("M1", NotFound), ("L1", NotFound)],
)
def test_approval_is_refused_and_leaves_no_trace(
    world: SmallWorld, filed: Filed, who: str, problem: type[Problem]
) -> None:
    run = world.calculated("2025Q1")
    before = state_of(run)
    with pytest.raises(problem):
        approve_close_run(actor=world.acting(who), run_id=run.pk)
    assert state_of(run) == before


def test_the_one_who_asked_last_is_the_one_who_may_not_approve(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    run = work_off(request_calculation(actor=world.acting("approver"), run_id=run.pk))
    with pytest.raises(NotAllowed, match="second person"):
        approve_close_run(actor=world.acting("approver"), run_id=run.pk)
    assert approve_close_run(actor=world.acting("calculator"), run_id=run.pk).status == RunStatus.APPROVED


def test_finance_of_another_alliance_can_do_nothing(world: SmallWorld, filed: Filed) -> None:
    stranger = make_small_world("other").acting("approver")
    run = world.calculated("2025Q1")
    before = state_of(run)
    steps: list[Callable[[], object]] = [
        lambda: approve_close_run(actor=stranger, run_id=run.pk),
        lambda: send_back_close_run(actor=stranger, run_id=run.pk, reason="why"),
        lambda: request_calculation(actor=stranger, run_id=run.pk),
        lambda: cancel_close_run(actor=stranger, run_id=run.pk),
        lambda: post_close_run(actor=stranger, run_id=run.pk),
    ]
    for step in steps:
        with pytest.raises(NotFound):
            step()
    with pytest.raises(NotAllowed):
        start_close_run(actor=stranger, programme_id=world.programme.pk, period="2025Q2")
    assert state_of(run) == before
    assert CloseRun.objects.count() == 1


def test_a_run_is_not_approved_over_the_head_of_a_newer_report(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    supersede_sales_report(
        actor=world.acting("L1"),
        report_id=filed["L1"]["2025Q1"],
        upload=upload_of("L1", [("2025-02", 1)]),
        reason="wrong file",
    )
    before = state_of(run)
    with pytest.raises(Conflict, match="Reports were filed since"):
        approve_close_run(actor=world.acting("approver"), run_id=run.pk)
    assert state_of(run) == before
    run = work_off(request_calculation(actor=world.acting("calculator"), run_id=run.pk))
    assert approve_close_run(actor=world.acting("approver"), run_id=run.pk).status == RunStatus.APPROVED


def test_a_report_of_a_later_period_stands_in_nobody_s_way(world: SmallWorld) -> None:
    world.report("L1", [("2025-01", 5000)], first="2025-01", last="2025-03")
    run = world.calculated("2025Q1")
    world.report("L1", [("2025-04", 5000)], first="2025-04", last="2025-06")
    assert approve_close_run(actor=world.acting("approver"), run_id=run.pk).status == RunStatus.APPROVED


def test_a_run_without_a_good_last_calculation_is_not_approved(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    asked = request_calculation(actor=world.acting("calculator"), run_id=run.pk)
    before = state_of(run)
    with pytest.raises(WrongState):
        approve_close_run(actor=world.acting("approver"), run_id=run.pk)
    with pytest.raises(WrongState):
        send_back_close_run(actor=world.acting("approver"), run_id=run.pk, reason="why")
    with pytest.raises(WrongState):
        request_calculation(actor=world.acting("calculator"), run_id=run.pk)
    assert state_of(run) == before
    assert allowed_steps(asked, actor=world.acting("approver")) == ["cancel"]


def test_the_steps_somebody_may_take_are_told(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    assert allowed_steps(run, actor=world.acting("approver")) == ["calculate", "approve", "send back", "cancel"]
    assert allowed_steps(run, actor=world.acting("calculator")) == ["calculate", "send back", "cancel"]
    assert allowed_steps(run, actor=world.acting("secretariat")) == []
    run = approve_close_run(actor=world.acting("approver"), run_id=run.pk)
    assert allowed_steps(run, actor=world.acting("calculator")) == ["post"]
    run = post_close_run(actor=world.acting("calculator"), run_id=run.pk)
    assert allowed_steps(run, actor=world.acting("calculator")) == []


def test_one_run_at_a_time_is_open_for_a_period(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    before = state_of(run)
    with pytest.raises(Conflict, match="open already"):
        start_close_run(actor=world.acting("approver"), programme_id=world.programme.pk, period="2025Q1")
    assert state_of(run) == before
    cancel_close_run(actor=world.acting("approver"), run_id=run.pk)
    again = start_close_run(actor=world.acting("approver"), programme_id=world.programme.pk, period="2025Q1")
    assert (again.number, again.corrects) == (2, None)


def test_no_month_is_closed_twice_by_periods_of_different_length(world: SmallWorld) -> None:
    world.closed("2025Q1")
    for period in ("2025-03", "2025H1", "2025"):
        with pytest.raises(Conflict, match="no month is closed twice"):
            start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period=period)
    with pytest.raises(DatabaseError, match="closerun_each_month_once"), transaction.atomic():
        CloseRun.objects.create(
            programme=world.programme,
            period="2025-03",
            first_month="2025-03-01",
            last_month="2025-03-01",
            number=1,
            terms_version=world.terms,
            opened_at=world.clock.now(),
        )
    assert CloseRun.objects.count() == 1


@pytest.mark.parametrize("period", ["2025Q5", "2025-13", "25", "", "2025q1"])
def test_a_period_that_is_none_is_refused(world: SmallWorld, period: str) -> None:
    with pytest.raises(InvalidInput):
        start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period=period)
    assert not CloseRun.objects.exists()


def test_a_period_is_closed_when_it_is_over_where_the_alliance_is(world: SmallWorld) -> None:
    # Still March in Greenwich, April in Shanghai.
    world.clock.set(datetime(2026, 3, 31, 15, 59, tzinfo=UTC))
    with pytest.raises(InvalidInput, match="not over yet"):
        start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2026Q1")
    assert not CloseRun.objects.exists()
    world.clock.set(datetime(2026, 3, 31, 16, 0, tzinfo=UTC))
    assert start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2026Q1")


def test_a_period_before_any_terms_is_refused(world: SmallWorld) -> None:
    with pytest.raises(Conflict, match="No published terms"):
        start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2023")
    assert not CloseRun.objects.exists()
    assert not Job.objects.exists()


def test_a_run_is_sent_back_only_with_a_reason(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    before = state_of(run)
    with pytest.raises(InvalidInput):
        send_back_close_run(actor=world.acting("approver"), run_id=run.pk, reason=" ")
    assert state_of(run) == before


ROWS = (CloseInput, CloseBucket, CloseShare, LicenceResult, PayeeResult, Statement)


@pytest.mark.parametrize("settled", ["approved", "posted"])
def test_a_settled_run_and_all_its_rows_are_immutable_in_the_database(
    world: SmallWorld, filed: Filed, settled: str
) -> None:
    run = world.calculated("2025Q1")
    approve_close_run(actor=world.acting("approver"), run_id=run.pk)
    if settled == "posted":
        post_close_run(actor=world.acting("approver"), run_id=run.pk)
    runs = CloseRun.objects.filter(pk=run.pk)
    before = runs.values().get()
    counts = [model._default_manager.count() for model in ROWS]

    def refused(change: Callable[[], object]) -> None:
        told = r"no longer be changed|settled|replaced as a whole|kept|does not go"
        with pytest.raises(DatabaseError, match=told), transaction.atomic():
            change()

    refused(lambda: runs.update(due_minor=0, royalty_minor=0))
    refused(lambda: runs.update(status=RunStatus.DRAFT, approved_by=None, approved_at=None))
    refused(lambda: runs.update(approved_by=world.seats["secretariat"].user))
    refused(lambda: runs._raw_delete(runs.db))
    for model in ROWS:
        rows = model._default_manager.filter(run=run)
        assert rows.exists()
        refused(partial(rows.update, run=run))
        refused(partial(rows._raw_delete, rows.db))
    # Nothing is added either: the same function stands before all these tables.
    refused(
        lambda: RejectedRow.objects.create(run=run, position=1, file="sales.csv", line=1, code="bad_value", message="x")
    )
    with connection.cursor() as cursor:
        tables = [model._meta.db_table for model in (*ROWS, RejectedRow)]
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgname = ANY(%s) AND tgenabled IN ('O', 'A')",
            [[f"{table}_open_insert" for table in tables]],
        )
        assert cursor.fetchone() == (len(tables),)
    assert runs.values().get() == before
    assert [model._default_manager.count() for model in ROWS] == counts


def test_the_application_cannot_empty_the_tables_of_closes(world: SmallWorld, filed: Filed) -> None:
    run = world.closed("2025Q1")
    for table in ("close_closerun", "close_closebucket", "close_adjustment"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")
    assert CloseBucket.objects.filter(run=run).count() == 9


def test_the_database_refuses_shortcuts_through_the_states(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    runs = CloseRun.objects.filter(pk=run.pk)
    before = runs.values().get()
    person = world.seats["approver"].user
    now = world.clock.now()
    shortcuts: list[dict[str, object]] = [
        {"status": RunStatus.POSTED, "approved_by": person, "approved_at": now, "posted_by": person, "posted_at": now},
        {"status": RunStatus.APPROVED, "approved_by": person, "approved_at": now, "due_minor": 1, "royalty_minor": 1},
        # The second person must not be the first.
        {"status": RunStatus.APPROVED, "approved_by": world.seats["calculator"].user, "approved_at": now},
        {"status": RunStatus.APPROVED},
        {"period": "2025Q2"},
        {"programme": make_small_world("other").programme},
    ]
    for shortcut in shortcuts:
        with pytest.raises(DatabaseError), transaction.atomic():
            runs.update(**shortcut)
    assert runs.values().get() == before
    with pytest.raises(DatabaseError, match="begins as a draft"), transaction.atomic():
        CloseRun.objects.create(
            programme=world.programme,
            period="2025Q2",
            first_month="2025-04-01",
            last_month="2025-06-01",
            number=1,
            terms_version=world.terms,
            opened_at=now,
            status=RunStatus.CANCELLED,
            calculation=Calculation.NONE,
        )
