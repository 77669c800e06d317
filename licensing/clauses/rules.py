"""By which dated rules some clauses are never agreed, and the refusal of those."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from licensing.clauses.models import GrantBack
from platform_core.checks import Checks

_FILE: Final = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True, slots=True)
class ClauseRule:
    """A rule against a clause, with its source and the day since when it is in force."""

    clause: str
    since: date
    source: str


@cache
def clause_rules() -> tuple[ClauseRule, ...]:
    """Return every rule there is."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["rules"]
    return tuple(ClauseRule(**row) for row in rows)


def rule_against(clause: str, *, on: date) -> ClauseRule | None:
    """Return the latest rule against a clause that is in force on a day."""
    found = [rule for rule in clause_rules() if rule.clause == clause and rule.since <= on]
    return max(found, key=lambda rule: rule.since, default=None)


ASKED_GRANT_BACKS: Final = (*GrantBack.values, "exclusive", "assignment")
"""What contracts ask to be given back; the last two are refused."""


def check_clauses(checks: Checks, *, grant_back: str, ends_on_challenge: bool, on: date) -> None:
    """Note what no licence may agree, with the rule against it that is in force on a day."""
    if grant_back not in GrantBack.values:
        checks.wrong(
            "grant_back",
            "exclusive_grant_back",
            "A licensee gives back a non-exclusive licence at most, and assigns nothing "
            f"({_source('grant_back', on)}).",
        )
    if ends_on_challenge:
        checks.wrong(
            "ends_on_challenge",
            "no_challenge",
            f"No licence ends because its licensee contests that a patent is valid ({_source('challenge', on)}).",
        )


def _source(clause: str, on: date) -> str:
    rule = rule_against(clause, on=on)
    return "" if rule is None else rule.source
