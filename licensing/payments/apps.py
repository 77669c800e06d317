"""Payments as an application."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Online payments of invoices, through Stripe."""

    name = "licensing.payments"
    label = "payments"

    def ready(self) -> None:
        """Have the queue of unassigned lines asked for invoices."""
        from licensing.payments.claims import INVOICES, SEVERAL
        from platform_core.treasury.claims import register_claimant

        register_claimant(INVOICES)
        register_claimant(SEVERAL)
