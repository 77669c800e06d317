"""Messages to people as an application."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """Messages that leave the platform: by e-mail, text message or work chat."""

    name = "platform_core.messaging"
    label = "messaging"
