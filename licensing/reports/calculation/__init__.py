"""Checking a sales report: what came in as a file goes out as checked lines or as errors by line. Pure."""

from licensing.reports.calculation.headings import DETAIL_COLUMNS, LINE_COLUMNS
from licensing.reports.calculation.lines import MOST_ERRORS, LineError, LinesError, ReportScope
from licensing.reports.calculation.periods import last_quarter, months_of_period, named_periods, quarter_of
from licensing.reports.calculation.tables import (
    Reading,
    alias_key,
    csv_batches,
    parquet_batches,
    workbook_batches,
)
from licensing.reports.calculation.totals import (
    Difference,
    Totals,
    differences,
    lines_between,
    months_told,
    totals_of,
)
from licensing.reports.calculation.writing import DETAILS_SCHEMA, LINES_SCHEMA, Details, write_lines

__all__ = [
    "DETAILS_SCHEMA",
    "DETAIL_COLUMNS",
    "LINES_SCHEMA",
    "LINE_COLUMNS",
    "MOST_ERRORS",
    "Details",
    "Difference",
    "LineError",
    "LinesError",
    "Reading",
    "ReportScope",
    "Totals",
    "alias_key",
    "csv_batches",
    "differences",
    "last_quarter",
    "lines_between",
    "months_of_period",
    "months_told",
    "named_periods",
    "parquet_batches",
    "quarter_of",
    "totals_of",
    "workbook_batches",
    "write_lines",
]
