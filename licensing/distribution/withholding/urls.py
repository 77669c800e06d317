"""Addresses of tax withheld, below `/api/v1/`."""

from django.urls import path

from licensing.distribution.withholding.api import remittances, rules, withholdings

RULE = "withholding-rules/<uuid:rule_id>"
RELIEF = "treaty-reliefs/<uuid:relief_id>"
WITHHOLDING = "withholdings/<uuid:withholding_id>"
REMITTANCE = "tax-remittances/<uuid:remittance_id>"

urlpatterns = [
    path("withholding-rules", rules.WithholdingRulesView.as_view()),
    path(f"{RULE}/confirmation", rules.WithholdingRuleConfirmationView.as_view()),
    path(f"{RULE}/withdrawal", rules.WithholdingRuleWithdrawalView.as_view()),
    path("treaty-reliefs", rules.TreatyReliefsView.as_view()),
    path(RELIEF, rules.TreatyReliefView.as_view()),
    path(f"{RELIEF}/confirmation", rules.TreatyReliefConfirmationView.as_view()),
    path(f"{RELIEF}/withdrawal", rules.TreatyReliefWithdrawalView.as_view()),
    path("withholdings", withholdings.WithholdingsView.as_view()),
    path(WITHHOLDING, withholdings.WithholdingView.as_view()),
    path(f"{WITHHOLDING}/certificate", withholdings.WithholdingCertificateView.as_view()),
    path("tax-remittances", remittances.TaxRemittancesView.as_view()),
    path(REMITTANCE, remittances.TaxRemittanceView.as_view()),
    path(f"{REMITTANCE}/confirmation", remittances.TaxRemittanceConfirmationView.as_view()),
    path(f"{REMITTANCE}/cancellation", remittances.TaxRemittanceCancellationView.as_view()),
    path(f"{REMITTANCE}/undoing", remittances.TaxRemittanceUndoingView.as_view()),
    path(f"{REMITTANCE}/undoing/approval", remittances.TaxRemittanceUndoingApprovalView.as_view()),
    path(f"{REMITTANCE}/undoing/refusal", remittances.TaxRemittanceUndoingRefusalView.as_view()),
    path(f"{REMITTANCE}/receipt", remittances.TaxRemittanceReceiptView.as_view()),
]
