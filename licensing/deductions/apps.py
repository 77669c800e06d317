"""Deductions for licensed brands as an application."""

from django.apps import AppConfig


class DeductionsConfig(AppConfig):
    """What is claimed for licensed brands beside what these reported, and what came of what does not agree."""

    name = "licensing.deductions"
    label = "deductions"

    def ready(self) -> None:
        """Tell the home page what waits, and what things are called."""
        from licensing.deductions.home import deductions_waiting, name_of_comparison, name_of_doubtful
        from licensing.deductions.models import DeductionComparison, DoubtfulDeduction
        from platform_core.home.registry import tell_names, tell_waiting

        tell_waiting(deductions_waiting)
        tell_names(DeductionComparison, name_of_comparison, along=("report__licence",))
        tell_names(DoubtfulDeduction, name_of_doubtful, along=("report__licence",))
