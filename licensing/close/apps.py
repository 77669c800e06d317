"""The royalty close as an application."""

from django.apps import AppConfig


class CloseConfig(AppConfig):
    """Closes of programmes and periods."""

    name = "licensing.close"
    label = "close"

    def ready(self) -> None:
        """Listen for reports and memberships that change what a closed period should have been."""
        from licensing.close.subscribers import reopen, reopen_for_member
        from licensing.reports.events import report_filed
        from members.memberships.events import membership_moved

        report_filed.subscribe(reopen)
        membership_moved.subscribe(reopen_for_member)
