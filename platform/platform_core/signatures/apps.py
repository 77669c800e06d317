"""Electronic signatures as an application."""

from django.apps import AppConfig


class SignaturesConfig(AppConfig):
    """What the electronic signatures in signed files are worth, as it was found out when they were recorded."""

    name = "platform_core.signatures"
    label = "signatures"
