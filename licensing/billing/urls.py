"""Addresses of billing, below `/api/v1/`."""

from django.urls import path

from licensing.billing.api import instalments, invoices, papers, reports, setting, settling, workings

INVOICE = "invoices/<uuid:invoice_id>"
PLAN = "instalment-plans/<uuid:plan_id>"
WRITE_OFF = "write-offs/<uuid:write_off_id>"

urlpatterns = [
    path("tax-identities", setting.TaxIdentitiesView.as_view()),
    path("tax-rules", setting.TaxRulesView.as_view()),
    path("billing-terms", setting.BillingTermsView.as_view()),
    path("invoice-series", setting.InvoiceSeriesView.as_view()),
    path("invoice-series/<uuid:series_id>/closing", setting.InvoiceSeriesClosingView.as_view()),
    path("close-runs/<uuid:run_id>/invoices", invoices.InvoicePreparationView.as_view()),
    path("sales-reports/<uuid:report_id>/closes", reports.ReportUsesView.as_view()),
    path("invoices", invoices.InvoicesView.as_view()),
    path("invoices/issue", invoices.InvoiceIssuingView.as_view()),
    path("invoices/ageing", invoices.AgeingView.as_view()),
    path(INVOICE, invoices.InvoiceView.as_view()),
    path(f"{INVOICE}/document", papers.InvoiceDocumentView.as_view()),
    path(f"{INVOICE}/workings", workings.InvoiceWorkingsView.as_view()),
    path("interest-notes/<uuid:note_id>/document", papers.InterestNoteDocumentView.as_view()),
    path(f"{INVOICE}/discarding", invoices.InvoiceDiscardingView.as_view()),
    path(f"{INVOICE}/crediting", invoices.InvoiceCreditingView.as_view()),
    path(f"{INVOICE}/tax-invoice", invoices.TaxInvoiceView.as_view()),
    path(f"{INVOICE}/dispute", invoices.InvoiceDisputeView.as_view()),
    path(f"{INVOICE}/dispute/end", invoices.InvoiceDisputeEndView.as_view()),
    path(f"{INVOICE}/interest", invoices.InvoiceInterestView.as_view()),
    path(f"{INVOICE}/settlements", settling.SettlementsView.as_view()),
    path(f"{INVOICE}/set-off", settling.SetOffView.as_view()),
    path(f"{INVOICE}/write-offs", settling.InvoiceWriteOffsView.as_view()),
    path(f"{INVOICE}/instalment-plans", instalments.InvoicePlansView.as_view()),
    path(f"{INVOICE}/instalment-requests", instalments.InvoicePlanRequestsView.as_view()),
    path(f"{PLAN}/acceptance", instalments.InstalmentPlanAcceptanceView.as_view()),
    path("instalment-plans", instalments.InstalmentPlansView.as_view()),
    path(f"{PLAN}/approval", instalments.InstalmentPlanApprovalView.as_view()),
    path(f"{PLAN}/refusal", instalments.InstalmentPlanRefusalView.as_view()),
    path(f"{PLAN}/withdrawal", instalments.InstalmentPlanWithdrawalView.as_view()),
    path(f"{PLAN}/document", instalments.InstalmentPlanDocumentView.as_view()),
    path("settlements/<uuid:settlement_id>/return", settling.SettlementReturnView.as_view()),
    path("unassigned-receipts", settling.UnassignedReceiptsView.as_view()),
    path("write-offs", settling.WriteOffsView.as_view()),
    path(f"{WRITE_OFF}/approval", settling.WriteOffApprovalView.as_view()),
    path(f"{WRITE_OFF}/refusal", settling.WriteOffRefusalView.as_view()),
    path(f"{WRITE_OFF}/withdrawal", settling.WriteOffWithdrawalView.as_view()),
]
