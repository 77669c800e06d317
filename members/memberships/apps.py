"""Memberships as an application."""

from django.apps import AppConfig


class MembershipsConfig(AppConfig):
    """Who takes part in which alliance, under which member id, from when to when."""

    name = "members.memberships"
    label = "memberships"
