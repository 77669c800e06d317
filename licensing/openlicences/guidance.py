"""Up to which prices open licences normally go, as dated data with its source; guidance of the office, and no law."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final

from platform_core.money import exponent

CURRENCY: Final = "CNY"
"""What is declared to the Chinese office is declared in yuan."""
_DATA: Final = Path(__file__).with_name("guidance.toml")


@dataclass(frozen=True, slots=True)
class PriceGuidance:
    """The limits that prices normally keep from a day on: minor units of yuan, and rates in percent."""

    from_on: date
    lump_minor: int
    net_sales_percent: Decimal
    profit_percent: Decimal
    source: str
    is_verified: bool


@lru_cache(maxsize=1)
def _rules() -> tuple[PriceGuidance, ...]:
    rows = tomllib.loads(_DATA.read_text(encoding="utf-8"))["rules"]
    found = (
        PriceGuidance(
            row["from"],
            int(Decimal(row["lump"]).scaleb(exponent(CURRENCY))),
            Decimal(row["net_sales"]),
            Decimal(row["profit"]),
            row["source"],
            row["verified"],
        )
        for row in rows
    )
    return tuple(sorted(found, key=lambda rule: rule.from_on))


def guidance_on(day: date) -> PriceGuidance | None:
    """Return what prices normally keep on a day; None: there was no guidance yet."""
    held = [rule for rule in _rules() if rule.from_on <= day]
    return held[-1] if held else None
