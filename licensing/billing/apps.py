"""Billing as an application."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Invoices of closed periods, and how they were settled."""

    name = "licensing.billing"
    label = "billing"

    def ready(self) -> None:
        """Tell the home page what is to be billed, paid and decided, and how payments stand."""
        from licensing.billing import asked_plans, home
        from licensing.billing.models import Invoice
        from platform_core.home.registry import tell_names, tell_waiting, tell_waiting_and_figures

        tell_waiting(home.closes_to_bill)
        tell_waiting(home.write_offs_to_decide)
        tell_waiting(home.plans_to_decide)
        tell_waiting(asked_plans.plans_to_answer)
        tell_waiting(home.invoices_overdue)
        tell_waiting_and_figures(home.own_payments)
        tell_names(Invoice, along=("series",))
