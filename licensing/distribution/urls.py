"""Addresses of distributions, below `/api/v1/`."""

from django.urls import path

from licensing.distribution import api
from licensing.distribution.exchange import urls as exchange
from licensing.distribution.withholding import urls as withholding

RUN = "distribution-runs/<uuid:run_id>"
STATEMENT = "distribution-statements/<uuid:statement_id>"
OBJECTION = "objections/<uuid:objection_id>"
INVOICE = "member-invoices/<uuid:invoice_id>"

urlpatterns = [
    path("payout-terms", api.PayoutTermsView.as_view()),
    path("distribution-runs", api.DistributionRunsView.as_view()),
    path(RUN, api.DistributionRunView.as_view()),
    path(f"{RUN}/calculation", api.DistributionCalculationView.as_view()),
    path(f"{RUN}/review", api.DistributionReviewView.as_view()),
    path(f"{RUN}/approval", api.DistributionApprovalView.as_view()),
    path(f"{RUN}/return", api.DistributionReturnView.as_view()),
    path(f"{RUN}/release", api.DistributionReleaseView.as_view()),
    path(f"{RUN}/closing", api.DistributionClosingView.as_view()),
    path(f"{RUN}/cancellation", api.DistributionCancellationView.as_view()),
    path(f"{RUN}/parts", api.DistributionPartsView.as_view()),
    path(f"{RUN}/shares", api.DistributionSharesView.as_view()),
    path(f"{RUN}/items", api.DistributionItemsView.as_view()),
    path(f"{RUN}/published", api.DistributionPublishedView.as_view()),
    path("distribution-statements", api.DistributionStatementsView.as_view()),
    path(STATEMENT, api.DistributionStatementView.as_view()),
    path(f"{STATEMENT}/document", api.DistributionDocumentView.as_view()),
    path(f"{STATEMENT}/proof", api.DistributionProofView.as_view()),
    path(f"{STATEMENT}/objections", api.StatementObjectionsView.as_view()),
    path("member-invoice-terms", api.MemberInvoiceTermsView.as_view()),
    path("member-invoices", api.MemberInvoicesView.as_view()),
    path("member-invoices/ageing", api.MemberInvoiceAgeingView.as_view()),
    path(INVOICE, api.MemberInvoiceView.as_view()),
    path(f"{INVOICE}/recording", api.MemberInvoiceRecordingView.as_view()),
    path(f"{INVOICE}/acceptance", api.MemberInvoiceAcceptanceView.as_view()),
    path(f"{INVOICE}/return", api.MemberInvoiceReturnView.as_view()),
    path(f"{INVOICE}/waiver-request", api.MemberInvoiceWaiverRequestView.as_view()),
    path(f"{INVOICE}/waiver", api.MemberInvoiceWaiverView.as_view()),
    path(f"{INVOICE}/waiver-refusal", api.MemberInvoiceWaiverRefusalView.as_view()),
    path("objections", api.ObjectionsView.as_view()),
    path(OBJECTION, api.ObjectionView.as_view()),
    path(f"{OBJECTION}/answer", api.ObjectionAnswerView.as_view()),
    path(f"{OBJECTION}/withdrawal", api.ObjectionWithdrawalView.as_view()),
    *withholding.urlpatterns,
    *exchange.urlpatterns,
]
