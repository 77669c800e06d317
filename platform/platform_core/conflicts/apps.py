"""Conflicts of interest as an application."""

from django.apps import AppConfig


class ConflictsConfig(AppConfig):
    """Who is tied to those an alliance's office must stand apart from, and the undertakings that cover it."""

    name = "platform_core.conflicts"
    label = "conflicts"

    def ready(self) -> None:
        """Limit what conflicted people can do, and look at every role as it is given."""
        from platform_core.access.acting import limit_actors
        from platform_core.conflicts.limits import limits_of, refuse_conflicting_role, tell_of_new_seat
        from platform_core.conflicts.parties import ties_between
        from platform_core.identity.events import ROLE_GIVEN, SEAT_OPENED
        from platform_core.identity.role_plan import find_ties_by

        limit_actors(limits_of)
        find_ties_by(ties_between)
        ROLE_GIVEN.subscribe(refuse_conflicting_role)
        SEAT_OPENED.subscribe(tell_of_new_seat)
