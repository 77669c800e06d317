"""By which dated rules a breach is noticed."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True, slots=True)
class BreachRule:
    """From how many days late on a kind of breach is noticed, and how long it may be put right."""

    kind: str
    since: date
    days_late: int
    """More days than these after the due day."""
    cure_days: int
    """Where the contract agrees no days of its own."""
    source: str


@cache
def breach_rules() -> tuple[BreachRule, ...]:
    """Return every rule there is."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["rules"]
    return tuple(BreachRule(**row) for row in rows)


def rule_for(kind: str, *, on: date) -> BreachRule:
    """Return the rule for a kind of breach on a day."""
    found = [rule for rule in breach_rules() if rule.kind == kind and rule.since <= on]
    if not found:
        raise LookupError(f"no rule says when a breach of the kind {kind!r} is noticed on {on}")
    return max(found, key=lambda rule: rule.since)
