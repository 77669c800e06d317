"""The background work of comparing deductions."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from licensing.deductions.policies import COMPARISON_WORK
from licensing.deductions.services import COMPARISON, carry_out_comparison, tell_of_failed_comparison
from platform_core.access.actors import Actor
from platform_core.jobs.registry import HEAVY, background
from platform_core.jobs.running import Running
from platform_core.jobs.services import CANCELLED


def _after_failure(actor: Actor, message: str, *, report_id: str, comparison_id: str = "", **_: object) -> None:
    # Whoever has it stopped knows; what an earlier version asked for does not say what it was to become.
    if message != CANCELLED and comparison_id:
        tell_of_failed_comparison(actor=actor, comparison_id=UUID(comparison_id), report_id=UUID(report_id))


@background(COMPARISON, as_work=COMPARISON_WORK, queue=HEAVY, after_failure=_after_failure)
def compare(
    running: Running, *, report_id: str, codes: list[str], reason: str, comparison_id: str = ""
) -> Mapping[str, Any]:
    """Compare what a report claims, for the person who asked.

    What an earlier version asked for does not name what it is to become, which gets the id of its job as well.
    """
    becomes = UUID(comparison_id) if comparison_id else running.job_id
    return carry_out_comparison(running, comparison_id=becomes, report_id=UUID(report_id), codes=codes, reason=reason)
