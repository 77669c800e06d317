"""Licences outside a programme as an application."""

from django.apps import AppConfig


class DirectConfig(AppConfig):
    """Licences outside a programme, the patents they are on, and what co-owners consented to."""

    name = "licensing.direct"
    label = "direct"

    def ready(self) -> None:
        """Say what licences are called where they are news."""
        from licensing.direct.models import DirectLicence
        from platform_core.home.registry import tell_names

        tell_names(DirectLicence)
