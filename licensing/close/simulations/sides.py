"""One side of a simulation: a version of terms with the files of a bundle, closed by the engine and read back."""

import csv
import itertools
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
from licensing.terms.simulation.tiers import Tier, Worked, kind_of_rate, split_by_tier
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
    """Close the files of a bundle by a version, once as it is and once without its caps, to tell what these take off.

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
    whole = _closed(running, engine, document, inputs, folder / "whole")
    if whole is None:
        _read_rejected(folder / "whole" / "out" / "rejected.csv", side)
        return side
    _read(whole, side, document)
    side.tiers = split_by_tier(document, _micros(whole, "rate_id"), _worker(running, engine, inputs, folder))
    if document.get("caps"):
        uncapped = _closed(running, engine, {**document, "caps": []}, inputs, folder / "uncapped")
        if uncapped is not None:
            before = _billed(uncapped, "licence_id")
            after = _billed(whole, "licence_id")
            side.capped = {one: amount - after.get(one, 0) for one, amount in before.items()}
    return side


def _worker(running: Running, engine: Engine, inputs: Path, folder: Path) -> Worked:
    """Return what closes the same files by other terms, each time in a folder of its own, for what each rate gives."""
    numbers = itertools.count()

    def work(document: Mapping[str, Any]) -> Kept:
        results = _closed(running, engine, document, inputs, folder / f"tier{next(numbers)}")
        if results is None:
            raise CalculationFailed("What each band bears could not be worked out: the engine refuses these terms.")
        return _micros(results, "rate_id")

    return work


def _closed(running: Running, engine: Engine, document: Mapping[str, Any], inputs: Path, folder: Path) -> Path | None:
    bundle = folder / "bundle"
    bundle.mkdir(parents=True)
    for source in inputs.iterdir():
        if source.name != "programme.toml":
            (bundle / source.name).symlink_to(source.resolve())
    (bundle / "programme.toml").write_text(toml_text(document), encoding="utf-8")
    return folder / "out" if engine(running, bundle, folder / "out") else None


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _read(results: Path, side: Side, document: Mapping[str, Any]) -> None:
    kinds: Kept = defaultdict(int)
    for rate, amount in _micros(results, "rate_id").items():
        kinds[kind_of_rate(document, rate)] += amount
    side.kinds = _rounded(kinds)
    side.rates = _billed(results, "rate_id")
    side.products = _billed(results, "product")
    units: Kept = defaultdict(int)
    for row in _rows(results / "royalties.csv"):
        units[row["rate_id"]] += int(row["units"])
    side.units = dict(units)
    side.licences = {row["licence_id"]: int(row["due_minor"]) for row in _rows(results / "invoices.csv")}
    side.payees = {row["payee"]: int(row["amount_minor"]) for row in _rows(results / "payees.csv")}
    side.is_worked_out = True


def _billed(results: Path, column: str) -> Kept:
    """Return what was billed by the values of a column, each sum rounded once."""
    return _rounded(_micros(results, column))


def _rounded(micros: Mapping[str, int]) -> Kept:
    return {value: round_half_away(Fraction(amount, _MICROS)) for value, amount in micros.items()}


def _micros(results: Path, column: str) -> Kept:
    micros: Kept = defaultdict(int)
    for row in _rows(results / "royalties.csv"):
        micros[row[column]] += int(row["royalty_micros"])
    return dict(micros)


def _read_rejected(path: Path, side: Side) -> None:
    for row in _rows(path):
        side.rejected[row["code"]] = side.rejected.get(row["code"], 0) + 1
        if len(side.refused) < _MOST_SHOWN:
            side.refused.append({key: row[key] for key in ("file", "line", "column", "code", "value", "message")})
