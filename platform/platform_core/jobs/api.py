"""Background work over HTTP."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.schema import page_of
from platform_core.api.sentences import StoredSentenceField
from platform_core.api.views import HouseView
from platform_core.jobs import selectors, services
from platform_core.jobs.lifecycle import JobState
from platform_core.jobs.models import Job


class JobSerializer(serializers.ModelSerializer[Job]):
    """A piece of background work: how far it is, and how it ended."""

    error = StoredSentenceField(help_text="why it failed or was cancelled, in the reader's language")
    allowed_steps = serializers.SerializerMethodField(help_text="what can be done with it now")

    class Meta:
        model = Job
        fields = (
            "id",
            "task",
            "state",
            "done",
            "total",
            "message",
            "error",
            "result",
            "subject_type",
            "subject_id",
            "attempt",
            "created_at",
            "started_at",
            "finished_at",
            "cancel_requested_at",
            "allowed_steps",
        )

    def get_allowed_steps(self, job: Job) -> list[str]:
        """Say whether it can still be cancelled."""
        cancellable = job.state in (JobState.WAITING, JobState.RUNNING) and job.cancel_requested_at is None
        return ["cancel"] if cancellable else []


class JobsView(HouseView):
    """Background work."""

    orders = {"created": "created_at"}

    @extend_schema(operation_id="jobs_list", responses=page_of(JobSerializer))
    def get(self, request: Request) -> Response:
        """List the background work you may see, the latest first."""
        return self.page(selectors.jobs(actor=self.actor), JobSerializer, default="-created")


class JobView(HouseView):
    """One piece of background work."""

    @extend_schema(operation_id="jobs_read", responses=JobSerializer)
    def get(self, request: Request, job_id: UUID) -> Response:
        """Read how far it is."""
        return Response(JobSerializer(selectors.job(job_id, actor=self.actor)).data)


class JobCancellationView(HouseView):
    """The cancellation of background work."""

    @extend_schema(operation_id="jobs_cancel", request=None, responses=JobSerializer)
    def post(self, request: Request, job_id: UUID) -> Response:
        """Cancel it: at once if it waits, at its next step if it runs."""
        return Response(JobSerializer(services.cancel_job(actor=self.actor, job_id=job_id)).data)
