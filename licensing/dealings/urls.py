"""Addresses of dealings with prospects, below `/api/v1/`."""

from django.urls import path

from licensing.dealings.api import contracts, dealings

_DEALING = "dealings/<uuid:dealing_id>"

urlpatterns = [
    path("dealings", dealings.DealingsView.as_view()),
    path(_DEALING, dealings.DealingView.as_view()),
    path(f"{_DEALING}/acknowledgement", dealings.AcknowledgementView.as_view()),
    path(f"{_DEALING}/offers", dealings.OffersView.as_view()),
    path(f"{_DEALING}/acceptance", dealings.AcceptanceView.as_view()),
    path(f"{_DEALING}/turning-down", dealings.RefusalView.as_view()),
    path(f"{_DEALING}/ending", dealings.DealingClosingView.as_view()),
    path(f"{_DEALING}/conduct", dealings.ConductView.as_view()),
    path(f"{_DEALING}/conduct-record", dealings.ConductRecordView.as_view()),
    path(f"{_DEALING}/contract", contracts.ContractView.as_view()),
    path(f"{_DEALING}/signature", contracts.SignatureView.as_view()),
    path(f"{_DEALING}/signature-check", contracts.SignatureCheckView.as_view()),
    path(f"{_DEALING}/original", contracts.OriginalView.as_view()),
    path(f"{_DEALING}/seal-request", contracts.SealRequestView.as_view()),
    path(f"{_DEALING}/seal-decision", contracts.SealDecisionView.as_view()),
    path(f"{_DEALING}/countersignature", contracts.CountersignatureView.as_view()),
    path(f"{_DEALING}/recordal", contracts.RecordalView.as_view()),
    path(f"{_DEALING}/recordal-form", contracts.RecordalFormView.as_view()),
    path("contract-templates", contracts.ContractTemplatesView.as_view()),
]
