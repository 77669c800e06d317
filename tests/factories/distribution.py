"""A small world that distributes: worked out here as a worker would, reviewed, approved by another, released."""

from datetime import date

from licensing.distribution.models import DistributionItem, DistributionRun
from licensing.distribution.services import (
    approve_distribution,
    release_distribution,
    review_distribution,
    start_distribution,
)
from platform_core.jobs.tasks import run as run_job
from tests.factories.royalties import SmallWorld

THROUGH = date(2026, 2, 1)


def worked_out(world: SmallWorld, through: date = THROUGH) -> DistributionRun:
    """Start a distribution and do its calculation here."""
    started = start_distribution(actor=world.acting("calculator"), programme_id=world.programme.pk, through_on=through)
    assert started.job_id is not None
    run_job(started.job_id)
    return DistributionRun.objects.get(pk=started.pk)


def released(world: SmallWorld, through: date = THROUGH) -> DistributionRun:
    """Take a distribution all the way to its release."""
    run = worked_out(world, through)
    review_distribution(actor=world.acting("calculator"), run_id=run.pk, review="compared with the bank")
    approve_distribution(actor=world.acting("approver"), run_id=run.pk)
    return release_distribution(actor=world.acting("calculator"), run_id=run.pk)


def amounts(run: DistributionRun) -> dict[str, int]:
    """Return what each payee gets."""
    return dict(DistributionItem.objects.filter(run=run).values_list("payee", "amount_minor"))
