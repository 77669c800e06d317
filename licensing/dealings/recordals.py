"""Which licences are to be recorded with the patent office (备案) and until when, by rules that are dated data."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

RULES_FILE: Final = Path(__file__).with_name("recordal.toml")


@dataclass(frozen=True, slots=True)
class RecordalRule:
    """Within how many months of coming into force a licence is to be filed, from a day on, with its source."""

    from_on: date
    months: int
    source: str


@lru_cache(maxsize=1)
def rules() -> tuple[RecordalRule, ...]:
    """Return the rules, the earliest first."""
    found = tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))["rules"]
    return tuple(
        sorted(
            (RecordalRule(row["from"], row["months"], row["source"]) for row in found), key=lambda rule: rule.from_on
        )
    )


def rule_on(day: date) -> RecordalRule | None:
    """Return the rule that holds on a day; None: there was none yet."""
    held = [rule for rule in rules() if rule.from_on <= day]
    return held[-1] if held else None
