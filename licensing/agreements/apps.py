"""Licences and what belongs to them as an application."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """Licences with what belongs to them, and the exchange rates they are settled at."""

    name = "licensing.agreements"
    label = "agreements"

    def ready(self) -> None:
        """Register what is searched, and what it is called on the home page."""
        from licensing.agreements.models import Licence
        from licensing.agreements.search import LICENCES
        from platform_core.home.registry import tell_names
        from platform_core.search.registry import register_searched

        register_searched(LICENCES)
        tell_names(Licence)
