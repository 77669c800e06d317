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


def _after_failure(actor: Actor, message: str, *, comparison_id: str, report_id: str, **_: object) -> None:
    # Whoever has it stopped knows.
    if message != CANCELLED:
        tell_of_failed_comparison(actor=actor, comparison_id=UUID(comparison_id), report_id=UUID(report_id))


@background(COMPARISON, as_work=COMPARISON_WORK, queue=HEAVY, after_failure=_after_failure)
def compare(
    running: Running, *, comparison_id: str, report_id: str, codes: list[str], reason: str
) -> Mapping[str, Any]:
    """Compare what a report claims, for the person who asked."""
    return carry_out_comparison(
        running, comparison_id=UUID(comparison_id), report_id=UUID(report_id), codes=codes, reason=reason
    )
