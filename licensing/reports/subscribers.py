"""What reports do when lower rooms have news."""

from uuid import UUID

from licensing.reports.services import follow_reports
from platform_core.access.actors import Actor


def follow_before_each_day(actor: Actor, alliance_id: UUID) -> None:
    """Bring the deadlines of reports up to date before the day's are told."""
    follow_reports(actor=actor, alliance_id=alliance_id)
