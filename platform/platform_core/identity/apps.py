"""People and organisations as an application."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Users, organisations, alliances, seats and roles."""

    name = "platform_core.identity"
    label = "identity"

    def ready(self) -> None:
        """Have seats wait that were given from outside their organisation."""
        from platform_core.access.acting import limit_actors
        from platform_core.identity.preparing import limits_of_waiting

        limit_actors(limits_of_waiting)
