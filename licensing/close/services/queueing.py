"""Having a run calculated, and what is told of a posted one prepared, in the background."""

from datetime import timedelta
from typing import Final

from django.db.models import Q

from licensing.close.calculation import Span
from licensing.close.lifecycle import CALCULATION_LIFECYCLE, Calculation
from licensing.close.models import CloseRun
from licensing.close.policies import CLOSE_WORK
from licensing.close.selectors import last_posted
from licensing.close.services.opening import terms_for
from platform_core.access.actors import Actor
from platform_core.jobs.lifecycle import OPEN_STATES, JobState
from platform_core.jobs.models import Job
from platform_core.jobs.registry import required_task
from platform_core.jobs.services import defer

CALCULATION: Final = "close_run.calculate"
"""The background work that calculates a run."""

WORKINGS: Final = "close_run.release_workings"
"""The background work that releases what the statements of a posted run are made of."""

_NOT_AGAIN_FOR: Final = timedelta(minutes=10)
"""How long a reader's asking does not start the release again after one that failed."""


def queue_calculation(*, actor: Actor, run: CloseRun) -> None:
    """Ask for the calculation of a locked run, under the terms now in force on the period's last day."""
    task = required_task(CALCULATION)
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


def queue_workings(*, actor: Actor, run: CloseRun) -> None:
    """Have what the statements of a posted run are made of released; those of one programme in the order of posting."""
    if run.corrects_id is None:
        # Corrections have no workings: what they change is told in a later sum.
        defer(
            required_task(WORKINGS),
            actor=actor,
            subject=run,
            arguments={"run_id": run.pk},
            one_at_a_time=f"workings:{run.programme_id}",
        )


def queue_workings_again(*, actor: Actor, run: CloseRun) -> None:
    """Have workings released that somebody misses, unless that is under way or failed a moment ago."""
    work = Actor.system(CLOSE_WORK, clock=actor.clock, request_id=actor.request_id)
    jobs = Job.objects.filter(task=WORKINGS, subject_type=CloseRun._meta.label_lower, subject_id=run.pk)
    lately = Q(state__in=(JobState.FAILED, JobState.CANCELLED), finished_at__gt=actor.clock.now() - _NOT_AGAIN_FOR)
    if not jobs.filter(Q(state__in=sorted(OPEN_STATES)) | lately).exists():
        queue_workings(actor=work, run=run)


def end_calculation(run: CloseRun, why: str) -> None:
    """Note on a locked run that its calculation ended without a result."""
    run.calculation = CALCULATION_LIFECYCLE.after("fail", current=Calculation(run.calculation))
    run.message = why
