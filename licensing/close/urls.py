"""Addresses of closes, below `/api/v1/`."""

from django.urls import path

from licensing.close import api

RUN = "close-runs/<uuid:run_id>"
STATEMENT = "statements/<uuid:statement_id>"

urlpatterns = [
    path("approval-sheets", api.ApprovalSheetsView.as_view()),
    path("close-runs", api.CloseRunsView.as_view()),
    path(RUN, api.CloseRunView.as_view()),
    path(f"{RUN}/calculation", api.CalculationView.as_view()),
    path(f"{RUN}/approval", api.ApprovalView.as_view()),
    path(f"{RUN}/return", api.ReturnView.as_view()),
    path(f"{RUN}/posting", api.PostingView.as_view()),
    path(f"{RUN}/cancellation", api.CancellationView.as_view()),
    path(f"{RUN}/licence-results", api.LicenceResultsView.as_view()),
    path(f"{RUN}/payee-results", api.PayeeResultsView.as_view()),
    path(f"{RUN}/buckets", api.BucketsView.as_view()),
    path(f"{RUN}/shares", api.SharesView.as_view()),
    path(f"{RUN}/rejected-rows", api.RejectedRowsView.as_view()),
    path(f"{RUN}/statements", api.RunStatementsView.as_view()),
    path(f"{RUN}/adjustments", api.RunAdjustmentsView.as_view()),
    path(f"{RUN}/bundle", api.BundleView.as_view()),
    path(f"{RUN}/comparison", api.ComparisonView.as_view()),
    path(f"{RUN}/sheet", api.SheetView.as_view()),
    path(f"{RUN}/sheet/document", api.SheetDocumentView.as_view()),
    path(f"{RUN}/progress", api.ProgressView.as_view()),
    path(f"{RUN}/explanation", api.ExplanationView.as_view()),
    path(f"{RUN}/simulations", api.CloseSimulationsView.as_view()),
    path("programmes/<uuid:programme_id>/simulations", api.OwnSimulationsView.as_view()),
    path("simulations/<uuid:job_id>/document", api.SimulationDocumentView.as_view()),
    path("programmes/<uuid:programme_id>/totals", api.ProgrammeTotalsView.as_view()),
    path("sales-reports/<uuid:report_id>/mistakes", api.ReportMistakesView.as_view()),
    path("statements", api.StatementsView.as_view()),
    path(STATEMENT, api.StatementView.as_view()),
    path(f"{STATEMENT}/products", api.StatementProductsView.as_view()),
    path(f"{STATEMENT}/workings", api.StatementWorkingsView.as_view()),
    path(f"{STATEMENT}/explanation", api.StatementExplanationView.as_view()),
    path(f"{STATEMENT}/comparison", api.StatementComparisonView.as_view()),
    path(f"{STATEMENT}/document", api.StatementDocumentView.as_view()),
    path("adjustments", api.AdjustmentsView.as_view()),
]
