"""The states of a job."""

from django.db import models

from platform_core.lifecycle import Lifecycle


class JobState(models.TextChoices):
    """Where a job is."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


OPEN_STATES = frozenset({JobState.WAITING, JobState.RUNNING})

JOB_LIFECYCLE: Lifecycle[JobState] = Lifecycle(
    {
        "start": ({JobState.WAITING, JobState.RUNNING}, JobState.RUNNING),
        "hand back": ({JobState.RUNNING, JobState.WAITING}, JobState.WAITING),
        "succeed": ({JobState.RUNNING}, JobState.SUCCEEDED),
        "fail": (OPEN_STATES, JobState.FAILED),
        "cancel": (OPEN_STATES, JobState.CANCELLED),
    }
)
