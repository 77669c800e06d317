"""Distributions under races: real threads on real connections, each outcome as if one had come after the other."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from django.db import connections

from licensing.billing.models import Settlement
from licensing.billing.services import take_settlement_back
from licensing.distribution import storage
from licensing.distribution.lifecycle import DistributionStatus
from licensing.distribution.models import DistributionItem, DistributionRun, DistributionShare
from licensing.distribution.services import (
    approve_distribution,
    calculating,
    cancel_distribution,
    release_distribution,
    request_distribution,
    review_distribution,
    start_distribution,
)
from licensing.distribution.withholding.services import confirm_withholding_rule
from licensing.engine import close_bundle
from platform_core.audit.models import AuditEvent
from platform_core.ids import new_id
from platform_core.jobs.models import Job
from platform_core.jobs.running import Running
from platform_core.jobs.tasks import run as run_job
from tests.concurrency.close.test_close_races import another_approver, together
from tests.concurrency.waiting import while_it_waits
from tests.concurrency.working import taken_up
from tests.factories.billing import balances, billed, pay, set_up_billing
from tests.factories.distribution import THROUGH, amounts, approved, worked_out
from tests.factories.royalties import SmallWorld
from tests.factories.withholding import abroad, recorded, withheld
from tests.small_worlds import Filed, Stages

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


@pytest.fixture
def settled(world: SmallWorld, filed: Filed, stages: Stages) -> Settlement:
    """All of the first quarter is paid; return what settled the first invoice."""

    def make() -> Settlement:
        invoices = billed(world, world.closed("2025Q1"), set_up_billing(world))
        for invoice in invoices.values():
            pay(world, invoice, on=THROUGH)
        return Settlement.objects.get(invoice=invoices["L1"])

    return stages.reach("the first quarter is paid", make)


def taking_back(world: SmallWorld, settlement: Settlement) -> Callable[[], object]:
    return partial(
        take_settlement_back,
        actor=world.acting("approver"),
        settlement_id=settlement.pk,
        key=new_id(),
        on=THROUGH,
        reason="not theirs",
        to_account_id=settlement.entry.postings.get(account__kind="suspense").account_id,
    )


def ending(act: Callable[[], object]) -> str:
    """Do something, and say how it ended."""
    [how] = together(act)
    return how


def test_two_starts_at_once_start_one(world: SmallWorld, filed: Filed) -> None:
    acts = [
        partial(start_distribution, actor=world.acting(who), programme_id=world.programme.pk, through_on=THROUGH)
        for who in ("calculator", "approver", "calculator")
    ]
    assert together(*acts) == ["conflict", "conflict", "done"]
    assert (DistributionRun.objects.count(), Job.objects.filter(subject_type__contains="distribution").count()) == (
        1,
        1,
    )


def test_two_approvals_at_once_approve_once(world: SmallWorld, settled: Settlement) -> None:
    run = worked_out(world)
    review_distribution(actor=world.acting("calculator"), run_id=run.pk, review="fine")
    actors = [world.acting("approver"), world.acting(another_approver(world))]
    acts = [partial(approve_distribution, actor=actor, run_id=run.pk) for actor in actors]
    assert together(*acts) == ["done", "wrong_state"]
    assert AuditEvent.objects.filter(name="distribution_run.approved").count() == 1


def test_two_releases_at_once_give_out_once(world: SmallWorld, settled: Settlement) -> None:
    run = approved(world)
    acts = [partial(release_distribution, actor=world.acting(who), run_id=run.pk) for who in ("calculator", "approver")]
    assert together(*acts) == ["done", "wrong_state"]
    assert balances(world)["payable"] == -270_000
    assert AuditEvent.objects.filter(name="distribution_run.released").count() == 1


def test_money_that_is_taken_back_first_is_not_given_out(world: SmallWorld, settled: Settlement) -> None:
    """The order of locks: whoever takes money back holds the books, so the release waits and then sees it."""
    run = approved(world)
    release = partial(release_distribution, actor=world.acting("calculator"), run_id=run.pk)
    assert while_it_waits(taking_back(world, settled), partial(ending, release)) == "conflict"
    run.refresh_from_db()
    assert (run.status, run.fingerprint) == (DistributionStatus.APPROVED, "")
    assert "payable" not in balances(world)


def test_money_that_is_taken_back_during_a_release_is_clawed_back_by_the_next(
    world: SmallWorld, settled: Settlement
) -> None:
    run = approved(world)
    release = partial(release_distribution, actor=world.acting("calculator"), run_id=run.pk)
    assert while_it_waits(release, partial(ending, taking_back(world, settled))) == "done"
    run.refresh_from_db()
    assert (run.status, run.total_minor) == (DistributionStatus.RELEASED, 300_000)
    # 40,000 of L1 are gone again: what was given of it comes back with the next one.
    assert amounts(worked_out(world)) == {"M1": -18_000, "M2": -10_800, "M3": -7_200, "~fee": -4_000}


def test_money_that_is_taken_back_while_it_is_approved_is_noticed_at_the_release(
    world: SmallWorld, settled: Settlement
) -> None:
    run = worked_out(world)
    review_distribution(actor=world.acting("calculator"), run_id=run.pk, review="fine")
    ended = together(
        partial(approve_distribution, actor=world.acting("approver"), run_id=run.pk), taking_back(world, settled)
    )
    run.refresh_from_db()
    if run.status == DistributionStatus.APPROVED:
        assert ended == ["done", "done"]
        assert ending(partial(release_distribution, actor=world.acting("calculator"), run_id=run.pk)) == "conflict"
    else:
        assert ended == ["conflict", "done"]
    assert "payable" not in balances(world)


def test_a_first_rule_that_is_confirmed_before_a_release_has_tax_withheld_by_it(
    world: SmallWorld, settled: Settlement
) -> None:
    """Where no rule counts yet there is no row to wait for: both hold the books."""
    abroad(world, M1="KR")
    run, waiting = approved(world), recorded(world, "KR", "10")
    confirm = partial(confirm_withholding_rule, actor=world.acting("approver"), rule_id=waiting.pk)
    release = partial(release_distribution, actor=world.acting("calculator"), run_id=run.pk)
    assert while_it_waits(confirm, partial(ending, release)) == "done"
    assert set(withheld(run)) == {"M1"}


def test_a_rule_that_is_confirmed_during_a_release_counts_for_the_next(world: SmallWorld, settled: Settlement) -> None:
    abroad(world, M1="KR")
    run, waiting = approved(world), recorded(world, "KR", "10")
    confirm = partial(confirm_withholding_rule, actor=world.acting("approver"), rule_id=waiting.pk)
    release = partial(release_distribution, actor=world.acting("calculator"), run_id=run.pk)
    assert while_it_waits(release, partial(ending, confirm)) == "done"
    assert withheld(run) == {}


def test_of_two_calculations_at_once_only_the_last_claim_loads(
    world: SmallWorld, settled: Settlement, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start_distribution(actor=world.acting("calculator"), programme_id=world.programme.pk, through_on=THROUGH)
    first_job = run.job_id
    assert first_job is not None
    at_work, go_on, rounds = threading.Event(), threading.Event(), []

    def engine_closes(running: Running, bundle: Path, output: Path) -> bool:
        rounds.append(bundle)
        if len(rounds) == 1:
            at_work.set()
            assert go_on.wait(30)
        return close_bundle(bundle, output).status == "closed"

    monkeypatch.setattr(calculating, "engine_closes", engine_closes)

    def first() -> None:
        try:
            run_job(first_job)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(first)
        assert at_work.wait(30)
        # Whoever runs the first job is taken for dead: another worker takes the same job up.
        second = taken_up(first_job, clock=world.clock)
        calculating.calculate_distribution(second, run_id=run.pk, attempt=run.attempt)
        run.refresh_from_db()
        claim = run.results_claim
        go_on.set()
        working.result(30)
    run.refresh_from_db()
    assert (run.status, run.results_claim) == (DistributionStatus.CALCULATED, claim)
    assert AuditEvent.objects.filter(name="distribution_run.calculated").count() == 1
    assert [path.name for path in (storage.distributions_folder() / str(run.pk)).iterdir()] == [str(claim)]
    assert (DistributionItem.objects.count(), DistributionShare.objects.count()) == (4, 4)


def test_a_cancellation_during_a_calculation_leaves_nothing(world: SmallWorld, settled: Settlement) -> None:
    run = worked_out(world)
    asked = request_distribution(actor=world.acting("calculator"), run_id=run.pk)
    assert asked.job_id is not None
    ended = together(
        partial(run_job, asked.job_id), partial(cancel_distribution, actor=world.acting("calculator"), run_id=run.pk)
    )
    assert ended == ["done", "done"]
    run.refresh_from_db()
    assert run.status == DistributionStatus.CANCELLED
    folders = list((storage.distributions_folder() / str(run.pk)).iterdir())
    assert [folder.name for folder in folders] == [str(run.results_claim)]
