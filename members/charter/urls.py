"""Addresses of what members agree to, below `/api/v1/`."""

from django.urls import path

from members.charter.api import missing, signing, versions

_VERSION = "charter-versions/<uuid:version_id>"

urlpatterns = [
    path("charters", versions.ChartersView.as_view()),
    path("charters/<uuid:charter_id>", versions.CharterView.as_view()),
    path("charter-versions", versions.CharterVersionsView.as_view()),
    path(_VERSION, versions.CharterVersionView.as_view()),
    path(f"{_VERSION}/publication", versions.CharterPublicationView.as_view()),
    path(f"{_VERSION}/discarding", versions.CharterDiscardingView.as_view()),
    path(f"{_VERSION}/missing-signatures", missing.MissingSignaturesView.as_view()),
    path(f"{_VERSION}/reminders", missing.SignatureRemindersView.as_view()),
    path("charter-signatures", signing.CharterSignaturesView.as_view()),
    path("seat-authorities", signing.SeatAuthoritiesView.as_view()),
    path("seat-authorities/<uuid:authority_id>/end", signing.SeatAuthorityEndView.as_view()),
    path("alliances/<uuid:alliance_id>/good-standing", signing.GoodStandingView.as_view()),
]
