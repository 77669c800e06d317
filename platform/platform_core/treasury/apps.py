"""The treasury as an application."""

from django.apps import AppConfig


class TreasuryConfig(AppConfig):
    """Bank accounts of operating entities, and what banks say of them."""

    name = "platform_core.treasury"
    label = "treasury"
