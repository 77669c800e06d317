"""The ledger as an application."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Accounts, entries that balance, and the days through which books are closed."""

    name = "platform_core.ledger"
    label = "ledger"
