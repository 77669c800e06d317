"""By which dated rules some clauses are never agreed."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

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
