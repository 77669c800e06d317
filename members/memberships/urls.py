"""Addresses of memberships, below `/api/v1/`."""

from django.urls import path

from members.memberships import api

urlpatterns = [
    path("memberships", api.MembershipsView.as_view()),
    path("memberships/<uuid:membership_id>", api.MembershipView.as_view()),
]
