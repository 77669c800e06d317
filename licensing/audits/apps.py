"""The audits of licensees as an application."""

from django.apps import AppConfig


class AuditsConfig(AppConfig):
    """Whether what licensees reported is what they sold."""

    name = "licensing.audits"
    label = "audits"

    def ready(self) -> None:
        """Look at what is reported or cancelled of what was settled, and have audits called by name."""
        from licensing.agreements.events import charge_cancellation_asked
        from licensing.audits.home import name_of_audit
        from licensing.audits.models import Audit
        from licensing.audits.subscribers import refuse_what_two_settled, refuse_what_was_settled
        from licensing.reports.events import report_filed
        from platform_core.home.registry import tell_names

        report_filed.subscribe(refuse_what_was_settled)
        charge_cancellation_asked.subscribe(refuse_what_two_settled)
        tell_names(Audit, name_of_audit, along=("licence",))
