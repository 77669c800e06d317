"""Memberships as an application."""

from django.apps import AppConfig


class MembershipsConfig(AppConfig):
    """Who takes part in which alliance, under which member id, from when to when."""

    name = "members.memberships"
    label = "memberships"

    def ready(self) -> None:
        """Say what memberships are called on the home page."""
        from members.memberships.models import Membership
        from platform_core.home.registry import tell_names

        tell_names(Membership, lambda membership: str(membership.organisation), along=("organisation",))
