"""The table of who gets what at which route, kept by hand in `expected/` and read here."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.api.matrix.kept import EVERYBODY

FOLDER = Path(__file__).parent / "expected"
OTHERS = "others"
"""Everybody of whom no other line speaks."""


@dataclass(frozen=True)
class Row:
    """Some people, and what they get for the object in each relation."""

    who: tuple[str, ...]
    cells: Mapping[str, str]


def read(text: str) -> dict[str, dict[str, Mapping[str, str]]]:
    """Read a file of the table: for each route, what everybody gets."""
    table: dict[str, dict[str, Mapping[str, str]]] = {}
    for route, lines in tomllib.loads(text).items():
        found: dict[str, Mapping[str, str]] = {}
        for line, names in lines.items():
            cells = dict(part.split("=", 1) for part in line.split())
            for name in [part.strip() for part in names.split(",")]:
                assert name in (*EVERYBODY, OTHERS), f"{route}: there is no {name}"
                assert name not in found, f"{route}: two lines speak of {name}"
                found[name] = cells
        table[route] = found
    return table


def expected(route: str, name: str, relation: str) -> str:
    """Return what somebody is to get at a route for the object in a relation; what is not said fails."""
    found = TABLE[route]
    cells = found.get(name) or found[OTHERS]
    return cells.get(relation) or cells["all"]


def written(route: str, rows: Sequence[Row]) -> str:
    """Write a route's lines as they stand in a file: the most common one last, for all others."""
    last = max(rows, key=lambda row: len(row.who))
    lines = [f'["{route}"]']
    for row in [*(row for row in rows if row is not last), last]:
        values = set(row.cells.values())
        if len(values) == 1:
            line = f"all={values.pop()}"
        else:
            common = max(sorted(values), key=lambda value: sum(one == value for one in row.cells.values()))
            line = " ".join(
                [f"{name}={value}" for name, value in row.cells.items() if value != common] + [f"all={common}"]
            )
        names = OTHERS if row is last else ", ".join(row.who)
        lines.append(f'"{line}" = "{names}"')
    return "\n".join(lines) + "\n"


def _read_all() -> dict[str, dict[str, Mapping[str, str]]]:
    table: dict[str, dict[str, Mapping[str, str]]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for route, lines in read(path.read_text(encoding="utf-8")).items():
            assert route not in table, f"{route} stands in two files"
            table[route] = lines
    return table


TABLE = _read_all()
