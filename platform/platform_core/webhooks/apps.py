"""Webhooks as an application."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Calls to other systems about what those they belong to may see."""

    name = "platform_core.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        """Hear of every recorded event."""
        from platform_core.audit.events import event_recorded
        from platform_core.webhooks.services import note_event

        event_recorded.subscribe(note_event)
