"""Addresses of sales reports, below `/api/v1/`."""

from django.urls import path

from licensing.reports import api

urlpatterns = [
    path("sales-reports", api.SalesReportsView.as_view()),
    path("sales-reports/<uuid:report_id>", api.SalesReportView.as_view()),
    path("sales-reports/<uuid:report_id>/file", api.SalesReportFileView.as_view()),
    path("sales-reports/<uuid:report_id>/superseding-reports", api.SupersedingReportsView.as_view()),
    path("licences/<uuid:licence_id>/filed-months", api.FiledMonthsView.as_view()),
    path("programmes/<uuid:programme_id>/missing-reports", api.MissingReportsView.as_view()),
    path("programmes/<uuid:programme_id>/report-reminders", api.ReportRemindersView.as_view()),
]
