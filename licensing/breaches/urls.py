"""Addresses of breaches and of ends of licences, below `/api/v1/`."""

from django.urls import path

from licensing.breaches import api

urlpatterns = [
    path("breaches", api.BreachesView.as_view()),
    path("breaches/<uuid:breach_id>", api.BreachView.as_view()),
    path("breaches/<uuid:breach_id>/cure", api.BreachCureView.as_view()),
    path("breaches/<uuid:breach_id>/withdrawal", api.BreachWithdrawalView.as_view()),
    path("breaches/<uuid:breach_id>/suspension", api.BreachSuspensionView.as_view()),
    path("licences/<uuid:licence_id>/breach-grounds", api.BreachGroundsView.as_view()),
    path("licences/<uuid:licence_id>/breaches", api.LicenceBreachesView.as_view()),
    path("licences/<uuid:licence_id>/terminations", api.LicenceTerminationsView.as_view()),
    path("terminations", api.TerminationsView.as_view()),
    path("terminations/<uuid:termination_id>/decision", api.TerminationDecisionView.as_view()),
    path("terminations/<uuid:termination_id>/withdrawal", api.TerminationWithdrawalView.as_view()),
]
