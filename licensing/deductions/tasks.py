"""The background work of comparing deductions."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from licensing.deductions.policies import COMPARISON_WORK
from licensing.deductions.services import COMPARISON, carry_out_comparison
from platform_core.jobs.registry import HEAVY, background
from platform_core.jobs.running import Running


@background(COMPARISON, as_work=COMPARISON_WORK, queue=HEAVY)
def compare(running: Running, *, report_id: str, codes: list[str], reason: str) -> Mapping[str, Any]:
    """Compare what a report claims, for the person who asked."""
    return carry_out_comparison(running, report_id=UUID(report_id), codes=codes, reason=reason)
