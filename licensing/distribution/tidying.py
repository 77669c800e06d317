"""Removing the files of calculations of distributions that were not loaded."""

import shutil
from uuid import UUID

from licensing.close.lifecycle import IN_HAND
from licensing.close.tidying import KEPT_FOR, stray_claims
from licensing.distribution.models import DistributionRun
from licensing.distribution.storage import distributions_folder
from platform_core.clock import Clock


def remove_stray_calculations(*, clock: Clock) -> int:
    """Remove the folders older than a day that no distribution has as its own, and return how many."""
    stray = list(stray_claims(distributions_folder(), (clock.now() - KEPT_FOR).timestamp(), _used))
    for folder in stray:
        shutil.rmtree(folder, ignore_errors=True)
    return len(stray)


def _used(run_id: UUID) -> set[UUID | None]:
    run = DistributionRun.objects.filter(pk=run_id).first()
    return set() if run is None else {run.results_claim, run.claim if run.calculation in IN_HAND else None}
