"""The royalty close as an application."""

from django.apps import AppConfig


class CloseConfig(AppConfig):
    """Closes of programmes and periods."""

    name = "licensing.close"
    label = "close"

    def ready(self) -> None:
        """Listen for reports that change what a closed period should have been."""
        from licensing.close.subscribers import reopen
        from licensing.reports.events import report_filed

        report_filed.subscribe(reopen)
