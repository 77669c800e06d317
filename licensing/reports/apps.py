"""The sales reports as an application."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """What licensees report."""

    name = "licensing.reports"
    label = "reports"
