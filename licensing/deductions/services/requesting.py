"""Having deductions compared in the background: reports may have hundreds of thousands of lines."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from licensing.deductions.policies import COMPARISON_WORK
from licensing.deductions.services.comparing import checked_request, claims_nothing, compare_deductions
from licensing.reports.models import SalesReport
from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import Actor
from platform_core.ids import new_id
from platform_core.jobs.models import Job
from platform_core.jobs.registry import required_task
from platform_core.jobs.running import Running
from platform_core.jobs.services import defer
from platform_core.notices.services import notify_seats
from platform_core.problems import NotAllowed

COMPARISON: Final = "deduction_comparison.make"
"""The background work that compares."""


@transaction.atomic
def request_comparison(*, actor: Actor, report_id: UUID, codes: Sequence[str], reason: str) -> Job:
    """Have what a report claims compared; the comparison gets the id of the job that makes it.

    Raises InvalidInput for a report without what lines claim. Files are not read in a request: where the report claims
    nothing under these codes, the job says so.
    """
    report, wanted, why = checked_request(actor=actor, report_id=report_id, codes=codes, reason=reason)
    if not report.details_sha256:
        raise claims_nothing()
    comparison_id = new_id()
    return defer(
        required_task(COMPARISON),
        actor=actor,
        arguments={"comparison_id": comparison_id, "report_id": report.pk, "codes": wanted, "reason": why},
        one_at_a_time=f"deduction-comparison:{actor.seat_id}",
        job_id=comparison_id,
    )


def carry_out_comparison(
    running: Running, *, comparison_id: UUID, report_id: UUID, codes: Sequence[str], reason: str
) -> Mapping[str, Any]:
    """Compare as the person who asked, by what that person may see now; begun again, it makes no second comparison."""
    if running.actor.seat_id is None:
        raise NotAllowed("Only a signed-in person can do this.")
    asked_by = actor_in_seat(
        running.actor.seat_id,
        user_id=running.actor.user_id,
        clock=running.actor.clock,
        request_id=running.actor.request_id,
    )
    comparison = compare_deductions(
        actor=asked_by,
        report_id=report_id,
        codes=codes,
        reason=reason,
        comparison_id=comparison_id,
        progress=running.progress,
    )
    return {"comparison_id": str(comparison.pk)}


def tell_of_failed_comparison(*, actor: Actor, comparison_id: UUID, report_id: UUID) -> None:
    """Tell whoever asked that a comparison was not made; its page says why. The caller's transaction ends the job."""
    if actor.seat_id is None:
        return
    notify_seats(
        # The work itself tells: the seat on whose behalf it was done is not left out as the one who did it.
        actor=Actor.system(COMPARISON_WORK, clock=actor.clock),
        seats=[actor.seat_id],
        kind="deduction_comparison.failed",
        subject=Job.objects.get(pk=comparison_id),
        values={"label": SalesReport.objects.select_related("licence").get(pk=report_id).licence.code},
    )
