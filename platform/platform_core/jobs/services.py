"""Starting background work, following it to its end, and never leaving it stuck."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from procrastinate.contrib.django import app

from platform_core.access.actors import Actor, ActorKind
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.clock import Clock, SystemClock
from platform_core.ids import new_id
from platform_core.jobs.lifecycle import JOB_LIFECYCLE, OPEN_STATES, JobState
from platform_core.jobs.models import Job
from platform_core.jobs.policies import CANCEL_JOB
from platform_core.jobs.registry import BackgroundTask, required_task, task_named, tell_of_failure
from platform_core.problems import WrongState
from platform_core.realtime.services import announce

logger = logging.getLogger(__name__)

DELIVERY: Final = "lianchi.run_job"
"""The one task the queue knows; what it runs stands in the job's row."""

CANCELLED: Final = "This was cancelled."
SERVER_STOPPED: Final = "The server stopped while this ran, more often than it is tried again. Start it once more."
UNKNOWN_WORK: Final = "This version of the platform does not know this work any more."


@transaction.atomic
def defer(
    task: BackgroundTask,
    *,
    actor: Actor,
    subject: Model | None = None,
    arguments: Mapping[str, Any] | None = None,
    total: int = 0,
    one_at_a_time: str | None = None,
    not_before: datetime | None = None,
    job_id: UUID | None = None,
) -> Job:
    """Have work done in the background once this transaction is committed, and return the job to follow it by.

    `job_id` is given for work that makes something under the job's own id, and is a new one otherwise. Ids among the
    arguments become text. Jobs with the same `one_at_a_time` run one after the other. The caller has
    checked that the actor may start this; the work itself runs under its own name, on the actor's behalf.
    """
    job = Job.objects.create(
        pk=job_id or new_id(),
        task=task.name,
        arguments={name: str(value) if isinstance(value, UUID) else value for name, value in (arguments or {}).items()},
        total=total,
        user_id=actor.user_id,
        seat_id=actor.seat_id,
        organisation_id=actor.organisation_id,
        request_id=actor.request_id,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        created_at=actor.clock.now(),
    )
    delivery = app.configure_task(DELIVERY, queue=task.queue, lock=one_at_a_time, schedule_at=not_before)
    job.delivery = delivery.defer(job_id=str(job.pk))
    job.save(update_fields=["delivery"])
    return job


@transaction.atomic
def cancel_job(*, actor: Actor, job_id: UUID) -> Job:
    """Cancel a job: at once if it waits, at its next step if it runs."""
    job = get_visible(Job, job_id, actor=actor, for_change=True)
    require(actor, CANCEL_JOB, job)
    JOB_LIFECYCLE.after("cancel", current=JobState(job.state))
    if job.cancel_requested_at is not None:
        raise WrongState("This is being cancelled already.")
    job.cancel_requested_at = actor.clock.now()
    job.save(update_fields=["cancel_requested_at"])
    if job.state == JobState.WAITING:
        _end_job(job, JobState.CANCELLED, CANCELLED, actor.clock)
        if job.delivery is not None:
            app.job_manager.cancel_job_by_id(job.delivery)
    record_event("job.cancelled", actor=actor, subject=job)
    announce(job)
    return job


def start(job_id: UUID, *, clock: Clock | None = None) -> Job | None:
    """Mark a job as running, once more; None if it has ended, or ends here because it cannot be started."""
    time = clock or SystemClock()
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id).first()
        if job is None or job.state not in OPEN_STATES:
            return None
        task = task_named(job.task)
        if job.cancel_requested_at is not None:
            _end_job(job, JobState.CANCELLED, CANCELLED, time)
        elif task is None:
            _end_job(job, JobState.FAILED, UNKNOWN_WORK, time)
        elif job.attempt >= task.attempts:
            _end_job(job, JobState.FAILED, SERVER_STOPPED, time)
        else:
            job.state = JOB_LIFECYCLE.after("start", current=JobState(job.state))
            job.attempt += 1
            job.started_at = job.started_at or time.now()
            job.save(update_fields=["state", "attempt", "started_at"])
        announce(job)
    return job if job.state == JobState.RUNNING else None


def succeed(job_id: UUID, attempt: int, result: Mapping[str, Any], *, clock: Clock | None = None) -> bool:
    """Mark a job as done; False if it was given to another worker meanwhile, whose end counts."""
    with transaction.atomic():
        job = _locked(job_id, attempt)
        if job is None:
            return False
        job.state = JOB_LIFECYCLE.after("succeed", current=JobState(job.state))
        job.finished_at = (clock or SystemClock()).now()
        job.result = dict(result)
        job.done = job.total or job.done
        job.save(update_fields=["state", "finished_at", "result", "done"])
        announce(job)
    return True


def fail(job_id: UUID, attempt: int, message: str, *, cancelled: bool = False, clock: Clock | None = None) -> bool:
    """Mark a job as failed or cancelled, and let the work's own room put things in order, in one transaction."""
    time = clock or SystemClock()
    with transaction.atomic():
        job = _locked(job_id, attempt)
        if job is None:
            return False
        _end_job(job, JobState.CANCELLED if cancelled else JobState.FAILED, message, time)
        announce(job)
    return True


def hand_back(job_id: UUID, attempt: int, *, uncounted: bool = False) -> bool:
    """Mark a job as waiting for another start; an interruption by a stopping server does not count as an attempt."""
    with transaction.atomic():
        job = _locked(job_id, attempt)
        if job is None:
            return False
        job.state = JOB_LIFECYCLE.after("hand back", current=JobState(job.state))
        job.attempt -= 1 if uncounted else 0
        job.message = ""
        job.save(update_fields=["state", "attempt", "message"])
        announce(job)
    return True


def actor_of_job(job: Job, *, clock: Clock | None = None) -> Actor:
    """Return whom a job works as: its named work, on behalf of the seat that started it."""
    task = required_task(job.task)
    return Actor(
        kind=ActorKind.SYSTEM,
        user_id=job.user_id,
        seat_id=job.seat_id,
        organisation_id=job.organisation_id,
        clock=clock or SystemClock(),
        request_id=job.request_id,
        work=task.as_work,
    )


def _locked(job_id: UUID, attempt: int) -> Job | None:
    # The number of the attempt fences off a worker that was taken for dead and comes back.
    return Job.objects.select_for_update().filter(pk=job_id, attempt=attempt, state__in=sorted(OPEN_STATES)).first()


def _end_job(job: Job, state: JobState, message: str, clock: Clock) -> None:
    JOB_LIFECYCLE.after("cancel" if state is JobState.CANCELLED else "fail", current=JobState(job.state))
    job.state = state
    job.error = message[:2000]
    job.finished_at = clock.now()
    job.save(update_fields=["state", "error", "finished_at"])
    task = task_named(job.task)
    if task is None:
        return
    try:
        with transaction.atomic():
            tell_of_failure(task, actor_of_job(job, clock=clock), message, job.arguments)
    except Exception:
        # The job must end even so; what its room could not put in order is in the log.
        logger.exception("after the failure of %s %s", job.task, job.pk)
