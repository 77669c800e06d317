"""Addresses of audits, below `/api/v1/`."""

from django.urls import path

from licensing.audits.api import audits as api

_AUDIT = "licensee-audits/<uuid:audit_id>"

urlpatterns = [
    path("audit-clauses", api.AuditClausesView.as_view()),
    path("audit-clauses/<uuid:clause_id>/confirmation", api.AuditClauseConfirmationView.as_view()),
    path("audit-clauses/<uuid:clause_id>/withdrawal", api.AuditClauseWithdrawalView.as_view()),
    path("licensee-audits", api.LicenseeAuditsView.as_view()),
    path(_AUDIT, api.LicenseeAuditView.as_view()),
    path(f"{_AUDIT}/notice", api.AuditNoticeView.as_view()),
    path(f"{_AUDIT}/undertaking", api.AuditUndertakingView.as_view()),
    path(f"{_AUDIT}/access", api.AuditAccessView.as_view()),
    path(f"{_AUDIT}/extension", api.AuditExtensionView.as_view()),
    path(f"{_AUDIT}/findings", api.AuditFindingsView.as_view()),
    path(f"{_AUDIT}/report", api.AuditReportView.as_view()),
    path(f"{_AUDIT}/answer", api.AuditAnswerView.as_view()),
    path(f"{_AUDIT}/return", api.AuditReturnView.as_view()),
    path(f"{_AUDIT}/outcome", api.AuditOutcomeView.as_view()),
    path(f"{_AUDIT}/settlement", api.AuditSettlementView.as_view()),
    path(f"{_AUDIT}/reversal", api.AuditReversalView.as_view()),
    path(f"{_AUDIT}/reversal/approval", api.AuditReversalApprovalView.as_view()),
    path(f"{_AUDIT}/reversal/refusal", api.AuditReversalRefusalView.as_view()),
    path(f"{_AUDIT}/cancellation", api.AuditCancellationView.as_view()),
    path(f"{_AUDIT}/cancellation/approval", api.AuditCancellationApprovalView.as_view()),
    path(f"{_AUDIT}/cancellation/refusal", api.AuditCancellationRefusalView.as_view()),
]
