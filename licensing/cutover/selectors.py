"""Finding parallel runs and what they differed in, as far as the reader may see it."""

from uuid import UUID

from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from licensing.close.policies import CLOSE_WORK
from licensing.cutover.models import ParallelDifference, ParallelRun
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet


def parallel_runs(*, actor: Actor) -> VisibleQuerySet[ParallelRun]:
    """List what old workbooks came to beside closes."""
    return (
        ParallelRun.objects.visible_to(actor)
        .select_related("cutover__programme", "compared_by", "confirmed_by")
        .defer("told")
    )


def get_parallel_run(parallel_run_id: UUID, *, actor: Actor, for_change: bool = False) -> ParallelRun:
    """Fetch one parallel run the actor may see, locked if it is fetched for a change."""
    return get_visible(ParallelRun, parallel_run_id, actor=actor, for_change=for_change)


def differences(*, actor: Actor) -> VisibleQuerySet[ParallelDifference]:
    """List differences between old workbooks and closes, each with its cause."""
    return ParallelDifference.objects.visible_to(actor).select_related("parallel_run", "accepted_by")


def calculated_run(programme_id: UUID, period: str) -> CloseRun | None:
    """Return the latest close of a period that has results, posted or not."""
    runs = CloseRun.objects.visible_to(Actor.system(CLOSE_WORK)).filter(programme=programme_id, period=period)
    runs = runs.exclude(status=RunStatus.CANCELLED).exclude(results_claim=None)
    return runs.select_related("programme").order_by("-number").first()
