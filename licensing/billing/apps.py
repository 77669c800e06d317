"""Billing as an application."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Invoices of closed periods, and how they were settled."""

    name = "licensing.billing"
    label = "billing"
