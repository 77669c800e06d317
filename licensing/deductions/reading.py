"""What files of reports say of brands, customers and claimed deductions, summed without being held in memory."""

import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from licensing.engine.sales import connect
from licensing.engine.sales.sums import path_sql
from licensing.reports import storage
from licensing.reports.models import SalesReport
from licensing.reports.selectors import details_filed, lines_filed
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
class Named:
    """Units of a product and month by the brand or customer that lines name; blank: they name nobody."""

    month: str
    product: str
    name: str
    units: int


class ReportFiles:
    """Asks files of reports, one after another: opening what asks them costs more than a small report does."""

    def __enter__(self) -> Self:
        """Open it, with a folder that is gone afterwards."""
        self._scratch = tempfile.TemporaryDirectory()
        self._connection = connect(Path(self._scratch.name))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._connection.close()
        self._scratch.cleanup()

    def claims(self, report: SalesReport, codes: Collection[str] | None = None) -> list[Claim]:
        """Return what a report claims to be of brands, under some codes or all; of one without details, nothing."""
        if not report.details_sha256:
            return []
        rows = self._asked(
            report,
            "SELECT month, product, brand_or_customer, exclusion_code, sum(units)::BIGINT, "  # noqa: S608
            "list_sort(list(DISTINCT evidence))[:5] FROM {lines} JOIN {details} USING (file_row_number) "
            "WHERE exclusion_code <> '' AND brand_or_customer <> '' "
            "AND ($codes IS NULL OR list_contains($codes, exclusion_code)) GROUP BY ALL ORDER BY ALL "
            f"LIMIT {MOST_CLAIMS + 1}",
            codes=None if codes is None else list(codes),
        )
        if len(rows) > MOST_CLAIMS:
            raise Conflict(f"A report claims more than {MOST_CLAIMS} deductions, by month, product and brand.")
        return [
            Claim(month, product, brand, code, units, tuple(evidence))
            for month, product, brand, code, units, evidence in rows
        ]

    def claimed(self, report: SalesReport) -> list[Named]:
        """Return the sums that a report claims for brands, whatever the code; of one without details, nothing."""
        return self._summed(report, "exclusion_code <> '' AND brand_or_customer <> ''") if report.details_sha256 else []

    def sold(self, report: SalesReport) -> list[Named]:
        """Return what a report bears royalties for, by whom it names: what it claims to be another's is left out."""
        if report.is_nil:
            return []
        if report.details_sha256:
            return self._summed(report, "exclusion_code = ''")
        rows = self._asked(
            report, "SELECT month, product, '', sum(units)::BIGINT FROM {lines} GROUP BY ALL ORDER BY ALL"
        )
        return [Named(*row) for row in rows]

    def charged(self, report: SalesReport, product: str) -> dict[str, int]:
        """Return the units of a product that a close bills of a report, by month: every line, whatever it claims."""
        if report.is_nil:
            return {}
        question = "SELECT month, sum(units)::BIGINT FROM {lines} WHERE product = $product GROUP BY ALL"
        return dict(self._asked(report, question, product=product))

    def _summed(self, report: SalesReport, which: str) -> list[Named]:
        rows = self._asked(
            report,
            "SELECT month, product, brand_or_customer, sum(units)::BIGINT "  # noqa: S608
            f"FROM {{lines}} JOIN {{details}} USING (file_row_number) WHERE {which} GROUP BY ALL ORDER BY ALL",
        )
        return [Named(*row) for row in rows]

    def _asked(self, report: SalesReport, question: str, **values: object) -> list[tuple[Any, ...]]:
        lines, details = _table(storage.lines_file(report.pk)), _table(storage.details_file(report.pk))
        asked = question.format(lines=lines, details=details)
        return self._connection.execute(asked, values or None).fetchall()


def check_files(report: SalesReport) -> None:
    """Refuse to read files of a report that are not those that were filed."""
    lines_filed(report)
    details_filed(report)


def _table(path: Path) -> str:
    # Details have a row for each line, in the same order.
    return f"(SELECT * FROM read_parquet({path_sql(path)}, file_row_number = true))"  # noqa: S608
