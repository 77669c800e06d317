"""The royalty close as an application."""

from django.apps import AppConfig


class CloseConfig(AppConfig):
    """Closes of programmes and periods."""

    name = "licensing.close"
    label = "close"

    def ready(self) -> None:
        """Listen for what changes what a closed period should have been, and tell the home page and the search box."""
        from licensing.agreements.events import charge_cancelled
        from licensing.close import home, search
        from licensing.close.effect import answer_effect
        from licensing.close.hindrances import closes_waiting_for
        from licensing.close.models import CloseRun, Statement
        from licensing.close.subscribers import reopen, reopen_for_charge, reopen_for_member
        from licensing.reports.events import report_filed
        from licensing.reports.home import tell_closes_waiting
        from members.memberships.events import membership_moved
        from platform_core.audit.events import declare_sentence
        from platform_core.home.registry import tell_changes, tell_figures, tell_names, tell_waiting
        from platform_core.search.registry import register_searched
        from pools.composition.events import effect_asked

        report_filed.subscribe(reopen)
        charge_cancelled.subscribe(reopen_for_charge)
        effect_asked.subscribe(answer_effect)
        membership_moved.subscribe(reopen_for_member)
        declare_sentence("close_run.calculation_failed", "message")
        tell_waiting(home.runs_to_settle)
        tell_waiting(home.periods_to_close)
        tell_waiting(home.held_money)
        tell_waiting(home.reports_holding_up)
        tell_closes_waiting(closes_waiting_for)
        tell_changes(home.new_statements)
        tell_figures(home.last_amounts)
        tell_names(CloseRun, along=("programme",))
        tell_names(Statement, home.name_of_statement, along=("run__programme",))
        register_searched(search.RUNS)
        register_searched(search.STATEMENTS)
