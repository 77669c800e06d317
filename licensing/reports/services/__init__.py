"""Filing and superseding sales reports, and reminding of those that are missing."""

from licensing.reports.services.filing import (
    LARGEST_FILE,
    Upload,
    file_sales_report,
    months_between,
    supersede_sales_report,
)
from licensing.reports.services.reminding import remind_licensees

__all__ = [
    "LARGEST_FILE",
    "Upload",
    "file_sales_report",
    "months_between",
    "remind_licensees",
    "supersede_sales_report",
]
