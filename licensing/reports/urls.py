"""Addresses of sales reports, below `/api/v1/`."""

from django.urls import path

from licensing.reports.api import drafts, estimating, filed, preparing, reports

_DRAFT = "report-drafts/<uuid:draft_id>"

urlpatterns = [
    path("sales-reports", reports.SalesReportsView.as_view()),
    path("sales-reports/<uuid:report_id>", filed.SalesReportView.as_view()),
    path("sales-reports/<uuid:report_id>/figures", filed.SalesReportFiguresView.as_view()),
    path("sales-reports/<uuid:report_id>/differences", filed.SalesReportDifferencesView.as_view()),
    path("sales-reports/<uuid:report_id>/files-check", filed.SalesReportFilesCheckView.as_view()),
    path("sales-reports/<uuid:report_id>/lines", filed.SalesReportLinesView.as_view()),
    path("sales-reports/<uuid:report_id>/file", reports.SalesReportFileView.as_view()),
    path("sales-reports/<uuid:report_id>/receipt", reports.ReceiptView.as_view()),
    path("sales-reports/<uuid:report_id>/superseding-reports", reports.SupersedingReportsView.as_view()),
    path("report-drafts", drafts.ReportDraftsView.as_view()),
    path("report-drafts/typed", drafts.TypedReportDraftsView.as_view()),
    path(_DRAFT, drafts.ReportDraftView.as_view()),
    path(f"{_DRAFT}/figures", drafts.ReportDraftFiguresView.as_view()),
    path(f"{_DRAFT}/lines", drafts.ReportDraftLinesView.as_view()),
    path(f"{_DRAFT}/preview", drafts.ReportPreviewView.as_view()),
    path(f"{_DRAFT}/signature", drafts.ReportSignaturesView.as_view()),
    path(f"{_DRAFT}/removal", drafts.ReportDraftRemovalView.as_view()),
    path("due-reports", reports.DueReportsView.as_view()),
    path("product-aliases", preparing.ProductAliasesView.as_view()),
    path("product-aliases/<uuid:alias_id>/withdrawal", preparing.ProductAliasWithdrawalView.as_view()),
    path("report-authorities", preparing.ReportAuthoritiesView.as_view()),
    path("report-authorities/<uuid:authority_id>/end", preparing.ReportAuthorityEndView.as_view()),
    path("estimate-terms", estimating.EstimateTermsListView.as_view()),
    path("estimate-terms/<uuid:terms_id>/confirmation", estimating.EstimateTermsConfirmationView.as_view()),
    path("licences/<uuid:licence_id>/estimates", estimating.EstimatesView.as_view()),
    path("licences/<uuid:licence_id>/report-template", preparing.ReportTemplateView.as_view()),
    path("licences/<uuid:licence_id>/reporting-seats", preparing.ReportingSeatsView.as_view()),
    path("licences/<uuid:licence_id>/filed-months", reports.FiledMonthsView.as_view()),
    path("programmes/<uuid:programme_id>/missing-reports", reports.MissingReportsView.as_view()),
    path("programmes/<uuid:programme_id>/report-reminders", reports.ReportRemindersView.as_view()),
]
