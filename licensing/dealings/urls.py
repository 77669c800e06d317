"""Addresses of dealings with prospects, below `/api/v1/`."""

from django.urls import path

from licensing.dealings.api import dealings

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
]
