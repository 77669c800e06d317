"""Closes under races: real threads on real connections, and workers that are killed."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from licensing.agreements.models import Receipt
from licensing.close import storage
from licensing.close.engine_child import engine_closes
from licensing.close.lifecycle import Calculation, RunStatus
from licensing.close.models import CloseBucket, CloseInput, CloseRun, CloseShare, LicenceResult
from licensing.close.services import (
    approve_close_run,
    calculating,
    cancel_close_run,
    post_close_run,
    request_calculation,
    start_close_run,
)
from licensing.close.services.opening import lock_programme
from licensing.reports.models import ReportedMonth, SalesReport
from licensing.reports.services import supersede_sales_report
from platform_core.audit.models import AuditEvent
from platform_core.identity.roles import Purpose, Role
from platform_core.jobs.models import Job
from platform_core.jobs.running import Running, Superseded
from platform_core.jobs.tasks import run as run_job
from platform_core.problems import Problem
from tests.concurrency.waiting import wait_until_somebody_waits_for_a_lock
from tests.concurrency.working import taken_up
from tests.factories.royalties import SmallWorld, make_person, upload_of, work_off
from tests.small_worlds import Filed

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]
in_this_process = pytest.mark.usefixtures("engine_in_this_process")


def together(*acts: Callable[[], Any]) -> list[str]:
    """Do several things that begin at the same moment, each in a thread of its own; return how each ended."""
    barrier = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> str:
        try:
            barrier.wait(10)
            act()
        except Problem as problem:
            return problem.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(one, acts))


def another_approver(world: SmallWorld) -> str:
    """Seat one more finance person, and return the name to act under."""
    world.seats["third"] = make_person(
        world.entity.organisation,
        "third",
        Role(world.seats["approver"].role_assignments.get().role),
        entity=world.entity,
        purpose=Purpose(world.seats["approver"].role_assignments.get().purpose),
    )
    return "third"


@in_this_process
def test_two_approvals_at_once_approve_once(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    actors = [world.acting("approver"), world.acting(another_approver(world))]
    assert together(*(lambda actor=actor: approve_close_run(actor=actor, run_id=run.pk) for actor in actors)) == [
        "done",
        "wrong_state",
    ]
    assert AuditEvent.objects.filter(name="close_run.approved").count() == 1


@in_this_process
def test_an_approval_and_a_new_calculation_at_once_never_approve_what_is_being_replaced(
    world: SmallWorld, filed: Filed
) -> None:
    for _ in range(3):
        run = world.calculated("2025Q1")
        ended = together(
            partial(approve_close_run, actor=world.acting("approver"), run_id=run.pk),
            partial(request_calculation, actor=world.acting("calculator"), run_id=run.pk),
        )
        assert ended == ["done", "wrong_state"]
        run.refresh_from_db()
        assert (run.status, run.calculation) in {
            (RunStatus.APPROVED, Calculation.DONE),
            (RunStatus.CALCULATED, Calculation.QUEUED),
        }
        if run.status == RunStatus.APPROVED:
            break
        cancel_close_run(actor=world.acting("approver"), run_id=run.pk)


def test_two_starts_at_once_start_once(world: SmallWorld) -> None:
    def start(who: str) -> Callable[[], Any]:
        actor = world.acting(who)
        return lambda: start_close_run(actor=actor, programme_id=world.programme.pk, period="2025Q1")

    assert together(start("calculator"), start("approver"), start("calculator"), start("approver")) == [
        "conflict",
        "conflict",
        "conflict",
        "done",
    ]
    assert (CloseRun.objects.count(), Job.objects.count()) == (1, 1)


def test_starts_of_overlapping_periods_at_once_start_one(world: SmallWorld) -> None:
    def start(period: str) -> Callable[[], Any]:
        actor = world.acting("calculator")
        return lambda: start_close_run(actor=actor, programme_id=world.programme.pk, period=period)

    assert together(start("2025Q1"), start("2025-02"), start("2025H1")) == ["conflict", "conflict", "done"]
    assert CloseRun.objects.count() == 1


def test_a_month_filed_twice_at_once_is_filed_once(world: SmallWorld) -> None:
    def file() -> None:
        world.report("L1", [("2025-01", 1)], first="2025-01", last="2025-03")

    assert together(file, file, file) == ["conflict", "conflict", "done"]
    assert (SalesReport.objects.count(), ReportedMonth.objects.count()) == (1, 3)


def test_a_report_superseded_twice_at_once_is_superseded_once(world: SmallWorld) -> None:
    report = world.report("L1", [("2025-01", 1)], first="2025-01", last="2025-03")

    def supersede() -> None:
        supersede_sales_report(
            actor=world.acting("L1"), report_id=report.pk, upload=upload_of("L1", [("2025-02", 2)]), reason="why"
        )

    assert together(supersede, supersede) == ["conflict", "done"]
    assert SalesReport.objects.filter(supersedes=report).count() == 1


@in_this_process
def test_a_report_superseded_while_its_period_is_calculated_is_in_whole_or_not_at_all(
    world: SmallWorld, filed: Filed, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine_closes

    def superseded_meanwhile(*args: Any) -> bool:
        # The bundle is written; now the licensee files anew, on a connection of its own.
        ended = together(
            lambda: supersede_sales_report(
                actor=world.acting("L1"),
                report_id=filed["L1"]["2025Q1"],
                upload=upload_of("L1", [("2025-01", 9_000)]),
                reason="why",
            )
        )
        assert ended == ["done"]
        return engine(*args)

    with monkeypatch.context() as patched:
        patched.setattr(calculating, "engine_closes", superseded_meanwhile)
        run = world.calculated("2025Q1")
    assert run.status == RunStatus.CALCULATED
    assert filed["L1"]["2025Q1"] in set(CloseInput.objects.filter(run=run).values_list("report", flat=True))
    assert LicenceResult.objects.get(run=run, licence=world.licences["L1"]).due_minor == 40_000
    # What was calculated is not what is on file any more, so it is not approved.
    assert together(lambda: approve_close_run(actor=world.acting("approver"), run_id=run.pk)) == ["conflict"]
    run = work_off(request_calculation(actor=world.acting("calculator"), run_id=run.pk))
    assert LicenceResult.objects.get(run=run, licence=world.licences["L1"]).due_minor == 160_000


@in_this_process
def test_posting_and_superseding_at_once_always_leave_a_correction_behind(world: SmallWorld, filed: Filed) -> None:
    report = filed["L1"]["2025Q1"]
    run = world.calculated("2025Q1")
    approve_close_run(actor=world.acting("approver"), run_id=run.pk)
    poster, licensee = world.acting("approver"), world.acting("L1")
    assert together(
        lambda: post_close_run(actor=poster, run_id=run.pk),
        lambda: supersede_sales_report(
            actor=licensee, report_id=report, upload=upload_of("L1", [("2025-01", 1)]), reason="why"
        ),
    ) == ["done", "done"]
    draft = CloseRun.objects.get(status=RunStatus.DRAFT)
    assert (draft.corrects_id, draft.period) == (run.pk, "2025Q1")


@pytest.mark.parametrize("superseding", [True, False], ids=["superseding", "filing"])
def test_a_report_and_a_row_about_its_licence_never_wait_for_each_other(
    world: SmallWorld, *, superseding: bool
) -> None:
    """Whoever files holds the licence and waits for the programme; whoever posts holds that and refers to the licence.

    The foreign key is checked at the end of the posting, so that it must not ask for more than the licence's key.
    """
    report = world.report("L1", [("2025-01", 1)], first="2025-01", last="2025-01")
    held, go_on = threading.Event(), threading.Event()

    def post() -> str:
        try:
            with transaction.atomic():
                lock_programme(world.programme.pk)
                held.set()
                assert go_on.wait(10)
                Receipt.objects.create(
                    licence=world.licences["L1"], period="2025", amount_minor=1, created_at=world.clock.now()
                )
        finally:
            connections.close_all()
        return "posted"

    def file() -> str:
        try:
            if superseding:
                supersede_sales_report(
                    actor=world.acting("L1"), report_id=report.pk, upload=upload_of("L1", [("2025-01", 2)]), reason="y"
                )
            else:
                world.report("L1", [("2025-02", 2)], first="2025-02", last="2025-02")
        finally:
            connections.close_all()
        return "filed"

    with ThreadPoolExecutor(2) as pool:
        posting = pool.submit(post)
        assert held.wait(10)
        filing = pool.submit(file)
        wait_until_somebody_waits_for_a_lock()
        go_on.set()
        assert (posting.result(20), filing.result(20)) == ("posted", "filed")


def test_posting_waits_for_a_report_that_is_being_filed(world: SmallWorld) -> None:
    """The order of locks: whoever files holds the programme, so posting sees the report or comes before it."""
    held, waiting = threading.Event(), []

    def post_meanwhile() -> None:
        held.wait(10)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '300ms'")
        try:
            with transaction.atomic():
                lock_programme(world.programme.pk)
        except Exception as error:
            waiting.append(type(error).__name__)
        finally:
            connections.close_all()

    thread = threading.Thread(target=post_meanwhile)
    thread.start()
    with transaction.atomic():
        lock_programme(world.programme.pk)
        held.set()
        thread.join(10)
    assert waiting == ["OperationalError"]


def test_a_worker_that_lost_its_job_takes_nothing_from_whoever_has_it_now(world: SmallWorld, filed: Filed) -> None:
    """It may come to the run last: it would claim it, learn that it is no longer asked for, and stop."""
    run = start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2025Q1")
    assert run.job_id is not None
    lost, given = (taken_up(run.job_id, clock=world.clock) for _ in range(2))
    calculate = partial(calculating.calculate, run_id=run.pk, attempt=run.attempt)

    def while_the_other_one_comes(running: Running, bundle: Path, output: Path) -> bool:
        with pytest.raises(Superseded):
            calculate(lost)
        return engine_closes(running, bundle, output)

    assert calculate(given, engine=while_the_other_one_comes)["status"] == "calculated"
    run.refresh_from_db()
    assert (run.status, run.calculation, run.claim) == (RunStatus.CALCULATED, Calculation.DONE, run.results_claim)


def test_two_workers_with_one_job_calculate_once(world: SmallWorld, filed: Filed) -> None:
    run = start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2025Q1")
    job_id = run.job_id
    assert job_id is not None
    assert together(lambda: run_job(job_id), lambda: run_job(job_id)) == ["done", "done"]
    run.refresh_from_db()
    assert (run.status, run.due_minor) == (RunStatus.CALCULATED, 300_000)
    assert CloseBucket.objects.filter(run=run).count() == 9
    assert AuditEvent.objects.filter(name="close_run.calculated").count() == 1
    assert [path.name for path in storage.run_folder(run.pk).iterdir()] == [str(run.results_claim)]


@pytest.mark.parametrize(
    ("point", "loaded"),
    [
        ("licensing.close.services.calculating.export_bundle", False),
        ("licensing.close.results._load_payees", False),
        ("licensing.close.storage.forget_earlier", True),
        ("the first word of the engine", False),
    ],
)
def test_a_worker_killed_at_any_point_leaves_nothing_half_loaded(
    world: SmallWorld, filed: Filed, point: str, loaded: bool
) -> None:
    run = start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2025Q1")
    database = {name: connection.settings_dict[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.concurrency.close.one_job", str(run.job_id), str(settings.DATA_DIR), point],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "TEST_DATABASE": json.dumps(database),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "there\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    worker.stdout.close()

    run.refresh_from_db()
    counts = (CloseBucket.objects.count(), CloseShare.objects.exists(), LicenceResult.objects.count())
    assert (run.status == RunStatus.CALCULATED) is loaded
    assert counts == ((9, True, 3) if loaded else (0, False, 0))
    # The next worker takes it up, whatever the first had reached.
    run = work_off(run)
    assert (run.status, run.calculation, run.due_minor) == (RunStatus.CALCULATED, Calculation.DONE, 300_000)
    assert CloseBucket.objects.count() == 9
    assert AuditEvent.objects.filter(name="close_run.calculated").count() == 1
    left = [path.name for path in storage.run_folder(run.pk).iterdir()]
    assert left == [str(run.results_claim)]
