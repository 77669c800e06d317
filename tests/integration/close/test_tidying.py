"""What filings and calculations leave behind is removed, a day later, and nothing else."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.periodic import PeriodicDeferrer

from licensing.close import storage
from licensing.close.lifecycle import Calculation
from licensing.close.models import CloseRun
from licensing.close.services import start_close_run
from licensing.close.tidying import remove_stray_files
from licensing.reports.models import SalesReport
from licensing.reports.storage import INCOMING, report_folder, reports_folder
from platform_core.clock import FixedClock
from platform_core.ids import new_id
from tests.factories.royalties import SmallWorld
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

NOW = FixedClock(datetime.now(UTC))


def age(folder: Path, hours: int) -> Path:
    """Have a folder last changed so many hours ago."""
    folder.mkdir(parents=True, exist_ok=True)
    then = (NOW.now() - timedelta(hours=hours)).timestamp()
    os.utime(folder, (then, then))
    return folder


def test_folders_without_a_row_go_after_a_day_and_all_others_stay(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    assert run.results_claim is not None
    running = start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2025Q2")
    claim = new_id()
    CloseRun.objects.filter(pk=running.pk).update(calculation=Calculation.RUNNING, claim=claim)
    stay = [
        *(age(report_folder(report.pk), 99) for report in SalesReport.objects.all()),
        age(storage.run_folder(run.pk) / str(run.results_claim), 99),
        age(storage.run_folder(running.pk) / str(claim), 99),
        age(storage.run_folder(run.pk) / str(new_id()), 23),
        age(report_folder(new_id()), 23),
        age(reports_folder() / INCOMING / "tmpnew", 23),
        age(storage.closes_folder() / "of somebody else" / "x", 99),
        age(storage.simulations_folder() / "tmpnew", 23),
    ]
    go = [
        age(report_folder(new_id()), 25),
        age(reports_folder() / INCOMING / "tmpold", 25),
        age(storage.run_folder(run.pk) / str(new_id()), 25),
        age(storage.run_folder(new_id()) / str(new_id()), 25),
        age(storage.simulations_folder() / "tmpkilled", 25),
    ]
    assert remove_stray_files(clock=NOW) == len(go)
    assert all(folder.is_dir() for folder in stay)
    assert not any(folder.exists() for folder in go)
    assert remove_stray_files(clock=NOW) == 0


def test_the_worker_does_it_every_hour() -> None:
    registered = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert registered["lianchi.remove_stray_files"] == "23 * * * *"


def test_the_application_may_put_it_into_the_queue_once_an_hour() -> None:
    periodic = app.periodic_registry.periodic_tasks.values()
    [task] = (task for task in periodic if task.task.name == "lianchi.remove_stray_files")
    for _ in range(2):
        async_to_sync(PeriodicDeferrer(app.periodic_registry).defer_jobs)([(task, 1_800_000_000)])
    job = ProcrastinateJob.objects.get(task_name="lianchi.remove_stray_files")
    assert (job.queue_name, job.args) == ("quick", {"timestamp": 1_800_000_000})
