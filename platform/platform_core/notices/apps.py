"""Notices as an application."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What seats are told."""

    name = "platform_core.notices"
    label = "notices"

    def ready(self) -> None:
        """Tell seats of what is granted to them, on a topic that each has for itself."""
        from platform_core.audit.events import event_recorded
        from platform_core.notices.models import INBOX
        from platform_core.notices.subscribers import tell_of_grant
        from platform_core.realtime.topics import declare_topic_of_seats

        declare_topic_of_seats(INBOX)
        event_recorded.subscribe(tell_of_grant)
