"""The rules of each office, read from dated data."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from platform_core.money import exponent

_DATA: Final = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A rule with the days it holds and where it is from."""

    source: str
    verified: bool = True
    from_on: date | None = None
    until_on: date | None = None

    def holds(self, on: date) -> bool:
        """Say whether the rule held on a day."""
        return (self.from_on is None or self.from_on <= on) and (self.until_on is None or on < self.until_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee(Dated):
    """What one fee year costs, in minor units: a fixed amount and one for each claim."""

    right: str
    years: range
    amount: int
    per_claim: int = 0
    is_reducible: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What being late costs up to so many whole months: a percentage of the fee, or an amount in minor units."""

    months: int
    percent: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surcharge(Dated):
    """What being late costs, step by step."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction(Dated):
    """Percentages by which a fee may be reduced, and for how many fee years after that of the grant."""

    percents: tuple[int, ...]
    years_after_grant: int | None = None
    of_surcharge: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount(Dated):
    """A percentage taken off while something lasts."""

    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration(Dated):
    """What it takes to get a right back: a fee for the request and a percentage of the full fee, within months."""

    request: int
    percent: int
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compensation(Dated):
    """What a compensated term costs: the request, and each whole year of it."""

    request: int
    per_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How many years a right lasts from its filing, by when it was filed."""

    right: str
    years: int
    filed_from: date | None = None
    filed_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The rules of one office."""

    code: str
    currency: str
    counted_from: str
    due: str
    begins_with: int | None
    """The first fee year that is paid; None: that of the grant."""
    opens_months: int | None
    opens_months_first: int | None
    grace_months: int
    surcharge_of: str
    until_grant: bool
    source: str
    verified: bool
    terms: tuple[Term, ...]
    fees: tuple[Fee, ...]
    surcharges: tuple[Surcharge, ...]
    reductions: tuple[Reduction, ...]
    open_licences: tuple[Discount, ...]
    restorations: tuple[Restoration, ...]
    compensations: tuple[Compensation, ...]


class NoRules(LookupError):
    """There are no rules for this office, right or year; the message says for what there are."""


def rules_of(office: str) -> Office:
    """Return an office's rules."""
    found = _offices().get(office)
    if found is None:
        raise NoRules(f"No fees are known for the office {office}; known are {', '.join(sorted(_offices()))}.")
    return found


@cache
def _offices() -> dict[str, Office]:
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return {code: _office(code, rules) for code, rules in data.items()}


def _office(code: str, rules: dict[str, Any]) -> Office:
    currency = rules["currency"]
    begins = rules["begins_with"]
    return Office(
        code=code,
        currency=currency,
        counted_from=rules["counted_from"],
        due=rules["due"],
        begins_with=None if begins == "grant_year" else begins,
        opens_months=rules.get("opens_months"),
        opens_months_first=rules.get("opens_months_first"),
        grace_months=rules["grace_months"],
        surcharge_of=rules.get("surcharge_of", "full"),
        until_grant=rules.get("until_grant", False),
        source=rules["source"],
        verified=rules["verified"],
        terms=tuple(Term(**row) for row in rules["term"]),
        fees=tuple(_fee(table, row, currency) for table in rules["fee"] for row in table["amounts"]),
        surcharges=tuple(
            Surcharge(**_dated(row), steps=tuple(_step(step, currency) for step in row["steps"]))
            for row in rules.get("surcharge", ())
        ),
        reductions=tuple(
            Reduction(
                **_dated(row),
                percents=tuple(row["percents"]),
                years_after_grant=row.get("years_after_grant"),
                of_surcharge=row.get("of_surcharge", False),
            )
            for row in rules.get("reduction", ())
        ),
        open_licences=tuple(Discount(**_dated(row), percent=row["percent"]) for row in rules.get("open_licence", ())),
        restorations=tuple(
            Restoration(
                **_dated(row), request=_minor(row["request"], currency), percent=row["percent"], months=row["months"]
            )
            for row in rules.get("restoration", ())
        ),
        compensations=tuple(
            Compensation(
                **_dated(row), request=_minor(row["request"], currency), per_year=_minor(row["per_year"], currency)
            )
            for row in rules.get("compensation", ())
        ),
    )


def _fee(table: dict[str, Any], row: dict[str, Any], currency: str) -> Fee:
    first, last = row["years"]
    return Fee(
        **_dated({**table, **{key: row[key] for key in ("verified",) if key in row}}),
        right=table["right"],
        years=range(first, last + 1),
        amount=_minor(row["amount"], currency),
        per_claim=_minor(row.get("per_claim", "0"), currency),
        is_reducible=row.get("reducible", True),
    )


def _step(row: dict[str, Any], currency: str) -> Step:
    return Step(months=row["months"], percent=row.get("percent", 0), amount=_minor(row.get("amount", "0"), currency))


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "source": row["source"],
        "verified": row.get("verified", True),
        "from_on": row.get("from"),
        "until_on": row.get("until"),
    }


def _minor(amount: str, currency: str) -> int:
    scaled = Decimal(amount).scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} {currency} has more decimals than the currency")
    return int(scaled)
