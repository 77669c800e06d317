"""Reading a bundle to take it in: checked as a close checks it, then every row with its line, as plain texts."""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from licensing.agreements.calculation import OWN_ENTERPRISE, is_own_enterprise
from licensing.bundles.comparison import Row
from licensing.bundles.problems import BundleRejected
from licensing.engine import cells
from licensing.engine.compute import compute
from licensing.engine.model import Terms
from licensing.engine.rejects import Rejects
from licensing.engine.terms import load_document, parse_terms
from licensing.engine.textfile import encoding_of, rows_of
from platform_core.checks import LONGEST_TEXT
from pools.composition.calculation import is_figure

_KNOWN_MEMBER_COLUMNS = ("member_id", "name", "segment", "held", "enters", "leaves")
"""Every further column may hold figures that an allocation names."""


@dataclass(slots=True)
class Bundle:
    """A bundle that closes: its terms and tables; sales are read apart, because they may be many."""

    folder: Path
    terms: Terms
    document: str
    content: Mapping[str, object]
    members: list[Row] = field(default_factory=list)
    patents: list[Row] = field(default_factory=list)
    licences: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    charges: list[Row] = field(default_factory=list)
    bilaterals: list[Row] = field(default_factory=list)
    rates: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    """Enterprises that are named for licences of another licensee than the one of that name."""


def read_bundle(folder: Path, *, progress: Callable[[str], None]) -> Bundle:
    """Read a bundle, or refuse it whole with every mistake by file, line, column and value.

    It must close: what a close would reject is rejected here in the same words. Raises BundleError where there is no
    bundle at all, BundleRejected where it has mistakes or holds what cannot be recorded.
    """
    with tempfile.TemporaryDirectory(prefix="lianchi-import-") as scratch:
        computed = compute(folder, Path(scratch), skip_rejected=False, progress=progress)
    if isinstance(computed, Rejects):
        raise BundleRejected(computed.rows)
    source = (folder / "programme.toml").read_bytes()
    bundle = Bundle(folder, parse_terms(source), source.decode("utf-8-sig"), load_document(source))
    bundle.notes.extend(computed.notes)
    bundle.members = _members(folder, bundle)
    bundle.patents = [_patent(line, row) for line, row in _rows(folder, "patents.csv")]
    bundle.licences = [_licence(line, row) for line, row in _rows(folder, "licences.csv")]
    bundle.changes = [
        change
        for line, row in _rows(folder, "licence_changes.csv")
        if any((change := _change(line, row)).cells.values())
    ]
    bundle.charges = [
        Row(line, (row["licence_id"], row["month"], row["kind"], _plain(row["amount"]), row["currency"]))
        for line, row in _rows(folder, "charges.csv")
    ]
    # A licence named twice with the same days says nothing more than once.
    bilaterals = {
        (row["licence_id"], row["member_id"], row.get("starts", ""), row.get("ends", "")): line
        for line, row in reversed(list(_rows(folder, "bilaterals.csv")))
    }
    bundle.bilaterals = sorted((Row(line, key) for key, line in bilaterals.items()), key=lambda row: row.line)
    bundle.rates = [
        Row(line, (row["month"], row["currency"]), {"rate": _plain(row["rate"])})
        for line, row in _rows(folder, "fx.csv")
    ]
    if bundle.terms.collected:
        bundle.payments = [
            Row(line, (row["licence_id"],), {"amount": _plain(row["amount"])})
            for line, row in _rows(folder, "payments.csv")
        ]
    rejects = Rejects()
    _settle_enterprises(bundle, rejects)
    _refuse_unrecordable(bundle, rejects)
    if len(rejects):
        raise BundleRejected(rejects.rows)
    return bundle


def _rows(folder: Path, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    path = folder / name
    if not path.is_file():
        return
    lines = rows_of(path, encoding_of(path))
    _, header = next(lines)
    for line, found in lines:
        yield line, dict(zip(header, found, strict=True))


def _members(folder: Path, bundle: Bundle) -> list[Row]:
    rows = list(_rows(folder, "members.csv"))
    further = sorted({name for _, row in rows for name in row} - set(_KNOWN_MEMBER_COLUMNS))
    figures = [name for name in further if name and all(is_figure(row[name]) for _, row in rows if row[name])]
    bundle.notes.extend(
        f"members.csv: column {name!r} holds no figures and was left out" for name in further if name not in figures
    )
    return [_member(line, row, figures) for line, row in rows]


def _member(line: int, row: Mapping[str, str], figures: Sequence[str]) -> Row:
    named = {"name": row["name"]} if row.get("name") else {}
    return Row(
        line,
        (row["member_id"],),
        {
            **named,
            "segment": row["segment"],
            "held": row.get("held") or "no",
            "enters": row.get("enters", ""),
            "leaves": row.get("leaves", ""),
            **{name: _plain(row[name]) if row[name] else "" for name in figures},
        },
    )


def _patent(line: int, row: Mapping[str, str]) -> Row:
    products = cells.products(row.get("products") or "*")
    return Row(
        line,
        (row["publication"], row["country"], row["owner"], row.get("enters", "")),
        {
            "family": row.get("family") or row["publication"],
            "granted": row.get("granted", ""),
            "ends": row.get("ends", ""),
            "leaves": row.get("leaves", ""),
            "class": row.get("class", ""),
            "products": "*" if products is None else "|".join(sorted(products)),
            "share": _plain(row.get("share") or "1"),
        },
    )


def _licence(line: int, row: Mapping[str, str]) -> Row:
    return Row(
        line,
        (row["licence_id"],),
        {
            "licensee": row["licensee"],
            "enterprise": row.get("enterprise", ""),
            "signed": row.get("signed", ""),
            "starts": row.get("starts", ""),
            "ends": row.get("ends", ""),
            "standing": row["standing"],
            "option": row.get("option", ""),
        },
    )


def _change(line: int, row: Mapping[str, str]) -> Row:
    return Row(
        line,
        (row["licence_id"], row["from"]),
        {column: row.get(column, "") for column in ("standing", "enterprise", "option")},
    )


def _settle_enterprises(bundle: Bundle, rejects: Rejects) -> None:
    """Say which licences are in a group and which are their licensee's alone, as a close would take them.

    A blank cell means the licensee by its name, so another licensee's group may have that name. A key is how an
    exported bundle writes a licensee by itself.
    """
    names = {row.key[0]: row.cells["licensee"] for row in bundle.licences}
    key_of: dict[str, str] = {}
    name_of: dict[str, str] = {}
    for file, rows in (("licences.csv", bundle.licences), ("licence_changes.csv", bundle.changes)):
        for row in rows:
            cell, name = row.cells["enterprise"], names[row.key[0]]
            if not cell and file == "licences.csv":
                cell = name
            if cell == name or is_own_enterprise(cell):
                if key_of.setdefault(name, cell) != cell or name_of.setdefault(cell, name) != name:
                    message = "a licensee by itself has one key, and no other has the same; give namesakes two names"
                    rejects.add(file, row.line, "enterprise", "bad_value", cell, message)
            elif cell:
                bundle.groups.add(cell)
    bundle.licences = [_settled(row, row.cells["licensee"], bundle.groups, own="") for row in bundle.licences]
    bundle.changes = [
        _settled(row, names[row.key[0]], bundle.groups, own=OWN_ENTERPRISE) if row.cells["enterprise"] else row
        for row in bundle.changes
    ]


def _settled(row: Row, name: str, groups: Set[str], *, own: str) -> Row:
    enterprise = row.cells["enterprise"] or name
    alone = is_own_enterprise(enterprise) or (enterprise == name and name not in groups)
    return replace(row, cells={**row.cells, "enterprise": own if alone else enterprise})


def _plain(cell: str) -> str:
    return cells.plain(cells.decimal(cell, 12))


def _refuse_unrecordable(bundle: Bundle, rejects: Rejects) -> None:
    """Refuse what a close lets pass because it earns nothing, but a record cannot be."""
    _refuse_long_texts(bundle, rejects)
    for row in bundle.members:
        _in_order(rejects, "members.csv", row.line, "leaves", row.cells["enters"], row.cells["leaves"])
    for row in bundle.licences:
        _in_order(rejects, "licences.csv", row.line, "ends", row.cells["starts"], row.cells["ends"], same=True)
    for row in bundle.bilaterals:
        _in_order(rejects, "bilaterals.csv", row.line, "ends", row.key[2], row.key[3], same=True)
    _refuse_contradicting_rights(bundle.patents, rejects)
    _refuse_overlapping_entries(bundle.patents, rejects)


def _refuse_long_texts(bundle: Bundle, rejects: Rejects) -> None:
    for file, rows in (
        ("members.csv", bundle.members),
        ("patents.csv", bundle.patents),
        ("licences.csv", bundle.licences),
        ("licence_changes.csv", bundle.changes),
        ("charges.csv", bundle.charges),
    ):
        for row in rows:
            for column, cell in [*(("", part) for part in row.key), *row.cells.items()]:
                longest = max(map(len, cell.split("|"))) if column == "products" else len(cell)
                if longest > LONGEST_TEXT:
                    message = f"has {longest} characters; at most {LONGEST_TEXT} are kept"
                    rejects.add(file, row.line, column, "bad_value", cell, message)


def _refuse_contradicting_rights(patents: Sequence[Row], rejects: Rejects) -> None:
    first: dict[tuple[str, str], Row] = {}
    for row in patents:
        publication, country, _, enters = row.key
        _in_order(rejects, "patents.csv", row.line, "leaves", enters, row.cells["leaves"])
        _in_order(rejects, "patents.csv", row.line, "ends", row.cells["granted"], row.cells["ends"], same=True)
        if not row.cells["products"].strip("|"):
            rejects.add("patents.csv", row.line, "products", "bad_value", row.cells["products"], "products names none")
        known = first.setdefault((publication, country), row)
        for column in ("family", "granted", "ends"):
            if row.cells[column] != known.cells[column]:
                message = (
                    f"{column} of {publication} in {country} is “{known.cells[column]}” on line {known.line}: "
                    "one right has one; make the rows agree"
                )
                rejects.add("patents.csv", row.line, column, "bad_value", row.cells[column], message)


def _refuse_overlapping_entries(patents: Sequence[Row], rejects: Rejects) -> None:
    entries: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in patents:
        entries[row.key[:3]].append(row)
    for rows in entries.values():
        if len(rows) == 1:
            continue
        # A blank first day is before every day, as the empty text is before every text.
        rows.sort(key=lambda row: row.key[3])
        for before, after in pairwise(rows):
            if not before.cells["leaves"] or before.cells["leaves"] > after.key[3]:
                message = f"the days in the pool overlap those of line {before.line}: end one before the other"
                rejects.add("patents.csv", after.line, "enters", "bad_value", after.key[3], message)


def _in_order(rejects: Rejects, file: str, line: int, column: str, first: str, end: str, *, same: bool = False) -> None:
    if first and end and (end < first or (end == first and not same)):
        message = f"{column} must not be before {first}" if same else f"{column} must be later than {first}"
        rejects.add(file, line, column, "bad_value", end, message)
