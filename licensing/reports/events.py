"""News of the reports that upper rooms must act on, in the transaction of the change."""

from licensing.reports.models import SalesReport
from platform_core.access.actors import Actor
from platform_core.events import Hook

report_filed: Hook[[Actor, SalesReport]] = Hook("a sales report was filed")
"""Told for every report taken in; `supersedes` says whether figures already reported have changed."""
