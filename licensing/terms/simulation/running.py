"""One simulation: a bundle with other terms, closed aside, and what came of it."""

import csv
import itertools
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet

from licensing.engine import BundleError, TermsError, close_bundle, load_document, period_months, validate_terms
from licensing.engine.compute import input_files
from licensing.engine.model import MemberNode, PointsNode, Terms, walk
from licensing.terms.calculation import for_period, toml_text
from licensing.terms.simulation.tiers import Document, Micros, Tier, split_by_tier

Market = tuple[str, str, str, str]
"""Licence, product, country of manufacture and country of sale."""

_MOST_SHOWN: Final = 5


@dataclass(slots=True)
class Simulated:
    """What terms give with some sales: in micros by market, in minor units by licence and payee.

    `rejected` counts what was refused, by code, and `refused` shows the first of it; without results, nothing was
    worked out.
    """

    terms: Terms
    is_worked_out: bool = False
    units: dict[Market, int] = field(default_factory=dict)
    rates: dict[Market, tuple[str, ...]] = field(default_factory=dict)
    billed: dict[Market, int] = field(default_factory=dict)
    licences: dict[str, int] = field(default_factory=dict)
    payees: dict[str, int] = field(default_factory=dict)
    tiers: list[Tier] = field(default_factory=list)
    rejected: dict[str, int] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def simulate(terms: Path, sales: Path, *, period: str | None = None, skip_rejected: bool = False) -> Simulated:
    """Work out what terms would give. Raises BundleError where one of the two cannot be read.

    `sales` is the folder of a close bundle, whose terms give way to these, or one file of sales: then each licence in
    it is a licensee by itself, without dates, and members are those whom the allocation names. What the terms leave out
    of id, currency and period is that of the bundle's own.
    """
    with tempfile.TemporaryDirectory(prefix="lianchi-simulate-") as scratch:
        bundle = Path(scratch) / "bundle"
        bundle.mkdir()
        document = _document(terms, sales, period)
        try:
            typed = validate_terms(document)
        except TermsError as error:
            raise BundleError(f"{terms}: {error}") from error
        (bundle / "programme.toml").write_text(toml_text(document), encoding="utf-8")
        notes = _put_beside(bundle, sales, typed)
        outcome = close_bundle(bundle, Path(scratch) / "results", skip_rejected=skip_rejected)
        found = Simulated(typed, rejected=outcome.rejected_counts, notes=(*outcome.notes, *notes))
        if outcome.rejected_counts:
            found.refused = _refused(outcome.out / "rejected.csv")
        if outcome.status == "closed":
            _read(outcome.out, found)
            works = (Path(scratch) / f"tier{number}" for number in itertools.count())
            found.tiers = split_by_tier(
                document,
                _by_rate(outcome.out),
                lambda other: _closed_aside(bundle, other, next(works), skip_rejected=skip_rejected),
            )
        return found


def _closed_aside(bundle: Path, document: Document, folder: Path, *, skip_rejected: bool) -> Micros:
    """Close the files of a bundle by other terms, and return what each rate gives."""
    aside = folder / "bundle"
    aside.mkdir(parents=True)
    for source in bundle.iterdir():
        if source.name != "programme.toml":
            (aside / source.name).symlink_to(source.resolve())
    (aside / "programme.toml").write_text(toml_text(document), encoding="utf-8")
    outcome = close_bundle(aside, folder / "results", skip_rejected=skip_rejected)
    if outcome.status != "closed":
        raise BundleError("what each band bears could not be worked out: the engine refuses these terms")
    return _by_rate(outcome.out)


def _by_rate(results: Path) -> Micros:
    found: dict[str, int] = defaultdict(int)
    with (results / "royalties.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["rate_id"]] += int(row["royalty_micros"])
    return dict(found)


def _document(terms: Path, sales: Path, period: str | None) -> dict[str, Any]:
    document = _loaded(terms)
    own = document.get("programme", {})
    if not isinstance(own, dict):
        raise BundleError(f"{terms}: programme: must be a table of keys")
    head: dict[str, Any] = {"id": terms.stem, **own}
    beside = sales / "programme.toml"
    if sales.is_dir() and beside.is_file() and not {"currency", "period"} <= own.keys():
        other = _loaded(beside).get("programme", {})
        known = ("id", "currency", "period") if isinstance(other, dict) else ()
        head = {**{key: other[key] for key in known if key in other}, **own}
    if "currency" not in head:
        raise BundleError(f"{terms}: name the currency in its [programme] table")
    asked = period or head.get("period")
    if not isinstance(asked, str) or period_months(asked) is None:
        raise BundleError("name the period to work out with --period: 2025-03, 2025Q1, 2025H1 or 2025")
    named = {"programme": str(head.get("id", terms.stem)), "currency": str(head["currency"]), "period": asked}
    return for_period(document, **named)


def _loaded(path: Path) -> dict[str, Any]:
    try:
        return load_document(path.read_bytes())
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror or error}") from error
    except TermsError as error:
        raise BundleError(f"{path}: {error}") from error


def _put_beside(bundle: Path, sales: Path, terms: Terms) -> list[str]:
    """Put what the close reads beside the terms; say what was made up."""
    if sales.is_dir():
        for name in input_files(sales):
            if name != "programme.toml":
                (bundle / name).parent.mkdir(exist_ok=True)
                (bundle / name).symlink_to((sales / name).resolve())
        if terms.collected and not (bundle / "payments.csv").is_file():
            raise BundleError("the terms share out what was received, and the bundle has no payments.csv")
        return []
    if not sales.is_file():
        raise BundleError(f"{sales} is neither a folder nor a file of sales")
    if terms.collected:
        raise BundleError("the terms share out what was received: simulate them with a bundle that has payments.csv")
    suffix = sales.suffix if sales.suffix in (".csv", ".parquet") else ".csv"
    (bundle / "sales").mkdir()
    (bundle / "sales" / f"sales{suffix}").symlink_to(sales.resolve())
    licences = sorted(_licences_in(sales, suffix))
    members = sorted(_members_of(terms))
    _write(
        bundle / "licences.csv", ("licence_id", "licensee", "standing"), ((one, one, "standard") for one in licences)
    )
    _write(bundle / "members.csv", ("member_id", "name", "segment"), ((one, one, "other") for one in members))
    _write(bundle / "patents.csv", ("publication", "owner", "country", "granted"), ())
    return [
        f"there is no bundle: {len(licences)} licences without dates, each by itself, and "
        f"{len(members)} members that the allocation names"
    ]


def _licences_in(sales: Path, suffix: str) -> set[str]:
    try:
        if suffix == ".parquet":
            table = parquet.read_table(sales, columns=["licence_id"])
        else:
            options = arrow_csv.ConvertOptions(include_columns=["licence_id"], column_types={"licence_id": "string"})
            table = arrow_csv.read_csv(sales, convert_options=options)
    except (OSError, ValueError, KeyError) as error:
        raise BundleError(f"{sales} has no licence_id to be read: {str(error).splitlines()[0]}") from error
    return {str(value) for value in table.column("licence_id").unique().to_pylist() if value}


def _members_of(terms: Terms) -> set[str]:
    named: set[str] = set()
    for node in walk(terms.allocation):
        if isinstance(node, MemberNode):
            named.add(node.id)
        elif isinstance(node, PointsNode):
            named |= set(node.points)
    return named


def _write(path: Path, header: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _refused(path: Path) -> tuple[str, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(f"{row['file']} {row['line']}: {row['code']}: {row['message']}" for row in rows[:_MOST_SHOWN])


def _read(results: Path, found: Simulated) -> None:
    rates: dict[Market, set[str]] = defaultdict(set)
    with (results / "royalties.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            market = (row["licence_id"], row["product"], row["made_in"], row["sold_in"])
            found.units[market] = found.units.get(market, 0) + int(row["units"])
            found.billed[market] = found.billed.get(market, 0) + int(row["billed_micros"])
            rates[market].add(row["rate_id"] or row["reason"])
    found.rates = {market: tuple(sorted(names - {""})) for market, names in rates.items()}
    with (results / "invoices.csv").open(encoding="utf-8", newline="") as file:
        found.licences = {row["licence_id"]: int(row["due_minor"]) for row in csv.DictReader(file)}
    with (results / "payees.csv").open(encoding="utf-8", newline="") as file:
        found.payees = {row["payee"]: int(row["amount_minor"]) for row in csv.DictReader(file)}
    found.is_worked_out = True
