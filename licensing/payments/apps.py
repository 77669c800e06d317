"""Payments as an application."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Online payments of invoices, through Stripe."""

    name = "licensing.payments"
    label = "payments"

    def ready(self) -> None:
        """Have the queue of unassigned lines asked for invoices, and hear what becomes of settlements."""
        from licensing.billing import events
        from licensing.payments import subscribers
        from licensing.payments.claims import INVOICES, SEVERAL
        from platform_core.treasury.claims import register_claimant

        events.bank_charge_asked.subscribe(subscribers.refuse_untolerated_charge)
        events.settlement_returning.subscribe(subscribers.refuse_return_by_hand)
        events.carried_returning.subscribe(subscribers.refuse_return_while_paid)
        events.settlement_returned.subscribe(subscribers.put_back_paid_ahead)
        register_claimant(INVOICES)
        register_claimant(SEVERAL)
