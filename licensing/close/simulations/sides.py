"""One side of a simulation: a version of terms with the files of a bundle, closed by the engine and read back."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from licensing.close.engine_child import CalculationFailed, Engine
from licensing.engine.terms import load_document
from licensing.terms.calculation import for_period, toml_text
from licensing.terms.models import TermsVersion
from licensing.terms.simulation.tiers import Tier, kind_of_rate, split_by_tier
from platform_core.jobs.running import Running
from platform_core.money import round_half_away

_MICROS: Final = 10**6
_MOST_SHOWN: Final = 50

Kept = dict[str, int]


@dataclass(slots=True)
class Side:
    """What one version gives: in minor units by licence, payee, rate and product; or what it rejects, by code."""

    version: TermsVersion
    as_owed: bool
    is_worked_out: bool = False
    licences: Kept = field(default_factory=dict)
    capped: Kept = field(default_factory=dict)
    payees: Kept = field(default_factory=dict)
    rates: Kept = field(default_factory=dict)
    units: Kept = field(default_factory=dict)
    products: Kept = field(default_factory=dict)
    kinds: Kept = field(default_factory=dict)
    tiers: list[Tier] = field(default_factory=list)
    rejected: Kept = field(default_factory=dict)
    refused: list[dict[str, str]] = field(default_factory=list)


def work_out(
    running: Running, engine: Engine, *, version: TermsVersion, period: str, inputs: Path, folder: Path
) -> Side:
    """Close the files of a bundle by a version as it is, and without its caps, to tell what these take off.

    Where the terms share out what was received and nothing says what was, they share out what is owed.
    """
    document = for_period(
        load_document(version.document),
        programme=version.programme.code,
        currency=version.programme.currency,
        period=period,
    )
    is_collected = document["programme"].get("basis") == "collected"
    as_owed = is_collected and not (inputs / "payments.csv").is_file()
    if as_owed:
        document["programme"] = {**document["programme"], "basis": "accrued"}
    side = Side(version, as_owed)
    closes = _Closes(running, engine, inputs, folder)
    whole = closes.by(document)
    if whole.sums is None:
        _read_rejected(whole.results / "rejected.csv", side)
        return side
    _read(whole.results, whole.sums, side, document)
    side.tiers = split_by_tier(document, whole.sums.rates, closes.rates_by)
    if document.get("caps"):
        uncapped = closes.by({**document, "caps": []}).sums
        if uncapped is not None:
            before, after = _rounded(uncapped.licences), _rounded(whole.sums.licences)
            side.capped = {one: amount - after.get(one, 0) for one, amount in before.items()}
    return side


@dataclass(frozen=True, slots=True)
class _Sums:
    """What the royalties of a close come to in micros, by licence, rate and product, and the units by rate."""

    licences: Kept
    rates: Kept
    products: Kept
    units: Kept


@dataclass(frozen=True, slots=True)
class _Closed:
    """What a close wrote; without sums it rejected what it was given."""

    results: Path
    sums: _Sums | None


class _Closes:
    """Closes the same files by different terms, each in a folder of its own, and by the same terms once only."""

    def __init__(self, running: Running, engine: Engine, inputs: Path, folder: Path) -> None:
        self._running, self._engine, self._inputs, self._folder = running, engine, inputs, folder
        self._closed: dict[str, _Closed] = {}

    def by(self, document: Mapping[str, Any]) -> _Closed:
        """Return what the files come to by some terms."""
        terms = toml_text(document)
        if terms not in self._closed:
            self._closed[terms] = self._close(terms)
        return self._closed[terms]

    def rates_by(self, document: Mapping[str, Any]) -> Kept:
        """Return what each rate comes to. Raises CalculationFailed for terms that the engine refuses."""
        sums = self.by(document).sums
        if sums is None:
            raise CalculationFailed("What each band bears could not be worked out: the engine refuses these terms.")
        return sums.rates

    def _close(self, terms: str) -> _Closed:
        folder = self._folder / f"close{len(self._closed)}"
        bundle, results = folder / "bundle", folder / "out"
        bundle.mkdir(parents=True)
        for source in self._inputs.iterdir():
            if source.name != "programme.toml":
                (bundle / source.name).symlink_to(source.resolve())
        (bundle / "programme.toml").write_text(terms, encoding="utf-8")
        is_closed = self._engine(self._running, bundle, results)
        return _Closed(results, _sums(results) if is_closed else None)


def _sums(results: Path) -> _Sums:
    """Read the royalties of a close once."""
    sums = _Sums(*(defaultdict(int) for _ in range(4)))
    for row in _rows(results / "royalties.csv"):
        micros = int(row["royalty_micros"])
        sums.licences[row["licence_id"]] += micros
        sums.rates[row["rate_id"]] += micros
        sums.products[row["product"]] += micros
        sums.units[row["rate_id"]] += int(row["units"])
    return _Sums(*(dict(each) for each in (sums.licences, sums.rates, sums.products, sums.units)))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _read(results: Path, sums: _Sums, side: Side, document: Mapping[str, Any]) -> None:
    kinds: Kept = defaultdict(int)
    for rate, amount in sums.rates.items():
        kinds[kind_of_rate(document, rate)] += amount
    side.kinds = _rounded(kinds)
    side.rates, side.products = _rounded(sums.rates), _rounded(sums.products)
    side.units = sums.units
    side.licences = {row["licence_id"]: int(row["due_minor"]) for row in _rows(results / "invoices.csv")}
    side.payees = {row["payee"]: int(row["amount_minor"]) for row in _rows(results / "payees.csv")}
    side.is_worked_out = True


def _rounded(micros: Mapping[str, int]) -> Kept:
    """Return amounts in minor units, each sum rounded once."""
    return {value: round_half_away(Fraction(amount, _MICROS)) for value, amount in micros.items()}


def _read_rejected(path: Path, side: Side) -> None:
    for row in _rows(path):
        side.rejected[row["code"]] = side.rejected.get(row["code"], 0) + 1
        if len(side.refused) < _MOST_SHOWN:
            side.refused.append({key: row[key] for key in ("file", "line", "column", "code", "value", "message")})
