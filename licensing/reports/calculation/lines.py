"""Checks of a sales report's lines: what came in as a file goes out as checked lines or as errors by line. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from licensing.engine import cells
from licensing.reports.calculation.headings import DETAIL_COLUMNS

MOST_ERRORS: Final = 200
"""How many errors are told one by one; beyond, they are only counted."""

MOST_BUCKETS: Final = 500_000
"""How many kinds of sales (month, product, countries, currency) one report has at most: each is held in memory."""

LONGEST_DETAIL: Final = 200
"""Characters of a brand, a model or a reference to evidence."""

_PLAIN_UNITS: Final = re.compile(r"-?\d{1,12}", re.ASCII)
_PLAIN_AMOUNT: Final = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_MICRO: Final = Decimal("0.000001")
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class LineError:
    """One mistake in a report: its line (the header is 1; in Parquet the row from 1), column, value and what to do."""

    line: int
    column: str
    code: str
    value: str
    message: str


class LinesError(Exception):
    """The report's lines cannot be taken in; `errors` are the first of `count` mistakes."""

    def __init__(self, errors: Sequence[LineError], count: int) -> None:
        super().__init__(f"{count} mistakes, the first: line {errors[0].line}: {errors[0].message}")
        self.errors = tuple(errors)
        self.count = count


@dataclass(frozen=True, slots=True)
class ReportScope:
    """What a report may speak of: one licence, and whole months from the first to the last (2025-01), inclusive."""

    licence_code: str
    first_month: str
    last_month: str
    licence_from: str = ""
    licence_to: str = ""
    """First and last month the licence touches; blank is open."""


@dataclass(slots=True)
class _Bucket:
    line: int
    units: int = 0
    net: Decimal = Decimal(0)


@dataclass(slots=True)
class LineCheck:
    """Checks lines one by one, remembers the sums per bucket, and collects the mistakes."""

    scope: ReportScope
    errors: list[LineError] = field(default_factory=list)
    error_count: int = 0
    line_count: int = 0
    _buckets: dict[tuple[str, ...], _Bucket | None] = field(default_factory=dict)

    def refuse(self, line: int, column: str, code: str, value: str, message: str) -> None:
        """Note one mistake."""
        self.error_count += 1
        if len(self.errors) < MOST_ERRORS:
            shown = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
            self.errors.append(LineError(line, column, code, shown, message))

    def line(
        self, number: int, licence_id: str, key: tuple[str, ...], units: str, net_amount: str
    ) -> tuple[int, Decimal | None] | None:
        """Check one line, its key (month, product, made_in, sold_in, currency), and return units and amount."""
        self.line_count += 1
        before = self.error_count
        if licence_id != self.scope.licence_code:
            self.refuse(
                number,
                "licence_id",
                "unknown_licence",
                licence_id,
                f"this report is for licence {self.scope.licence_code}: report other licences on their own",
            )
        bucket = self._buckets.get(key)
        if bucket is None and key not in self._buckets:
            if len(self._buckets) >= MOST_BUCKETS:
                self.refuse(
                    number,
                    "",
                    "too_many",
                    "",
                    f"the report has more than {MOST_BUCKETS} combinations of month, product, countries and currency: "
                    "file its months one by one, or sum up its models",
                )
                self.finish()
            bucket = _Bucket(number) if self._check_key(number, key) else None
            self._buckets[key] = bucket
        elif bucket is None:
            # The same mistake again: it is counted at each of its lines.
            self._check_key(number, key)
        for column, cell, plain, reader in (
            ("units", units, _PLAIN_UNITS, cells.units),
            ("net_amount", net_amount, _PLAIN_AMOUNT, cells.net_amount),
        ):
            # Nearly every cell is plain; only the others pay for the engine's own reading.
            if plain.fullmatch(cell) is None and (cell or column == "units"):
                self._read(number, column, cell, reader)
        if self.error_count > before or bucket is None:
            return None
        count = int(units)
        net = Decimal(net_amount).quantize(_MICRO) if net_amount else None
        bucket.units += count
        if net is not None:
            bucket.net += net
        return count, net

    def finish(self) -> None:
        """Check the sums per bucket, and raise LinesError if anything was wrong."""
        for key, bucket in self._buckets.items():
            if bucket is None or (bucket.units >= 0 and bucket.net >= 0):
                continue
            month, product, made_in, sold_in, currency = key
            if bucket.units < 0:
                column, total = "units", str(bucket.units)
            else:
                column, total = "net_amount", f"{bucket.net.normalize():f}"
            self.refuse(
                bucket.line,
                column,
                "negative_total",
                total,
                f"{product} made in {made_in}, sold in {sold_in}, {month}, {currency} adds up to less than 0: "
                "report returns of earlier sales by superseding the earlier report",
            )
        if self.error_count:
            raise LinesError(sorted(self.errors, key=lambda error: error.line), self.error_count)

    def details(self, number: int, said: Sequence[str]) -> None:
        """Check what a line says besides, in the order of the columns of details."""
        for column, cell in zip(DETAIL_COLUMNS, said, strict=True):
            if len(cell) > LONGEST_DETAIL:
                message = f"{column} has at most {LONGEST_DETAIL} characters"
                self.refuse(number, column, "bad_value", cell, message)
        first_sold_in, exclusion, evidence = said[2:]
        if first_sold_in:
            self._read(number, "first_sold_in", first_sold_in, cells.country)
        if exclusion and not evidence:
            message = "what is left out of the royalty needs its evidence: name the paper that shows it"
            self.refuse(number, "evidence", "required", "", message)

    def _read(self, number: int, column: str, cell: str, reader: Callable[[str], object]) -> bool:
        """Whether a cell is what the engine takes; it is refused in the engine's own words where it is not."""
        try:
            if not cell:
                raise ValueError("must not be blank")
            reader(cell)
        except ValueError as error:
            self.refuse(number, column, "bad_value", cell, f"{column} {error}")
            return False
        return True

    def _check_key(self, number: int, key: tuple[str, ...]) -> bool:
        before = self.error_count
        month, product, made_in, sold_in, currency = key
        scope = self.scope
        if self._read(number, "month", month, cells.month):
            if not scope.first_month <= month <= scope.last_month:
                months = (
                    scope.first_month
                    if scope.first_month == scope.last_month
                    else f"{scope.first_month} to {scope.last_month}"
                )
                message = f"this report is for {months}: leave other months out"
                self.refuse(number, "month", "bad_value", month, message)
            elif month < scope.licence_from or (scope.licence_to and month > scope.licence_to):
                dates = f"from {scope.licence_from or 'the beginning'} to {scope.licence_to or 'further notice'}"
                message = f"the licence runs {dates}: leave this month out"
                self.refuse(number, "month", "outside_licence", month, message)
        self._read(number, "product", product, cells.code)
        self._read(number, "made_in", made_in, cells.country)
        self._read(number, "sold_in", sold_in, cells.country)
        self._read(number, "currency", currency, cells.currency)
        return self.error_count == before
