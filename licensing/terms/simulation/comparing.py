"""Two simulations side by side: by market, by licence, by payee."""

from collections.abc import Mapping
from dataclasses import dataclass

from licensing.terms.simulation.running import Simulated
from licensing.terms.simulation.tiers import in_order


@dataclass(frozen=True, slots=True)
class Line:
    """One market, licence or payee: what it comes to under the terms, and under the others."""

    key: tuple[str, ...]
    this: int
    other: int
    rates: tuple[str, ...] = ()
    other_rates: tuple[str, ...] = ()
    units: int = 0

    @property
    def difference(self) -> int:
        """What the terms add."""
        return self.this - self.other


@dataclass(frozen=True, slots=True)
class Compared:
    """Terms beside others: markets in micros; tiers (by rate, kind, part and start), licences and payees in minor."""

    markets: list[Line]
    tiers: list[Line]
    licences: list[Line]
    payees: list[Line]


def compare_simulations(this: Simulated, other: Simulated | None) -> Compared:
    """Put what terms give beside what others do; without others, beside nothing."""
    beside = other or Simulated(this.terms)
    markets = [
        Line(
            key=market,
            this=this.billed.get(market, 0),
            other=beside.billed.get(market, 0),
            rates=this.rates.get(market, ()),
            other_rates=beside.rates.get(market, ()),
            units=this.units.get(market, beside.units.get(market, 0)),
        )
        for market in sorted({*this.billed, *beside.billed})
    ]
    amounts = [{tier.key: tier.minor for tier in side.tiers} for side in (this, beside)]
    tiers = [Line(key, amounts[0].get(key, 0), amounts[1].get(key, 0)) for key in in_order([this.tiers, beside.tiers])]
    return Compared(markets, tiers, _lines(this.licences, beside.licences), _lines(this.payees, beside.payees))


def _lines(this: Mapping[str, int], other: Mapping[str, int]) -> list[Line]:
    return [Line((key,), this.get(key, 0), other.get(key, 0)) for key in sorted({*this, *other})]
