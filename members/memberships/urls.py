"""Addresses of memberships, below `/api/v1/`."""

from django.urls import path

from members.memberships import api

_ONE = "memberships/<uuid:membership_id>"

urlpatterns = [
    path("memberships", api.MembershipsView.as_view()),
    path(_ONE, api.MembershipView.as_view()),
    path(f"{_ONE}/steps", api.MembershipStepsView.as_view()),
    path(f"{_ONE}/review", api.ReviewView.as_view()),
    path(f"{_ONE}/admission", api.AdmissionView.as_view()),
    path(f"{_ONE}/refusal", api.RefusalView.as_view()),
    path(f"{_ONE}/withdrawal", api.WithdrawalView.as_view()),
    path(f"{_ONE}/suspension", api.SuspensionView.as_view()),
    path(f"{_ONE}/resumption", api.ResumptionView.as_view()),
    path(f"{_ONE}/departure", api.DepartureView.as_view()),
    path(f"{_ONE}/expulsion", api.ExpulsionView.as_view()),
    path("alliances/<uuid:alliance_id>/founding-members", api.FoundingMembersView.as_view()),
    path("alliances/<uuid:alliance_id>/membership-rules", api.MembershipRulesView.as_view()),
]
