"""What closes do when lower rooms have news."""

from licensing.close.services import reopen_after_report
from licensing.reports.models import SalesReport
from platform_core.access.actors import Actor


def reopen(actor: Actor, report: SalesReport) -> None:
    """Open corrections of the closed periods that a newly filed report changes."""
    reopen_after_report(actor=actor, report=report)
