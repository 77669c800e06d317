"""Addresses of background work, below `/api/v1/`."""

from django.urls import path

from platform_core.jobs import api

urlpatterns = [
    path("jobs", api.JobsView.as_view()),
    path("jobs/<uuid:job_id>", api.JobView.as_view()),
    path("jobs/<uuid:job_id>/cancellation", api.JobCancellationView.as_view()),
]
