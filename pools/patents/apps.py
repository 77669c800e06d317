"""Patents as an application."""

from django.apps import AppConfig


class PatentsConfig(AppConfig):
    """Patents, their families, and who owned which part of them when."""

    name = "pools.patents"
    label = "patents"

    def ready(self) -> None:
        """Register what is searched, and what it is called on the home page."""
        from platform_core.connections.registry import register_connector
        from platform_core.exchange.registry import register_importer
        from platform_core.home.registry import tell_names
        from platform_core.search.registry import register_searched
        from pools.patents.imports import PATENT_IMPORTER
        from pools.patents.lookups import DROPPED_FILES, EPO_OPS
        from pools.patents.models import Patent, PatentFamily
        from pools.patents.search import PATENTS

        register_importer(PATENT_IMPORTER)
        register_connector(DROPPED_FILES)
        register_connector(EPO_OPS)
        register_searched(PATENTS)
        tell_names(Patent)
        tell_names(PatentFamily)
