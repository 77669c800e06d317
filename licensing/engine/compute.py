"""From a bundle to what is billed: reading, refusing, rating, limiting, in this order, and nothing half done."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa

from licensing.engine import cells
from licensing.engine.buckets import Buckets, Flags, LicenceBook, build_buckets, key_columns
from licensing.engine.exact import Index, Ints
from licensing.engine.limits import (
    Billed,
    Extra,
    apply_limits,
    bill,
    charge_buckets,
    minimum_differences,
)
from licensing.engine.model import Percent, Terms, month_of, month_text
from licensing.engine.patents import PatentBook
from licensing.engine.rejects import BundleError, Code, Rejects
from licensing.engine.royalties import (
    NO_RATE,
    Exchange,
    Tariff,
    assign_rates,
    missing_rates,
    royalties,
)
from licensing.engine.sales import (
    KEY,
    DoubtError,
    Fingerprint,
    Sales,
    Window,
    check_headers,
    connect,
    find_sales,
    fingerprint,
    merge_sums,
    run_sql,
    sum_carefully,
    sum_file,
    sum_quickly,
)
from licensing.engine.tables import OPTIONAL_FILES, REQUIRED_FILES, Charge, Tables, read_tables
from licensing.engine.terms import TermsError, parse_terms

Progress = Callable[[str], None]
"""Told what is being done now."""


@dataclass(slots=True)
class Computed:
    """A period worked out up to what is billed. `stages` are the royalties after each waiver and cap in turn."""

    terms: Terms
    tables: Tables
    tariff: Tariff
    sales: Sales
    buckets: Buckets
    chosen: Ints
    rated: Ints
    stages: list[Ints]
    extras: list[Extra]
    billed: Billed
    lines: int
    hashes: dict[str, str]
    rejects: Rejects
    notes: list[str] = field(default_factory=list)


def input_files(bundle: Path) -> list[str]:
    """The names of all files of a bundle that a close may read, in order."""
    fixed = (*REQUIRED_FILES, *OPTIONAL_FILES, "payments.csv", "sales.csv")
    names = [name for name in fixed if (bundle / name).is_file()]
    folder = bundle / "sales"
    if folder.is_dir():
        names += [f"sales/{path.name}" for path in folder.iterdir() if path.suffix in (".csv", ".parquet")]
    return sorted(names)


def compute(bundle: Path, scratch: Path, *, skip_rejected: bool, progress: Progress) -> Computed | Rejects:
    """Work a bundle out up to what is billed; the rejects, where there is nothing to bill.

    `scratch` is a folder for what does not fit into memory. Raises BundleError where there is no bundle.
    """
    if not bundle.is_dir():
        raise BundleError(f"{bundle} is not a folder: name the folder that holds programme.toml and the tables")
    names = input_files(bundle)
    if not names:
        raise BundleError(f"{bundle} is not a close bundle: none of its files is one of a bundle's")
    progress("reading the tables")
    rejects = Rejects()
    terms = _terms(bundle, rejects)
    if terms is None:
        return rejects
    if not terms.collected and "payments.csv" in names:
        names.remove("payments.csv")
    files = find_sales(bundle, rejects)
    tables = read_tables(bundle, terms, rejects)
    if rejects.stop():
        return rejects
    check_headers(files, rejects)
    if rejects.stop():
        return rejects
    patents = PatentBook(tables.patents)
    exchange = Exchange(terms, tables)
    window = Window(None if terms.needs_earlier_years else terms.year_start, terms.period_end)
    progress("reading the sales")
    with ThreadPoolExecutor(1) as hashing, connect(scratch) as connection:
        prints = {name: hashing.submit(fingerprint, bundle / name) for name in names}
        sales = Sales(files, window, connection)
        work = _Work(terms, tables, patents, exchange, sales, scratch, rejects)
        found = work.rated_buckets([prints[file.name] for file in files])
        _check_limits(terms, exchange, rejects)
        if len(rejects) and (rejects.stop() or not skip_rejected):
            return rejects
        buckets, chosen, tariff = found
        progress("working out royalties")
        rated = royalties(tariff, buckets, chosen, sales)
        stages = apply_limits(tariff, buckets, rated)
        final = stages[-1] if stages else rated
        extras = minimum_differences(tariff, buckets, final)
        extras += charge_buckets(tariff, work.sound_charges)
        billed = bill(tariff, buckets, chosen, final, extras)
        hashes = {name: seen.result().sha256 for name, seen in prints.items()}
    return Computed(
        terms=terms,
        tables=tables,
        tariff=tariff,
        sales=sales,
        buckets=buckets,
        chosen=chosen,
        rated=rated,
        stages=stages,
        extras=extras,
        billed=billed,
        lines=int(buckets.lines.sum()),
        hashes=hashes,
        rejects=rejects,
        notes=[*tables.notes, *sales.notes],
    )


def _terms(bundle: Path, rejects: Rejects) -> Terms | None:
    path = bundle / "programme.toml"
    if not path.is_file():
        rejects.add(
            "programme.toml", 0, "", "missing_file", "", "programme.toml is missing from the bundle", fatal=True
        )
        return None
    try:
        return parse_terms(path.read_bytes())
    except TermsError as error:
        for problem in error.problems:
            message = str(problem)
            rejects.add("programme.toml", problem.line, problem.path, problem.code, problem.value, message, fatal=True)
        return None


def _check_limits(terms: Terms, exchange: Exchange, rejects: Rejects) -> None:
    """Refuse limits whose currency has no rate of exchange; there is no closing without them."""
    needed = [(f"waivers[{number}]", limit.currency, terms.year_start) for number, limit in enumerate(terms.waivers)]
    needed += [(f"caps[{number}]", limit.currency, terms.year_start) for number, limit in enumerate(terms.caps)]
    december = terms.year_start + 11
    if terms.period_end == december:
        needed += [(f"minimums[{number}]", minimum.currency, december) for number, minimum in enumerate(terms.minimums)]
    for path, currency, month in needed:
        if not exchange.knows(currency, month):
            message = f"{path}: fx.csv has no rate of {currency} for {month_text(month)}"
            rejects.add("programme.toml", 0, f"{path}.currency", "no_fx", currency, message, fatal=True)


@dataclass(frozen=True, slots=True)
class _Fault:
    """Buckets refused for one reason; `value` tells what was found in a bucket."""

    rows: Index
    column: str
    code: Code
    value: Callable[[int], str]
    message: str


class _Work:
    """The way from sales to buckets that all have a rate."""

    def __init__(
        self,
        terms: Terms,
        tables: Tables,
        patents: PatentBook,
        exchange: Exchange,
        sales: Sales,
        scratch: Path,
        rejects: Rejects,
    ) -> None:
        self.terms = terms
        self.tables = tables
        self.patents = patents
        self.exchange = exchange
        self.sales = sales
        self.scratch = scratch
        self.rejects = rejects
        self.sound_charges = self._check_charges()

    def rated_buckets(self, prints: list[Future[Fingerprint]]) -> tuple[Buckets, Ints, Tariff]:
        """The buckets that are sound, each with its rate; the others are refused."""
        try:
            sum_quickly(self.sales, prints)
            buckets = self._build()
            tariff = self._tariff(buckets)
            chosen = assign_rates(tariff, buckets)
            if self._unpriced(buckets, chosen).any() or self._faults(tariff, buckets, chosen):
                raise DoubtError("a bucket")
        except DoubtError:
            return self._carefully()
        return buckets, chosen, tariff

    def _carefully(self) -> tuple[Buckets, Ints, Tariff]:
        sum_carefully(self.sales, self.tables.licences, self.tables.refused_licences, self.scratch, self.rejects)
        buckets = self._build()
        tariff = self._tariff(buckets)
        chosen = assign_rates(tariff, buckets)
        unpriced = self._unpriced(buckets, chosen)
        if unpriced.any():
            self._refuse_unpriced(buckets, unpriced)
            buckets = self._build()
            tariff = self._tariff(buckets)
            chosen = assign_rates(tariff, buckets)
        bad: Flags = np.zeros(buckets.size, dtype=bool)
        for fault in self._faults(tariff, buckets, chosen):
            bad[fault.rows] = True
            for row in fault.rows.tolist():
                file, line = self.sales.place(int(buckets.position[row]))
                key = ", ".join(buckets.key_text(row))
                message = f"{fault.message} ({key})"
                self.rejects.add(file, line, fault.column, fault.code, fault.value(row), message)
        return buckets.take(~bad), chosen[~bad], tariff

    def _build(self) -> Buckets:
        if self.sales.sums is None:
            raise DoubtError("nothing was summed")
        buckets = build_buckets(self.sales.sums, self.tables.licences)
        if buckets is None:
            raise DoubtError("a key")
        return buckets

    def _tariff(self, buckets: Buckets) -> Tariff:
        first = min(self.terms.year_start, int(buckets.month.min()) if buckets.size else self.terms.year_start)
        book = LicenceBook(self.tables, first, self.terms.year_start + 11)
        return Tariff(self.terms, book, self.patents, self.exchange)

    def _unpriced(self, buckets: Buckets, chosen: Ints) -> Flags:
        """Buckets under a percentage of which some line has no net amount."""
        percent = [number for number, rate in enumerate(self.terms.rates) if isinstance(rate.form, Percent)]
        return np.asarray(np.isin(chosen, percent) & (buckets.priced < buckets.lines))

    def _refuse_unpriced(self, buckets: Buckets, rows: Flags) -> None:
        """Refuse the lines without a net amount of those buckets, and sum the others again."""
        connection = self.sales.connection
        connection.register("unpriced", pa.table(key_columns(buckets, rows)))
        parts = []
        try:
            for number, source in enumerate(self.sales.sources):
                blank = (
                    f"(SELECT position FROM {source} AS s JOIN unpriced USING ({', '.join(KEY)}) WHERE s.net IS NULL)"
                )
                positions = run_sql(connection, f"SELECT position FROM {blank} AS b ORDER BY position")
                for (position,) in positions:
                    file, line = self.sales.place(position)
                    message = "net_amount must not be blank under a percentage rate"
                    self.rejects.add(file, line, "net_amount", "bad_value", "", message)
                table = f"refused_{number}"
                run_sql(connection, f"CREATE TABLE {table} (position BIGINT)")
                connection.register("found", pa.table({"position": pa.array([p for (p,) in positions], pa.int64())}))
                run_sql(connection, f"INSERT INTO {table} SELECT position FROM found")
                connection.unregister("found")
                sound = f"(SELECT s.* FROM {source} AS s ANTI JOIN {table} USING (position))"
                self.sales.sources[number] = sound
                parts.append(sum_file(connection, sound, positions=True))
        finally:
            connection.unregister("unpriced")
        self.sales.sums = merge_sums(connection, parts)

    def _faults(self, tariff: Tariff, buckets: Buckets, chosen: Ints) -> list[_Fault]:
        """What is wrong with which buckets."""
        names = buckets.names
        faults: list[_Fault] = []

        def fault(rows: Flags | Index, column: str, code: Code, value: Callable[[int], str], message: str) -> None:
            found: Index = np.flatnonzero(rows) if rows.dtype == bool else rows.astype(np.intp)
            if found.size:
                faults.append(_Fault(found, column, code, value, message))

        def month(row: int) -> str:
            return month_text(int(buckets.month[row]))

        first, last = self._licence_months()
        outside = (buckets.month < first[buckets.licence]) | (buckets.month > last[buckets.licence])
        fault(outside, "month", "outside_licence", month, "the month is outside the licence's dates")
        message = "returns are more than the month's sales: let the earlier report be superseded"
        fault(buckets.units < 0, "units", "negative_total", lambda row: str(buckets.units[row]), message)
        fault(
            buckets.net < 0,
            "net_amount",
            "negative_total",
            lambda row: cells.plain(Fraction(int(buckets.net[row]), 10**6)),
            message,
        )
        fault(
            chosen == NO_RATE,
            "product",
            "no_rate",
            lambda row: names.products[int(buckets.product[row])],
            "no rate of the programme is for this: add one to the terms, or correct the line",
        )
        for rows, currency in missing_rates(tariff, buckets, chosen):
            message = f"fx.csv has no rate of {currency} for the month"
            fault(rows, "currency", "no_fx", _always(currency), message)
        return faults

    def _licence_months(self) -> tuple[Ints, Ints]:
        """First and last month in which each licence may have sales."""
        first = [
            0 if each.starts is None else month_of(each.starts.year, each.starts.month)
            for each in self.tables.licences.values()
        ]
        last = [
            10**6 if each.ends is None else month_of(each.ends.year, each.ends.month)
            for each in self.tables.licences.values()
        ]
        return np.array(first or [0]), np.array(last or [0])

    def _check_charges(self) -> list[Charge]:
        """The period's charges that can be converted; the first line of each other bucket is refused."""
        sound = []
        refused: set[tuple[str, str, int, str]] = set()
        for charge in self.tables.charges:
            if not self.terms.period_start <= charge.month <= self.terms.period_end:
                continue
            if self.exchange.knows(charge.currency, charge.month):
                sound.append(charge)
                continue
            key = (charge.licence_id, charge.kind, charge.month, charge.currency)
            if key not in refused:
                refused.add(key)
                message = f"fx.csv has no rate of {charge.currency} for {month_text(charge.month)}"
                self.rejects.add("charges.csv", charge.line, "currency", "no_fx", charge.currency, message)
        return sound


def _always(text: str) -> Callable[[int], str]:
    return lambda row: text
