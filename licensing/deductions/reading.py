"""What files of reports say of brands, customers and claimed deductions, summed without being held in memory."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from licensing.engine.sales import connect, run_sql
from licensing.engine.sales.sums import path_sql
from licensing.reports import storage
from licensing.reports.models import SalesReport
from platform_core.files import file_sha256
from platform_core.problems import Conflict

MOST_CLAIMS: Final = 20_000
"""Claims of one report, by month, product, brand and code; one with more is compared in fewer codes."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Units of a product and month that a report claims to be of a brand, under an exclusion code and evidence."""

    month: str
    product: str
    brand: str
    code: str
    units: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sold:
    """Units of a product and month that a report bears royalties for, by the brand or customer its lines name."""

    month: str
    product: str
    customer: str
    units: int


def claims_of(report: SalesReport) -> list[Claim]:
    """Return what a report claims to be of brands; of a report without details, nothing."""
    if not report.details_sha256:
        return []
    rows = _asked(
        report,
        "SELECT month, product, brand_or_customer, exclusion_code, sum(units)::BIGINT, "  # noqa: S608
        "list_sort(list(DISTINCT evidence))[:5] FROM {lines} JOIN {details} USING (file_row_number) "
        "WHERE exclusion_code <> '' AND brand_or_customer <> '' GROUP BY ALL ORDER BY ALL "
        f"LIMIT {MOST_CLAIMS + 1}",
    )
    if len(rows) > MOST_CLAIMS:
        raise Conflict(f"A report claims more than {MOST_CLAIMS} deductions, by month, product and brand.")
    return [Claim(month, product, brand, code, units, tuple(said)) for month, product, brand, code, units, said in rows]


def sold_of(report: SalesReport) -> list[Sold]:
    """Return what a report bears royalties for, by whom its lines name: what it claims to be another's is left out."""
    if report.is_nil:
        return []
    if not report.details_sha256:
        rows = _asked(report, "SELECT month, product, '', sum(units)::BIGINT FROM {lines} GROUP BY ALL ORDER BY ALL")
    else:
        rows = _asked(
            report,
            "SELECT month, product, brand_or_customer, sum(units)::BIGINT "
            "FROM {lines} JOIN {details} USING (file_row_number) "
            "WHERE exclusion_code = '' GROUP BY ALL ORDER BY ALL",
        )
    return [Sold(*row) for row in rows]


def charged_of(report: SalesReport, product: str) -> dict[str, int]:
    """Return the units of a product that a close bills of a report, by month: every line, whatever it claims."""
    check_files(report)
    if report.is_nil:
        return {}
    rows = _asked(report, "SELECT month, product, sum(units)::BIGINT FROM {lines} GROUP BY ALL ORDER BY ALL")
    return {month: units for month, of_product, units in rows if of_product == product}


def check_files(report: SalesReport) -> None:
    """Refuse to read files of a report that are not those that were filed."""
    kept = [(storage.lines_file(report.pk), report.lines_sha256)]
    if report.details_sha256:
        kept.append((storage.details_file(report.pk), report.details_sha256))
    for path, sha256 in kept:
        if not path.exists() or file_sha256(path) != sha256:
            raise Conflict(f"The file of report {report.pk} is missing or changed: restore it from the backup.")


def _asked(report: SalesReport, question: str) -> list[tuple[Any, ...]]:
    with tempfile.TemporaryDirectory() as scratch:
        connection = connect(Path(scratch))
        rows: list[tuple[Any, ...]] = run_sql(
            connection,
            question.format(
                lines=_table(storage.lines_file(report.pk)), details=_table(storage.details_file(report.pk))
            ),
        )
        connection.close()
    return rows


def _table(path: Path) -> str:
    # Details have a row for each line, in the same order.
    return f"(SELECT * FROM read_parquet({path_sql(path)}, file_row_number = true))"  # noqa: S608
