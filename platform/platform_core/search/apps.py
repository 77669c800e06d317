"""The search box as an application."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Finding things by number, name or code."""

    name = "platform_core.search"
    label = "search"

    def ready(self) -> None:
        """Register what the core itself keeps."""
        from platform_core.search.own import ALLIANCES, ORGANISATIONS, PEOPLE
        from platform_core.search.registry import register_searched

        for kind in (ORGANISATIONS, ALLIANCES, PEOPLE):
            register_searched(kind)
