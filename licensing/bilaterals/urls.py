"""Addresses of claims of bilateral licences, below `/api/v1/`."""

from django.urls import path

from licensing.bilaterals import api

urlpatterns = [
    path("bilateral-claims", api.BilateralClaimsView.as_view()),
    path("bilateral-claims/<uuid:claim_id>", api.BilateralClaimView.as_view()),
    path("bilateral-claims/<uuid:claim_id>/question", api.ClaimQuestionView.as_view()),
    path("bilateral-claims/<uuid:claim_id>/confirmation", api.ClaimConfirmationView.as_view()),
    path("bilateral-claims/<uuid:claim_id>/refusal", api.ClaimRefusalView.as_view()),
    path("bilateral-claims/<uuid:claim_id>/settlement", api.ClaimSettlementView.as_view()),
    path("bilateral-claims/<uuid:claim_id>/withdrawal", api.ClaimWithdrawalView.as_view()),
]
