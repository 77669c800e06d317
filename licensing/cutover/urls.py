"""Addresses of parallel runs, below `/api/v1/`."""

from django.urls import path

from licensing.cutover import api

urlpatterns = [
    path("parallel-runs", api.ParallelRunsView.as_view()),
    path("parallel-runs/<uuid:parallel_run_id>/acceptance", api.ParallelRunAcceptanceView.as_view()),
    path("parallel-runs/<uuid:parallel_run_id>/confirmation", api.ParallelRunConfirmationView.as_view()),
    path("parallel-differences", api.ParallelDifferencesView.as_view()),
]
