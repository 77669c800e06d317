"""Two simulations side by side: by market, by licence, by payee."""

from collections.abc import Mapping
from dataclasses import dataclass

from licensing.terms.simulation.running import Simulated


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
    """Terms beside others: markets in micros, licences and payees in minor units."""

    markets: list[Line]
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
    return Compared(markets, _lines(this.licences, beside.licences), _lines(this.payees, beside.payees))


def _lines(this: Mapping[str, int], other: Mapping[str, int]) -> list[Line]:
    return [Line((key,), this.get(key, 0), other.get(key, 0)) for key in sorted({*this, *other})]
