"""Licences and what belongs to them as an application."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """Licences with what belongs to them, and the exchange rates they are settled at."""

    name = "licensing.agreements"
    label = "agreements"

    def ready(self) -> None:
        """Register what is searched."""
        from licensing.agreements.search import LICENCES
        from platform_core.search.registry import register_searched

        register_searched(LICENCES)
