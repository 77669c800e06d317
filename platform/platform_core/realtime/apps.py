"""Live news as an application."""

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    """Tells open screens what changed, and asks the kernel again when rights change."""

    name = "platform_core.realtime"
    label = "realtime"

    def ready(self) -> None:
        """Listen for rights that were given or withdrawn."""
        from platform_core.identity.events import RIGHTS_CHANGED
        from platform_core.realtime.services import announce_rights

        RIGHTS_CHANGED.subscribe(announce_rights)
