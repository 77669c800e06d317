"""Memberships as an application."""

from django.apps import AppConfig


class MembershipsConfig(AppConfig):
    """Who takes part in which alliance, under which member code, from when to when."""

    name = "members.memberships"
    label = "memberships"

    def ready(self) -> None:
        """Tell the home page what waits for the office, and what memberships are called."""
        from members.memberships.home import applications_to_settle
        from members.memberships.models import Membership
        from platform_core.home.registry import tell_names, tell_waiting

        tell_waiting(applications_to_settle)
        tell_names(Membership, lambda membership: str(membership.organisation), along=("organisation",))
