"""How much of each rate's royalty comes from which of its bands and steps, and what waivers and caps take off it.

Told by the engine's own closes: of the same terms in which all bands beyond one bear nothing, and beyond the next.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from platform_core.money import round_half_away

Document = Mapping[str, Any]
Micros = Mapping[str, int]
"""By rate, what it comes to."""

Worked = Callable[[Document], Micros]
"""Closes by terms, and returns what each rate comes to in micros."""

_MICROS: Final = 10**6
_MOST_TIERS: Final = 12
"""How many bands or steps of a rate are told apart; those beyond stand with the last one."""

_VALUES: Final = {"bands": "per_unit", "steps": "fee"}
_WHOLE: Final = ("per_unit", "percent", "percent_per_patent", "flat")


class Part(StrEnum):
    """What a line is of a rate."""

    TIER = "tier"
    """What its units bear in one band, or what reaching one step adds; all of it where it has neither."""
    WAIVED = "waived"
    CAPPED = "capped"


@dataclass(frozen=True, slots=True)
class Tier:
    """One line of a rate, in minor units; the lines of a rate add up to what it comes to."""

    rate: str
    kind: str
    """How the rate is worked out; or that it is a minimum, a charge, or no rate."""
    part: Part
    above: str = ""
    upto: str = ""
    """Units beyond `above` up to here; blank: without an end."""
    price: str = ""
    minor: int = 0

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What the same line is known by under other terms."""
        return self.rate, self.kind, self.part.value, self.above


def in_order(sides: Sequence[Sequence[Tier]]) -> list[tuple[str, str, str, str]]:
    """Return by what the lines of several terms are known, rate by rate, in the order of the first that has each."""
    rates = list(dict.fromkeys(tier.rate for side in sides for tier in side))
    parts = list(Part)
    return sorted(
        {tier.key for side in sides for tier in side},
        key=lambda key: (rates.index(key[0]), key[1], parts.index(Part(key[2])), Decimal(key[3] or 0)),
    )


def kind_of_rate(document: Document, rate: str) -> str:
    """Say how a rate is worked out; minimums, charges and what bears nothing are kinds of their own."""
    if rate.startswith("~charge"):
        return "charge"
    if any(str(one.get("id")) == rate for one in document.get("minimums", ())):
        return "minimum"
    found = next((one for one in document.get("rates", ()) if str(one.get("id")) == rate), None)
    if found is None:
        return "none"
    return next(form for form in (*_VALUES, *_WHOLE) if form in found)


def split_by_tier(document: Document, whole: Micros, work: Worked) -> list[Tier]:
    """Return what each rate comes to, line by line, in the order of the terms; the lines of a rate add up to it.

    `whole` is what the terms give as they are. Each further close leaves something out of them, and `work` does it.
    """
    uncapped = work({**document, "caps": []}) if document.get("caps") else whole
    bare = work({**document, "caps": [], "waivers": []}) if document.get("waivers") else uncapped
    levels = [work(_cut(document, level)) for level in range(_levels(document) - 1)]
    order = [str(one["id"]) for one in (*document.get("rates", ()), *document.get("minimums", ()))]
    ids = sorted(whole, key=lambda rate: (order.index(rate) if rate in order else len(order), rate))
    return [line for rate in ids for line in _of_rate(document, rate, [*levels, bare], uncapped, whole)]


def _of_rate(
    document: Document, rate: str, levels: Sequence[Micros], uncapped: Micros, whole: Micros
) -> Iterator[Tier]:
    """Round what is reached line by line, so that differences add up to what the whole is rounded to."""
    kind = kind_of_rate(document, rate)
    if kind not in (*_VALUES, *_WHOLE):
        # Neither bands nor limits see it; what a minimum comes to follows from what they leave.
        yield Tier(rate, kind, Part.TIER, minor=round_half_away(Fraction(whole[rate], _MICROS)))
        return
    before = 0

    def grown(micros: Micros) -> int:
        nonlocal before
        reached = round_half_away(Fraction(micros.get(rate, 0), _MICROS))
        before, step = reached, reached - before
        return step

    tiers = _tiers(document, rate, kind)
    for number, (above, upto, price) in enumerate(tiers):
        last = number == len(tiers) - 1
        yield Tier(rate, kind, Part.TIER, above, upto, price, grown(levels[-1 if last else number]))
    for part, micros in ((Part.WAIVED, uncapped), (Part.CAPPED, whole)):
        if taken := grown(micros):
            yield Tier(rate, kind, part, minor=taken)


def _tiers(document: Document, rate: str, kind: str) -> list[tuple[str, str, str]]:
    """Return from where, up to where and at which price each band or step of a rate is; one where it has none."""
    if kind not in _VALUES:
        nothing: Document = {}
        found = next((one for one in document.get("rates", ()) if str(one.get("id")) == rate), nothing)
        return [("", "", str(found.get(kind, "")))]
    rows = list(next(one for one in document["rates"] if str(one["id"]) == rate)[kind])
    # Those that stand together with the last one have no one price.
    prices = [str(row[_VALUES[kind]]) for row in rows]
    if len(rows) > _MOST_TIERS:
        prices[_MOST_TIERS - 1] = ""
    bounds = [str(row["above"]) for row in rows[:_MOST_TIERS]]
    return list(zip(bounds, [*bounds[1:], ""], prices, strict=False))


def _levels(document: Document) -> int:
    """Return how many bands or steps the rate with the most has, as far as they are told apart."""
    counts = [len(one[form]) for one in document.get("rates", ()) for form in _VALUES if form in one]
    return min(_MOST_TIERS, max(counts, default=1))


def _cut(document: Document, level: int) -> Document:
    """Return terms without limits in which nothing is borne beyond the bands and steps of a level."""
    rates = [dict(one) for one in document["rates"]]
    for rate in rates:
        if "bands" in rate:
            rate["bands"] = [
                row if number <= level else {**row, "per_unit": "0"} for number, row in enumerate(rate["bands"])
            ]
        if "steps" in rate:
            rows = list(rate["steps"])
            most = rows[min(level, len(rows) - 1)]["fee"]
            rate["steps"] = [row if number <= level else {**row, "fee": most} for number, row in enumerate(rows)]
    return {**document, "caps": [], "waivers": [], "rates": rates}
