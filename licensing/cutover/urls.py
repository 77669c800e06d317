"""Addresses of cut-overs, parallel runs and what is carried over, below `/api/v1/`."""

from django.urls import path

from licensing.cutover import api

urlpatterns = [
    path("cutovers", api.CutoversView.as_view()),
    path("cutovers/<uuid:cutover_id>", api.CutoverView.as_view()),
    path("cutovers/<uuid:cutover_id>/comparisons", api.ComparisonsView.as_view()),
    path("cutovers/<uuid:cutover_id>/openings", api.CutoverOpeningsView.as_view()),
    path("cutover-template", api.CutoverTemplateView.as_view()),
    path("openings", api.OpeningsView.as_view()),
    path("openings/<uuid:opening_id>", api.OpeningView.as_view()),
    path("openings/<uuid:opening_id>/confirmation", api.OpeningConfirmationView.as_view()),
    path("openings/<uuid:opening_id>/undoing", api.OpeningUndoingView.as_view()),
    path("opening-differences", api.OpeningDifferencesView.as_view()),
    path("opening-files/<uuid:file_id>", api.OpeningFileView.as_view()),
    path("parallel-runs", api.ParallelRunsView.as_view()),
    path("parallel-runs/<uuid:parallel_run_id>", api.ParallelRunView.as_view()),
    path("parallel-runs/<uuid:parallel_run_id>/acceptance", api.ParallelRunAcceptanceView.as_view()),
    path("parallel-runs/<uuid:parallel_run_id>/confirmation", api.ParallelRunConfirmationView.as_view()),
    path("parallel-differences", api.ParallelDifferencesView.as_view()),
]
