"""Addresses of people, organisations and roles, below `/api/v1/`."""

from django.urls import path

from platform_core.identity import api

urlpatterns = [
    path("me", api.MeView.as_view()),
    path("me/seat", api.MySeatView.as_view()),
    path("organisations", api.OrganisationsView.as_view()),
    path("organisations/<uuid:organisation_id>", api.OrganisationView.as_view()),
    path("organisations/<uuid:organisation_id>/duplicates", api.OrganisationDuplicatesView.as_view()),
    path("organisations/<uuid:organisation_id>/merger", api.OrganisationMergerView.as_view()),
    path("alliances", api.AlliancesView.as_view()),
    path("alliances/<uuid:alliance_id>", api.AllianceView.as_view()),
    path("alliances/<uuid:alliance_id>/role-plan", api.RolePlanView.as_view()),
    path("operating-entities", api.OperatingEntitiesView.as_view()),
    path("seats", api.SeatsView.as_view()),
    path("seats/<uuid:seat_id>/end", api.SeatEndView.as_view()),
    path("seats/<uuid:seat_id>/confirmation", api.SeatConfirmationView.as_view()),
    path("role-assignments", api.RoleAssignmentsView.as_view()),
    path("role-assignments/<uuid:assignment_id>/end", api.RoleEndView.as_view()),
]
