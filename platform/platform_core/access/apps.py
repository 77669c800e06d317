"""The permission kernel as an application."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccessConfig(AppConfig):
    """Puts the policies of all applications in force once their models are known."""

    name = "platform_core.access"
    label = "access"

    def ready(self) -> None:
        """Import the `policies` module of every application."""
        autodiscover_modules("policies")
