"""Deadlines as an application."""

from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    """What has to be done by a day, and reminding of it."""

    name = "platform_core.deadlines"
    label = "deadlines"

    def ready(self) -> None:
        """Have messages about deadlines known."""
        from platform_core.deadlines import letters  # noqa: F401 - the kinds of messages are known once it is loaded
