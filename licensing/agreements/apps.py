"""Licences and what belongs to them as an application."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """Licences with what belongs to them, and the exchange rates they are settled at."""

    name = "licensing.agreements"
    label = "agreements"

    def ready(self) -> None:
        """Register what is searched and called what on the home page, and hear of terms that are to be published."""
        from licensing.agreements.models import Licence
        from licensing.agreements.search import LICENCES
        from licensing.agreements.subscribers import keep_prices
        from licensing.terms.events import terms_to_publish
        from platform_core.home.registry import tell_names
        from platform_core.search.registry import register_searched

        register_searched(LICENCES)
        tell_names(Licence)
        terms_to_publish.subscribe(keep_prices)
