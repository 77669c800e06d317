"""The rules in the code, row by row and role by role, beside the page on access as written down apart from them."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_core.access.matrix import Line, matrix
from platform_core.identity.roles import Role

PAGE = tomllib.loads((Path(__file__).parent / "access_page.toml").read_text(encoding="utf-8"))

_MEMBER = (Role.MEMBER_ADMIN, Role.MEMBER_STAFF, Role.MEMBER_FINANCE, Role.MEMBER_NEGOTIATOR)
COLUMNS: dict[str, tuple[Role, ...]] = {
    "secretariat": (Role.SECRETARIAT,),
    "operator": (Role.OPERATOR,),
    "finance": (Role.FINANCE,),
    "legal": (Role.LEGAL,),
    "owner": _MEMBER,
    "other": _MEMBER,
    "licensee": (Role.LICENSEE,),
    "evaluator": (Role.EVALUATOR, Role.EXPERT),
    "auditor": (Role.AUDITOR,),
    "close_approver": (Role.CLOSE_APPROVER,),
    "close_auditor": (Role.CLOSE_AUDITOR,),
    "authority": (Role.AUTHORITY,),
    "outsiders": (
        Role.PROSPECT,
        Role.PATENT_AGENT,
        Role.ANNUITY_PROVIDER,
        Role.PLEDGEE_BANK,
        Role.FUND_INVESTOR,
        Role.NEUTRAL,
    ),
}
TAKING_AWAY = ("read", "download")
"""How the names of permissions begin that change nothing."""

LINES = list(matrix())


def how_far(line: Line) -> str:
    """Say in a word how far a rule reaches."""
    if line.who == "public":
        return "public"
    if "assigned" in line.reach:
        return "asg"
    first = line.reach.partition(",")[0]
    whole = ("of the alliance", "of the operating entity", "of an alliance of the own organisation")
    if first.startswith(whole) or "the own organisation has a licence under" in first:
        return "R"
    if "own" in first:
        return "own"
    raise AssertionError(f"{line.kind}, {line.permission}: say how far “{line.reach}” reaches")


def lines_of(row: dict[str, Any], column: str) -> Iterator[Line]:
    roles = {role.label for role in COLUMNS[column]}
    for line in LINES:
        if (line.who.partition(" (")[0] in roles or line.who == "public") and (
            "without" not in row or row["without"] not in line.reach
        ):
            yield line


def said_by_the_code(row: dict[str, Any], column: str) -> str:
    """Return the cell that the rules in the code make."""
    found = list(lines_of(row, column))
    reach = {how_far(line) for line in found if line.kind in row["models"] and line.permission in row["reads"]}
    changing = {
        how_far(line)
        for line in found
        if line.kind in row.get("changes", ()) and not line.permission.rpartition(".")[2].startswith(TAKING_AWAY)
    }
    if column == "other":
        reach, changing = reach - {"own"}, changing - {"own"}
    for word in ("R", "own", "asg", "public"):
        if word in reach:
            return f"{word} W" if changing else word
    return "W" if changing else "-"


def said_otherwise(page: str) -> dict[str, str]:
    return {name: cell for one in PAGE["otherwise"] if one["page"] == page for name, cell in one["cells"].items()}


@pytest.mark.parametrize("row", PAGE["row"], ids=lambda row: row["page"])
def test_the_rules_are_those_of_the_page_but_for_a_short_list_with_reasons(row: dict[str, Any]) -> None:
    otherwise = said_otherwise(row["page"])
    right = {column: otherwise.get(column, row.get(column, "-")) for column in COLUMNS}
    assert {column: said_by_the_code(row, column) for column in COLUMNS} == right
    assert {column for column in otherwise if row.get(column, "-") == otherwise[column]} == set()


def test_every_kind_of_a_row_has_rules_and_every_difference_a_reason() -> None:
    kinds = {line.kind for line in LINES}
    assert {model for row in PAGE["row"] for model in row["models"]} <= kinds
    assert {one["page"] for one in PAGE["otherwise"]} <= {row["page"] for row in PAGE["row"]}
    assert all(one["why"] for one in PAGE["otherwise"])
