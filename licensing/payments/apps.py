"""Payments as an application."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Online payments of invoices, through Stripe."""

    name = "licensing.payments"
    label = "payments"
