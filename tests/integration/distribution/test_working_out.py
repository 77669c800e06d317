"""Working a distribution out with the real engine: whole or not at all, from files of its own."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.contrib.django import app

from licensing.agreements.models import Receipt
from licensing.close.storage import bundle_folder as close_bundle_folder
from licensing.distribution import storage
from licensing.distribution.lifecycle import DistributionStatus
from licensing.distribution.models import (
    DistributionItem,
    DistributionPart,
    DistributionReceipt,
    DistributionShare,
)
from licensing.distribution.services import approve_distribution, review_distribution, start_distribution
from licensing.distribution.tidying import remove_stray_calculations
from licensing.reports.services import supersede_sales_report
from platform_core.clock import FixedClock
from platform_core.ids import new_id
from platform_core.jobs.models import Job
from platform_core.jobs.tasks import run as run_job
from platform_core.problems import Conflict
from tests.factories.billing import billed, pay, set_up_billing
from tests.factories.distribution import THROUGH, amounts, worked_out
from tests.factories.royalties import SmallWorld, upload_of
from tests.small_worlds import Filed

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = (DistributionPart, DistributionReceipt, DistributionShare, DistributionItem)
NOW = FixedClock(datetime.now(UTC))
in_this_process = pytest.mark.usefixtures("engine_in_this_process")


def paid(world: SmallWorld) -> None:
    for invoice in billed(world, world.closed("2025Q1"), set_up_billing(world)).values():
        pay(world, invoice, on=THROUGH)


def test_the_engine_works_from_the_bundle_of_the_close_and_leaves_that_as_it_is(
    world: SmallWorld, filed: Filed
) -> None:
    paid(world)
    run = worked_out(world)
    assert amounts(run) == {"M1": 135_000, "M2": 81_000, "M3": 54_000, "~fee": 30_000}
    [part] = DistributionPart.objects.filter(run=run)
    assert part.close_run.results_claim is not None
    assert run.results_claim is not None
    of_close = close_bundle_folder(part.close_run.pk, part.close_run.results_claim)
    own = storage.bundle_folder(run.pk, run.results_claim, "2025Q1")
    assert (own / "payments.csv").read_text() == "licence_id,amount\nL1,400.00\nL2,1000.00\nL3,1600.00\n"
    assert 'basis = "collected"' in (own / "programme.toml").read_text()
    assert 'basis = "accrued"' in (of_close / "programme.toml").read_text()
    assert not (of_close / "payments.csv").exists() or "400.00" not in (of_close / "payments.csv").read_text()
    # Sales take no room twice.
    files = sorted(file.relative_to(own) for file in own.rglob("*") if file.is_file())
    sales = [file for file in files if "sales" in file.as_posix()]
    assert sales
    assert all((own / file).stat().st_ino == (of_close / file).stat().st_ino for file in sales)


@in_this_process
@pytest.mark.parametrize("point", ["make_durable", "forget_earlier"])
def test_a_worker_that_dies_leaves_nothing_half_done_and_the_next_one_takes_it_up(
    world: SmallWorld, filed: Filed, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    class Killed(BaseException):
        """What no handler of errors stops."""

    def die(*_given: object) -> None:
        raise Killed

    paid(world)
    run = start_distribution(actor=world.acting("calculator"), programme_id=world.programme.pk, through_on=THROUGH)
    assert run.job_id is not None
    with monkeypatch.context() as patched:
        patched.setattr(storage, point, die)
        with pytest.raises(Killed):
            run_job(run.job_id)
    loaded = point == "forget_earlier"
    assert all(model.objects.exists() is loaded for model in ROWS)
    run.refresh_from_db()
    assert (run.status == DistributionStatus.CALCULATED) is loaded
    run_job(run.job_id)
    run.refresh_from_db()
    assert (run.status, run.total_minor) == (DistributionStatus.CALCULATED, 300_000)
    folders = list((storage.distributions_folder() / str(run.pk)).iterdir())
    assert [folder.name for folder in folders] == [str(run.results_claim)]


@in_this_process
def test_money_for_a_period_that_is_not_closed_stops_it_with_a_reason(world: SmallWorld, filed: Filed) -> None:
    Receipt.objects.create(
        licence=world.licences["L1"], period="2025Q4", amount_minor=5, received_on=THROUGH, created_at=NOW.now()
    )
    run = worked_out(world)
    assert (run.status, run.calculation) == (DistributionStatus.DRAFT, "failed")
    assert run.message == "Money was received for periods that are not closed: 2025Q4. Close them first."
    assert not any(model.objects.exists() for model in ROWS)
    assert Job.objects.get(subject_id=run.pk).state == "failed"


@in_this_process
def test_a_close_that_was_corrected_meanwhile_is_noticed(world: SmallWorld, filed: Filed) -> None:
    paid(world)
    run = worked_out(world)
    review_distribution(actor=world.acting("calculator"), run_id=run.pk, review="fine")
    sold = [("2025-01", 1000), ("2025-02", 750), ("2025-03", 750)]
    supersede_sales_report(
        actor=world.acting("L1"), report_id=filed["L1"]["2025Q1"], upload=upload_of("L1", sold), reason="returns"
    )
    world.corrected("2025Q1")
    with pytest.raises(Conflict, match="has been corrected"):
        approve_distribution(actor=world.acting("approver"), run_id=run.pk)


@in_this_process
def test_files_that_no_distribution_has_as_its_own_go_after_a_day(world: SmallWorld, filed: Filed) -> None:
    paid(world)
    run = worked_out(world)
    assert run.results_claim is not None
    stray, lost, fresh = (storage.claim_folder(run_id, new_id()) for run_id in (run.pk, new_id(), run.pk))
    for folder, hours in ((stray, 25), (lost, 25), (fresh, 23), (storage.claim_folder(run.pk, run.results_claim), 99)):
        folder.mkdir(parents=True, exist_ok=True)
        then = (NOW.now() - timedelta(hours=hours)).timestamp()
        os.utime(folder, (then, then))
    assert remove_stray_calculations(clock=NOW) == 2
    assert (stray.exists(), lost.exists(), fresh.exists()) == (False, False, True)
    assert (storage.bundle_folder(run.pk, run.results_claim, "2025Q1") / "programme.toml").is_file()
    registered = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert registered["lianchi.remove_stray_distributions"] == "33 * * * *"
