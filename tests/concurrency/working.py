"""Workers that take a job up, one after the other."""

from uuid import UUID

from platform_core.clock import Clock
from platform_core.jobs import services
from platform_core.jobs.running import Running


def taken_up(job_id: UUID, *, clock: Clock) -> Running:
    """Have a worker take a job up; whoever had it before has lost it."""
    job = services.start(job_id, clock=clock)
    assert job is not None
    return Running(job_id=job.pk, attempt=job.attempt, actor=services.actor_of_job(job, clock=clock))
