"""Addresses of deductions for licensed brands, below `/api/v1/`."""

from django.urls import path

from licensing.deductions import api

DOUBT = "doubtful-deductions/<uuid:doubt_id>"

urlpatterns = [
    path("sales-reports/<uuid:report_id>/deductions", api.ClaimedDeductionsView.as_view()),
    path("deduction-comparisons", api.DeductionComparisonsView.as_view()),
    path("deduction-comparisons/<uuid:comparison_id>", api.DeductionComparisonView.as_view()),
    path("deduction-comparisons/<uuid:comparison_id>/doubts", api.DeductionDoubtsView.as_view()),
    path("doubtful-deductions", api.DoubtfulDeductionsView.as_view()),
    path(DOUBT, api.DoubtfulDeductionView.as_view()),
    path(f"{DOUBT}/answer", api.DoubtAnswerView.as_view()),
    path(f"{DOUBT}/acceptance", api.DoubtAcceptanceView.as_view()),
    path(f"{DOUBT}/rejection", api.DoubtRejectionView.as_view()),
    path(f"{DOUBT}/correction", api.DoubtCorrectionView.as_view()),
]
