"""Why the sales of one market brought payees more or less than last time: reasons that add up to the difference.

What a payee earns of a cell is units, times royalty per unit, times the rate of exchange, times its share; the steps
from the last figures to these are taken one after the other in this order, exactly.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from licensing.close.figures import Cell, Figures, Gross, Sales
from licensing.close.scenarios import MarketSteps, share_steps
from licensing.engine.explain import Rules
from licensing.engine.model import Percent, Terms

NEW: Final = "new_sales"
ENDED: Final = "ended_sales"
VOLUME: Final = "volume"
TERMS: Final = "terms"
POSITION: Final = "tariff_position"
"""Where in bands and under caps the year has come to, under the same tariff."""
PRICES: Final = "prices"
EXCHANGE: Final = "exchange"
ALLOCATION: Final = "allocation"
MEMBERS: Final = "members"
PATENTS: Final = "patents"
MINIMUMS: Final = "minimums"
CHARGES: Final = "charges"
CREDITS: Final = "credits"
PAYMENTS: Final = "payments"
ROUNDING: Final = "rounding"

ORDER: Final = (
    NEW, ENDED, VOLUME, TERMS, POSITION, PRICES, EXCHANGE, ALLOCATION, MEMBERS, PATENTS, MINIMUMS, CHARGES, CREDITS,
    PAYMENTS, ROUNDING,
)  # fmt: skip

EXPLAINED: Final = ""
"""In place of a reason: what the reasons of a cell come to together."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one reason adds to payees' amounts of one cell, in micros over one denominator above zero."""

    cell: Cell
    reason: str
    denominator: int
    micros: Mapping[str, int]


def same_tariff(one: Terms, other: Terms) -> bool:
    """Say whether two closes asked the same of licensees, and by the same basis: all terms but those of sharing out."""
    return _asked(one) == _asked(other)


def _asked(terms: Terms) -> tuple[object, ...]:
    return (
        terms.currency,
        terms.collected,
        terms.in_force_only,
        terms.rates,
        terms.waivers,
        terms.caps,
        terms.minimums,
    )


def effects_between(now: Figures, last: Figures) -> Iterator[Effect]:
    """Take the difference between two runs apart, cell by cell."""
    tariffs = _Tariffs(now.rules, last.rules)
    steps = _share_steps(now, last)
    for cell in sorted({*now.sales, *last.sales}):
        product, sold_in, made_in = cell
        for effect in _of_cell(now, last, cell, tariffs, steps.get((product, made_in, sold_in))):
            if any(effect.micros.values()):
                yield effect


def _of_cell(
    now: Figures, last: Figures, cell: Cell, tariffs: "_Tariffs", steps: MarketSteps | None
) -> Iterator[Effect]:
    here, there = now.gross(cell), last.gross(cell)
    if special := _special(cell):
        yield _difference(cell, special, here, there)
    elif cell not in last.sales:
        yield Effect(cell, NEW, here.denominator, here.micros)
    elif cell not in now.sales:
        yield Effect(cell, ENDED, there.denominator, _times(there.micros, -1))
    else:
        yield from _step_by_step(cell, now.sales[cell], last.sales[cell], here, there, tariffs, steps)
    got, credited = now.of_cell(cell)
    got_before, credited_before = last.of_cell(cell)
    paid, credits = _minus(got, got_before), _minus(credited, credited_before)
    yield Effect(cell, EXPLAINED, 1, paid)
    yield Effect(cell, CREDITS, 1, _times(credits, -1))
    if now.waits_for_money or last.waits_for_money:
        # What came in otherwise than it was owed.
        owed = _difference(cell, PAYMENTS, here, there)
        received = _times(_plus(paid, credits), owed.denominator)
        yield Effect(cell, PAYMENTS, owed.denominator, _minus(received, owed.micros))


def _step_by_step(
    cell: Cell, new: Sales, old: Sales, here: Gross, there: Gross, tariffs: "_Tariffs", steps: MarketSteps | None
) -> Iterator[Effect]:
    """The steps in units, royalty per unit, exchange and share, where a market sold this time and last time."""
    reason = tariffs.reason(new, old)
    if not (new.units and old.units):
        yield _difference(cell, reason, here, there)
        return
    # Where nothing was billed, share and exchange cannot be told; they then count as what they are on the other side.
    base, billed = (there, old.billed) if old.billed else (here, new.billed)
    exchange1 = new.billed / new.native if new.native else None
    exchange0 = old.billed / old.native if old.native else exchange1
    exchange1 = exchange0 if exchange1 is None else exchange1
    if not billed or exchange0 is None or exchange1 is None:
        yield _difference(cell, EXPLAINED, there, here)
        return
    rate1, rate0 = new.native / new.units, old.native / old.units
    whole = base.denominator * billed
    for name, step in (
        (VOLUME, (new.units - old.units) * rate0 * exchange0),
        (reason, new.units * (rate1 - rate0) * exchange0),
        (EXCHANGE, new.units * rate1 * (exchange1 - exchange0)),
    ):
        part = step / whole
        yield Effect(cell, name, part.denominator, _times(base.micros, part.numerator))

    shares = _share_change(new.billed, old.billed, here, there)
    if steps is None:
        yield Effect(cell, PATENTS, shares.denominator, shares.micros)
        return
    # Only of those who earn something of the market, this time or last time.
    earning = {payee for side in (here, there) for payee, micros in side.micros.items() if micros}
    moved = {}
    for name, by in ((ALLOCATION, steps.by_terms), (MEMBERS, steps.by_members)):
        moved[name] = {payee: new.billed * by[payee] for payee in earning if payee in by}
        yield Effect(cell, name, steps.denominator, moved[name])
    told = _times(_plus(moved[ALLOCATION], moved[MEMBERS]), shares.denominator)
    rest = _minus(_times(shares.micros, steps.denominator), told)
    yield Effect(cell, PATENTS, shares.denominator * steps.denominator, rest)


def _share_change(new_billed: int, old_billed: int, here: Gross, there: Gross) -> Gross:
    """What the step in the share of what was billed brings; none where only one of the shares can be told."""
    if not (new_billed and old_billed):
        return Gross(1, {})
    before = _times(there.micros, new_billed * here.denominator)
    after = _times(here.micros, old_billed * there.denominator)
    return Gross(here.denominator * there.denominator * old_billed, _minus(after, before))


def _difference(cell: Cell, reason: str, here: Gross, there: Gross) -> Effect:
    micros = _minus(_times(here.micros, there.denominator), _times(there.micros, here.denominator))
    return Effect(cell, reason, here.denominator * there.denominator, micros)


def _times(micros: Mapping[str, int], factor: int) -> Mapping[str, int]:
    return micros if factor == 1 else {payee: amount * factor for payee, amount in micros.items()}


def _plus(left: Mapping[str, int], right: Mapping[str, int]) -> dict[str, int]:
    return {payee: left.get(payee, 0) + right.get(payee, 0) for payee in {**left, **right}}


def _minus(left: Mapping[str, int], right: Mapping[str, int]) -> dict[str, int]:
    return {payee: left.get(payee, 0) - right.get(payee, 0) for payee in {**left, **right}}


def _special(cell: Cell) -> str:
    if cell[0].startswith("~minimum:"):
        return MINIMUMS
    return CHARGES if cell[0].startswith("~") else ""


class _Tariffs:
    """The tariffs of two runs: why a unit bears another royalty."""

    def __init__(self, now: Rules | None, last: Rules | None) -> None:
        self._known = now is not None and last is not None
        self._other_for_all = False
        self._other_order = False
        self._other: set[str] = set()
        self._percent: set[str] = set()
        if now is not None and last is not None:
            here, there = ({rate.id: rate for rate in rules.terms.rates} for rules in (now, last))
            self._other_for_all = _for_all(now.terms) != _for_all(last.terms)
            # The first that matches applies, so that rates may change places without being changed themselves.
            both = here.keys() & there.keys()
            self._other_order = [name for name in here if name in both] != [name for name in there if name in both]
            self._other = {name for name in {*here, *there} if here.get(name) != there.get(name)}
            self._percent = {name for name, rate in here.items() if isinstance(rate.form, Percent)}

    def reason(self, new: Sales, old: Sales) -> str:
        """Say why a unit bears another royalty: other terms, other prices, or another place in the bands."""
        if not self._known:
            return POSITION
        used = new.rates | old.rates
        if self._other_for_all or used & self._other or (self._other_order and new.rates != old.rates):
            return TERMS
        return PRICES if used <= self._percent else POSITION


def _for_all(terms: Terms) -> tuple[object, ...]:
    """What bears on units under whatever rate: limits, and whether a patent has to be in force."""
    return terms.waivers, terms.caps, terms.in_force_only


def _share_steps(now: Figures, last: Figures) -> Mapping[tuple[str, str, str], MarketSteps]:
    if now.rules is None or last.rules is None:
        return {}
    both = [cell for cell in last.sales if cell in now.sales and not _special(cell)]
    markets = {(product, made_in, sold_in): last.sales[product, sold_in, made_in].by_month
               for product, sold_in, made_in in both}  # fmt: skip
    return share_steps(now.rules, last.rules, markets)
