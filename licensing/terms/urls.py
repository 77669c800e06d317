"""Addresses of programmes and their terms, below `/api/v1/`."""

from django.urls import path

from licensing.terms import api

urlpatterns = [
    path("programmes", api.ProgrammesView.as_view()),
    path("programmes/<uuid:programme_id>", api.ProgrammeView.as_view()),
    path("programmes/<uuid:programme_id>/steps", api.ProgrammeStepsView.as_view()),
    path("tariffs", api.TariffsView.as_view()),
    path("terms-checks", api.TermsChecksView.as_view()),
    path("terms-versions", api.TermsVersionsView.as_view()),
    path("terms-versions/<uuid:terms_version_id>", api.TermsVersionView.as_view()),
    path("terms-versions/<uuid:terms_version_id>/differences", api.TermsDifferencesView.as_view()),
    path("terms-versions/<uuid:terms_version_id>/publication", api.TermsPublicationView.as_view()),
    path("terms-versions/<uuid:terms_version_id>/withdrawal", api.TermsWithdrawalView.as_view()),
]
