"""What is known of a piece of background work."""

from django.db import models
from django.db.models import F, Q

from platform_core.identity.models import Organisation, Seat, User
from platform_core.jobs.lifecycle import OPEN_STATES, JobState
from platform_core.models import Record


class Job(Record):
    """A piece of background work somebody started: how far it is, how it ended, and on whose behalf it runs."""

    task = models.CharField(max_length=100)
    arguments = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0, help_text="0 while it is not known")
    message = models.CharField(max_length=500, blank=True, default="")
    error = models.CharField(max_length=2000, blank=True, default="")
    result = models.JSONField(default=dict, blank=True)

    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    request_id = models.CharField(max_length=64, blank=True, default="")
    subject_type = models.CharField(max_length=100, blank=True, default="")
    subject_id = models.UUIDField(null=True)

    attempt = models.PositiveSmallIntegerField(default=0, help_text="how often it was started")
    delivery = models.BigIntegerField(null=True, help_text="the row of the queue that carries it")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(
                condition=(
                    Q(state__in=sorted(OPEN_STATES), finished_at=None)
                    | (~Q(state__in=sorted(OPEN_STATES)) & Q(finished_at__isnull=False))
                ),
                name="job_finished_when_closed",
            ),
            models.CheckConstraint(condition=Q(total=0) | Q(done__lte=F("total")), name="job_done_within_total"),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="job_by_subject"),
            models.Index(fields=["seat", "id"], name="job_by_seat"),
            models.Index(fields=["state"], condition=Q(finished_at=None), name="job_open"),
        ]

    def __str__(self) -> str:
        return f"{self.task} ({self.state})"
