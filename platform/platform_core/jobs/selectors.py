"""Reading background work, as far as the actor may."""

from uuid import UUID

from django.db.models import QuerySet

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.jobs.models import Job


def jobs(*, actor: Actor) -> QuerySet[Job]:
    """Return the jobs the actor may see."""
    return Job.objects.visible_to(actor)


def job(job_id: UUID, *, actor: Actor) -> Job:
    """Return one job the actor may see."""
    return get_visible(Job, job_id, actor=actor)
