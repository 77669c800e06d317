"""Programmes and their terms as an application."""

from django.apps import AppConfig


class TermsConfig(AppConfig):
    """What a pool offers to licensees: programmes, and their terms in dated versions."""

    name = "licensing.terms"
    label = "terms"

    def ready(self) -> None:
        """Register what is searched, and what it is called on the home page."""
        from licensing.terms.models import Programme
        from licensing.terms.search import PROGRAMMES
        from platform_core.home.registry import tell_names
        from platform_core.search.registry import register_searched

        register_searched(PROGRAMMES)
        tell_names(Programme)
