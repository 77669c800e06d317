"""Payments as an application."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Online payments of invoices, through Stripe."""

    name = "licensing.payments"
    label = "payments"

    def ready(self) -> None:
        """Have the queue of unassigned lines asked for invoices, and say what banks may keep."""
        from licensing.billing.events import bank_charge_asked
        from licensing.payments.claims import INVOICES, SEVERAL
        from licensing.payments.subscribers import refuse_untolerated_charge
        from platform_core.treasury.claims import register_claimant

        register_claimant(INVOICES)
        register_claimant(SEVERAL)
        bank_charge_asked.subscribe(refuse_untolerated_charge)
