"""Drafting, signing and superseding sales reports, and what belongs to them: authorities, names, reminders."""

from licensing.reports.services.authorities import end_report_authority, record_report_authority
from licensing.reports.services.checking import LARGEST_FILE, Upload, typed_lines
from licensing.reports.services.drafting import (
    discard_report_draft,
    draft_sales_report,
    end_abandoned_draft,
    sign_report_draft,
)
from licensing.reports.services.estimating import (
    NewEstimateTerms,
    confirm_estimate_terms,
    estimate_report,
    record_estimate_terms,
)
from licensing.reports.services.filing import file_sales_report, months_between, supersede_sales_report
from licensing.reports.services.following import follow_reports
from licensing.reports.services.naming import name_product, name_product_of_all, withdraw_product_alias
from licensing.reports.services.reminding import remind_licensees
from licensing.reports.services.signing import statement_of

__all__ = [
    "LARGEST_FILE",
    "NewEstimateTerms",
    "Upload",
    "confirm_estimate_terms",
    "discard_report_draft",
    "draft_sales_report",
    "end_abandoned_draft",
    "end_report_authority",
    "estimate_report",
    "file_sales_report",
    "follow_reports",
    "months_between",
    "name_product",
    "name_product_of_all",
    "record_estimate_terms",
    "record_report_authority",
    "remind_licensees",
    "sign_report_draft",
    "statement_of",
    "supersede_sales_report",
    "typed_lines",
    "withdraw_product_alias",
]
