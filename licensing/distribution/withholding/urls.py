"""Addresses of tax withheld, below `/api/v1/`."""

from django.urls import path

from licensing.distribution.withholding import api

RELIEF = "treaty-reliefs/<uuid:relief_id>"
WITHHOLDING = "withholdings/<uuid:withholding_id>"
REMITTANCE = "tax-remittances/<uuid:remittance_id>"

urlpatterns = [
    path("withholding-rules", api.WithholdingRulesView.as_view()),
    path("treaty-reliefs", api.TreatyReliefsView.as_view()),
    path(RELIEF, api.TreatyReliefView.as_view()),
    path(f"{RELIEF}/confirmation", api.TreatyReliefConfirmationView.as_view()),
    path(f"{RELIEF}/withdrawal", api.TreatyReliefWithdrawalView.as_view()),
    path("withholdings", api.WithholdingsView.as_view()),
    path(WITHHOLDING, api.WithholdingView.as_view()),
    path(f"{WITHHOLDING}/certificate", api.WithholdingCertificateView.as_view()),
    path("tax-remittances", api.TaxRemittancesView.as_view()),
    path(REMITTANCE, api.TaxRemittanceView.as_view()),
    path(f"{REMITTANCE}/confirmation", api.TaxRemittanceConfirmationView.as_view()),
    path(f"{REMITTANCE}/cancellation", api.TaxRemittanceCancellationView.as_view()),
    path(f"{REMITTANCE}/receipt", api.TaxRemittanceReceiptView.as_view()),
]
