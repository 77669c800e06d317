"""Addresses of what members agree to, below `/api/v1/`."""

from django.urls import path

from members.charter import api

_VERSION = "charter-versions/<uuid:version_id>"

urlpatterns = [
    path("charters", api.ChartersView.as_view()),
    path("charters/<uuid:charter_id>", api.CharterView.as_view()),
    path("charter-versions", api.CharterVersionsView.as_view()),
    path(_VERSION, api.CharterVersionView.as_view()),
    path(f"{_VERSION}/publication", api.CharterPublicationView.as_view()),
    path(f"{_VERSION}/discarding", api.CharterDiscardingView.as_view()),
    path(f"{_VERSION}/missing-signatures", api.MissingSignaturesView.as_view()),
    path("charter-signatures", api.CharterSignaturesView.as_view()),
    path("seat-authorities", api.SeatAuthoritiesView.as_view()),
    path("seat-authorities/<uuid:authority_id>/end", api.SeatAuthorityEndView.as_view()),
    path("alliances/<uuid:alliance_id>/good-standing", api.GoodStandingView.as_view()),
]
