"""The audits of licensees as an application."""

from django.apps import AppConfig


class AuditsConfig(AppConfig):
    """Whether what licensees reported is what they sold."""

    name = "licensing.audits"
    label = "audits"

    def ready(self) -> None:
        """Have audits called by their licence and number."""
        from licensing.audits.home import name_of_audit
        from licensing.audits.models import Audit
        from platform_core.home.registry import tell_names

        tell_names(Audit, name_of_audit, along=("licence",))
