"""Bringing back the jobs of workers that died: tried again, or marked as failed, never left hanging."""

import logging
from datetime import timedelta
from typing import Final

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Status

from platform_core.jobs import services
from platform_core.jobs.lifecycle import OPEN_STATES
from platform_core.jobs.models import Job
from platform_core.jobs.registry import task_named

logger = logging.getLogger(__name__)

SIGN_OF_LIFE_EVERY: Final = 3.0
"""Seconds between two signs of life of a worker."""
DEAD_AFTER: Final = 12.0
"""Seconds without a sign of life after which a worker is taken for dead."""
_SETTLED_AFTER: Final = timedelta(seconds=30)

LOST: Final = "This was lost from the queue. Start it once more."


def rescue_jobs(*, dead_after: float = DEAD_AFTER) -> int:
    """Put every job of a dead worker back into the queue, or mark it as failed when it was tried often enough.

    Also ends jobs whose row in the queue is gone. Returns how many jobs were touched; safe to run in many processes.
    """
    stalled = async_to_sync(app.job_manager.get_stalled_jobs)(seconds_since_heartbeat=dead_after)
    touched = sum(_rescue(delivery.id) for delivery in stalled if delivery.id is not None)
    return touched + _end_lost_jobs()


def _rescue(delivery: int) -> int:
    with transaction.atomic():
        row = (
            ProcrastinateJob.objects.select_for_update(skip_locked=True)
            .filter(pk=delivery, status=Status.DOING.value)
            .first()
        )
        if row is None:
            return 0
        job = Job.objects.select_for_update().filter(delivery=delivery, state__in=sorted(OPEN_STATES)).first()
        if job is None:
            async_to_sync(app.job_manager.finish_job_by_id_async)(
                job_id=delivery, status=Status.FAILED, delete_job=True
            )
            return 0
        task = task_named(job.task)
        if task is not None and job.attempt < task.attempts:
            logger.warning("%s %s is started again, because its worker died", job.task, job.pk)
            if job.attempt:
                services.hand_back(job.pk, job.attempt)
            app.job_manager.retry_job_by_id(delivery, retry_at=timezone.now())
        else:
            logger.error("%s %s failed, because its workers died", job.task, job.pk)
            services.fail(job.pk, job.attempt, services.SERVER_STOPPED)
            async_to_sync(app.job_manager.finish_job_by_id_async)(
                job_id=delivery, status=Status.FAILED, delete_job=True
            )
        return 1


def _end_lost_jobs() -> int:
    # The row of a queue is made with the job and goes after its end, so an open job without one has been lost.
    alive = ProcrastinateJob.objects.filter(status__in=[Status.TODO.value, Status.DOING.value]).values("pk")
    settled = timezone.now() - _SETTLED_AFTER
    lost = Job.objects.filter(finished_at=None, created_at__lt=settled).exclude(delivery__in=alive)
    ended = 0
    for job_id, attempt in list(lost.values_list("pk", "attempt")):
        logger.error("job %s was lost from the queue", job_id)
        ended += services.fail(job_id, attempt, LOST)
    return ended
