"""The background work of distributions."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from licensing.distribution.policies import DISTRIBUTION_WORK
from licensing.distribution.services import CALCULATION, calculate_distribution, note_failed_distribution
from platform_core.access.actors import Actor
from platform_core.jobs.registry import HEAVY, background
from platform_core.jobs.running import Running


def _after_failure(actor: Actor, message: str, *, run_id: str, attempt: int) -> None:
    note_failed_distribution(actor=actor, run_id=UUID(run_id), attempt=attempt, why=message)


@background(CALCULATION, as_work=DISTRIBUTION_WORK, queue=HEAVY, after_failure=_after_failure)
def calculate_distribution_run(running: Running, *, run_id: str, attempt: int) -> Mapping[str, Any]:
    """Work a distribution out as it was asked for the `attempt`th time."""
    return calculate_distribution(running, run_id=UUID(run_id), attempt=attempt)
