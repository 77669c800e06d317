"""Addresses of clauses and better terms, below `/api/v1/`."""

from django.urls import path

from licensing.clauses import api

urlpatterns = [
    path("licence-clauses", api.LicenceClausesListView.as_view()),
    path("licences/<uuid:licence_id>/clauses", api.LicenceClausesView.as_view()),
    path("licences/<uuid:licence_id>/favours", api.FavoursView.as_view()),
    path("favour-notices", api.FavourNoticesListView.as_view()),
    path("licences/<uuid:licence_id>/favour-notices", api.FavourNoticesView.as_view()),
    path("licences/<uuid:licence_id>/favour-endings", api.LicenceFavourEndingsView.as_view()),
    path("favour-endings", api.FavourEndingsView.as_view()),
    path("favour-endings/<uuid:ending_id>/decision", api.FavourEndingDecisionView.as_view()),
    path("favour-endings/<uuid:ending_id>/withdrawal", api.FavourEndingWithdrawalView.as_view()),
]
