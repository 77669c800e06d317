"""The sales reports as an application."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """What licensees report."""

    name = "licensing.reports"
    label = "reports"

    def ready(self) -> None:
        """Tell the home page who has to report."""
        from licensing.reports import (
            kinds,  # noqa: F401 - the kinds of deadlines are known once it is loaded
            letters,  # noqa: F401 - the kinds of messages are known once it is loaded
        )
        from licensing.reports.home import name_of_report, own_reports, reports_missing
        from licensing.reports.models import SalesReport
        from licensing.reports.subscribers import follow_before_each_day
        from platform_core.deadlines.events import prepare_each_day
        from platform_core.home.registry import tell_names, tell_waiting, tell_waiting_and_figures

        prepare_each_day(follow_before_each_day)
        tell_waiting_and_figures(own_reports)
        tell_waiting(reports_missing)
        tell_names(SalesReport, name_of_report, along=("licence",))
