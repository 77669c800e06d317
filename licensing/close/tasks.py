"""The background work of closes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from licensing.close.policies import CLOSE_WORK
from licensing.close.services import CALCULATION, calculate, note_failed_calculation
from platform_core.access.actors import Actor
from platform_core.jobs.registry import HEAVY, background
from platform_core.jobs.running import Running


def _after_failure(actor: Actor, message: str, *, run_id: str, attempt: int) -> None:
    note_failed_calculation(actor=actor, run_id=UUID(run_id), attempt=attempt, why=message)


@background(CALCULATION, as_work=CLOSE_WORK, queue=HEAVY, after_failure=_after_failure)
def calculate_close_run(running: Running, *, run_id: str, attempt: int) -> Mapping[str, Any]:
    """Calculate a close run as it was asked for the `attempt`th time."""
    return calculate(running, run_id=UUID(run_id), attempt=attempt)
