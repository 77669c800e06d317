"""Addresses of open licences, below `/api/v1/`."""

from django.urls import path

from licensing.openlicences.api import contests, declarations, licences

_DECLARATION = "open-declarations/<uuid:declaration_id>"
_LICENCE = "open-licences/<uuid:licence_id>"

urlpatterns = [
    path("open-declarations", declarations.OpenDeclarationsView.as_view()),
    path(_DECLARATION, declarations.OpenDeclarationView.as_view()),
    path(f"{_DECLARATION}/checks", declarations.OpenChecksView.as_view()),
    path(f"{_DECLARATION}/document", declarations.OpenStatementPaperView.as_view()),
    path(f"{_DECLARATION}/consents", declarations.OpenConsentsView.as_view()),
    path(f"{_DECLARATION}/filing", declarations.OpenFilingView.as_view()),
    path(f"{_DECLARATION}/announcement", declarations.OpenAnnouncementView.as_view()),
    path(f"{_DECLARATION}/refusal", declarations.OpenRefusalView.as_view()),
    path(f"{_DECLARATION}/cancellation", declarations.OpenCancellationView.as_view()),
    path(f"{_DECLARATION}/withdrawal", declarations.OpenWithdrawalView.as_view()),
    path(f"{_DECLARATION}/withdrawal-announcement", declarations.OpenWithdrawalAnnouncementView.as_view()),
    path(f"{_DECLARATION}/notices", declarations.OpenNoticesView.as_view()),
    path("open-licences", licences.OpenLicencesView.as_view()),
    path(_LICENCE, licences.OpenLicenceView.as_view()),
    path(f"{_LICENCE}/notice", licences.OpenNoticeView.as_view()),
    path(f"{_LICENCE}/cancellation", licences.OpenNoticeCancellationView.as_view()),
    path(f"{_LICENCE}/end", licences.OpenEndView.as_view()),
    path(f"{_LICENCE}/lapse", licences.OpenLapseView.as_view()),
    path(f"{_LICENCE}/contest", contests.OpenEntryContestView.as_view()),
    path(f"{_LICENCE}/evidence", contests.OpenEvidenceView.as_view()),
    path(f"{_LICENCE}/entry-withdrawal", contests.OpenEntryWithdrawalView.as_view()),
    path(f"{_LICENCE}/acknowledgement", contests.OpenAcknowledgementView.as_view()),
    path(f"{_LICENCE}/statements", licences.OpenStatementsView.as_view()),
    path(f"{_LICENCE}/payments", licences.OpenPaymentsView.as_view()),
    path("open-payments/<uuid:payment_id>/receipt", licences.OpenReceiptView.as_view()),
    path("open-payments/<uuid:payment_id>/contest", licences.OpenContestView.as_view()),
    path(f"{_LICENCE}/recordal", licences.OpenRecordalView.as_view()),
]
