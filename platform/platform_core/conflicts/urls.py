"""Addresses of ties, affiliations and undertakings, below `/api/v1/`."""

from django.urls import path

from platform_core.conflicts import api

urlpatterns = [
    path("affiliations", api.AffiliationsView.as_view()),
    path("affiliations/<uuid:affiliation_id>/end", api.AffiliationEndView.as_view()),
    path("ties-declared", api.DeclaredTiesView.as_view()),
    path("ties-declared/<uuid:tie_id>/end", api.DeclaredTieEndView.as_view()),
    path("undertakings", api.UndertakingsView.as_view()),
    path("undertakings/<uuid:undertaking_id>/confirmation", api.UndertakingConfirmationView.as_view()),
    path("undertakings/<uuid:undertaking_id>/end", api.UndertakingEndView.as_view()),
]
