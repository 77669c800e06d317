"""People and organisations as an application."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Users, organisations, alliances, seats and roles."""

    name = "platform_core.identity"
    label = "identity"
