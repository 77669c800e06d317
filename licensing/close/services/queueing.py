"""Having a run calculated in the background."""

from typing import Final

from licensing.close.calculation import Span
from licensing.close.lifecycle import CALCULATION_LIFECYCLE, Calculation
from licensing.close.models import CloseRun
from licensing.close.selectors import last_posted
from licensing.close.services.opening import terms_for
from platform_core.access.actors import Actor
from platform_core.jobs.registry import task_named
from platform_core.jobs.services import defer

CALCULATION: Final = "close_run.calculate"
"""The background work that calculates a run."""


def queue_calculation(*, actor: Actor, run: CloseRun) -> None:
    """Ask for the calculation of a locked run, under the terms now in force on the period's last day."""
    task = task_named(CALCULATION)
    if task is None:
        raise LookupError(f"no background work is called {CALCULATION!r}")
    run.calculation = CALCULATION_LIFECYCLE.after("queue", current=Calculation(run.calculation))
    run.attempt += 1
    run.message = ""
    run.asked_by_id = actor.person_id
    run.terms_version = terms_for(run.programme, Span(run.period, run.first_month, run.last_month))
    run.corrects = last_posted(run.programme_id, run.period, actor=actor)
    run.job = defer(
        task,
        actor=actor,
        subject=run,
        arguments={"run_id": run.pk, "attempt": run.attempt},
        one_at_a_time=f"close-run:{run.pk}",
    )
    run.save(update_fields=["calculation", "attempt", "message", "asked_by", "terms_version", "corrects", "job"])


def end_calculation(run: CloseRun, why: str) -> None:
    """Note on a locked run that its calculation ended without a result."""
    run.calculation = CALCULATION_LIFECYCLE.after("fail", current=Calculation(run.calculation))
    run.message = why
