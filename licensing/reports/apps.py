"""The sales reports as an application."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """What licensees report."""

    name = "licensing.reports"
    label = "reports"

    def ready(self) -> None:
        """Tell the home page who has to report."""
        from licensing.reports.home import reports_due, reports_missing
        from platform_core.home.registry import tell_waiting

        tell_waiting(reports_due)
        tell_waiting(reports_missing)
