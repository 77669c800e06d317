"""The one task of the queue: run the job whose id it carries."""

import logging
from collections.abc import Callable
from uuid import UUID

from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job as Delivery

from platform_core.clock import Clock
from platform_core.ids import new_id
from platform_core.jobs import services
from platform_core.jobs.registry import task_named
from platform_core.jobs.running import CONNECTION_LOST, Interrupted, Running, Stopped, Superseded
from platform_core.problems import Problem

logger = logging.getLogger(__name__)


class _BeginAgain(BaseRetryStrategy):
    """Puts a job back into the queue when the server stops or loses its database, never for an error of the work."""

    def get_retry_decision(self, *, exception: BaseException, job: Delivery) -> RetryDecision | None:
        if isinstance(exception, Interrupted):
            return RetryDecision(retry_in={"seconds": 0})
        if isinstance(exception, CONNECTION_LOST):
            return RetryDecision(retry_in={"seconds": min(60, 2 ** min(job.attempts, 6))})
        return None


@app.task(name=services.DELIVERY, pass_context=True, retry=_BeginAgain())
def run_job(context: JobContext, *, job_id: str) -> None:
    """Run one job in this thread to whatever end it comes to."""
    run(UUID(job_id), interrupted=lambda: context.abort_reason() is AbortReason.SHUTDOWN)


def run(job_id: UUID, *, interrupted: Callable[[], bool] = lambda: False, clock: Clock | None = None) -> None:
    """Start a job, do its work, and mark how it ended; by the machine's clock unless another is given."""
    job = services.start(job_id, clock=clock)
    if job is None:
        return
    task = task_named(job.task)
    if task is None:
        raise LookupError(f"no background work is called {job.task!r}")
    actor = services.actor_of_job(job, clock=clock)
    running = Running(job_id=job.pk, attempt=job.attempt, actor=actor, interrupted=interrupted)
    try:
        result = task.work(running, **job.arguments)
    except Stopped:
        services.fail(job.pk, job.attempt, services.CANCELLED, cancelled=True, clock=clock)
    except Superseded:
        logger.warning("%s %s goes on elsewhere", job.task, job.pk)
    except Interrupted:
        services.hand_back(job.pk, job.attempt, uncounted=True)
        raise
    except CONNECTION_LOST:
        if job.attempt >= task.attempts:
            _fail_unexpectedly(job.task, job.pk, job.attempt, clock)
            return
        services.hand_back(job.pk, job.attempt)
        raise
    except Problem as problem:
        services.fail(job.pk, job.attempt, problem.detail or problem.title, clock=clock)
    except Exception:
        _fail_unexpectedly(job.task, job.pk, job.attempt, clock)
    else:
        services.succeed(job.pk, job.attempt, result or {}, clock=clock)


def _fail_unexpectedly(task: str, job_id: UUID, attempt: int, clock: Clock | None) -> None:
    reference = new_id()
    logger.exception("%s %s failed unexpectedly (%s)", task, job_id, reference)
    message = f"Something went wrong here. If you report it, give the reference {reference}."
    services.fail(job_id, attempt, message, clock=clock)
