"""What payees' shares would have been under other terms or with other members: the steps between two closes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

import numpy as np

from licensing.close.calculation import CREDIT, HELD
from licensing.engine.buckets import Buckets, Names
from licensing.engine.exact import ints, zeros
from licensing.engine.explain import Rules
from licensing.engine.limits import Billed
from licensing.engine.model import Terms, first_day
from licensing.engine.patents import PatentBook
from licensing.engine.shares import Sharing
from licensing.engine.tables import Member, Patent

Market = tuple[str, str, str]
"""Product, country of manufacture, country of sale."""

_ENOUGH: Final = 10**15
"""What is shared out to find a share: so much that rounding plays no part in an amount of money."""

_NEVER: Final = date.max

Shares = dict[Market, dict[str, int]]
"""Payees' shares of each market, over the denominator that `_wholes` gives for it."""


@dataclass(frozen=True, slots=True)
class MarketSteps:
    """By how much other terms, and then other members, move payees' shares of a market: over one denominator."""

    denominator: int
    by_terms: Mapping[str, int]
    by_members: Mapping[str, int]


def same_sharing(one: Terms, other: Terms) -> bool:
    """Say whether two closes shared out by the same rules: the allocation, and the fee that is taken before it."""
    return (one.allocation, one.admin_fee_percent) == (other.allocation, other.admin_fee_percent)


def share_steps(now: Rules, last: Rules, markets: Mapping[Market, Mapping[int, int]]) -> Mapping[Market, MarketSteps]:
    """Return by how much other allocation terms, and then other members, move each payee's share of a market.

    `markets` gives what was billed in each month last time, by which months weigh. Only what differs is worked out:
    where neither does, nothing moved. Where the new terms cannot be worked out with the members of last time, both
    steps count as the terms' own.
    """
    other_terms = not same_sharing(now.terms, last.terms)
    members = _as_of(now)
    other_members = members != _as_of(last)
    if not markets or not (other_terms or other_members):
        return {}
    begun = _shares(_with(last, last, _as_of(last)), markets)
    ended = _shares(_with(last, now, members), markets)
    try:
        between = _shares(_with(last, now, _as_of(last)), markets) if other_terms else begun
    except (KeyError, ValueError):
        between = ended
    wholes = _wholes(markets)
    return {
        market: MarketSteps(
            wholes[market] * _ENOUGH,
            _moved(begun[market], between[market]),
            _moved(between[market], ended[market]),
        )
        for market in markets
    }


def shared_by(
    rules: Rules, patents: Sequence[Patent], markets: Mapping[Market, Mapping[int, int]]
) -> Mapping[str, Fraction]:
    """Return what each payee would have got of what was billed in each market, if the pool had had these patents.

    `markets` gives what was billed in each month, by which months weigh, in any unit; the answer is in the same.
    Raises ValueError or KeyError where the terms cannot be worked out with them.
    """
    known = dict(sorted(_as_of(rules).items()))
    own = [patent for patent in patents if patent.owner in known]
    tables = replace(rules.tables, members=known, patents=own, bilaterals=[])
    shares = _shares(Rules(replace(rules.terms, collected=False), tables, PatentBook(own)), markets)
    wholes = _wholes(markets)
    got: dict[str, Fraction] = {}
    for market, of_market in shares.items():
        billed = sum(markets[market].values())
        for payee, share in of_market.items():
            got[payee] = got.get(payee, Fraction(0)) + Fraction(share * billed, wholes[market] * _ENOUGH)
    return got


def _moved(before: Mapping[str, int], after: Mapping[str, int]) -> Mapping[str, int]:
    return {payee: after.get(payee, 0) - before.get(payee, 0) for payee in {**before, **after}}


def _wholes(markets: Mapping[Market, Mapping[int, int]]) -> dict[Market, int]:
    """What the weights of each market's months come to: what was billed, or else one a month."""
    return {market: sum(months.values()) or len(months) for market, months in markets.items()}


def _as_of(rules: Rules) -> dict[str, Member]:
    """The members as they were in the period: in or out of all of it, nothing withheld, names aside."""
    days = [first_day(month) for month in range(rules.terms.period_start, rules.terms.period_end + 1)]
    return {
        name: replace(
            member,
            name="",
            held=False,
            enters=None if any(member.is_in(day) for day in days) else _NEVER,
            leaves=None,
        )
        for name, member in rules.tables.members.items()
    }


def _with(last: Rules, terms_of: Rules, members: dict[str, Member]) -> Rules:
    """The patents and months of last time under the allocation of some terms, among some members."""
    terms = replace(
        last.terms,
        allocation=terms_of.terms.allocation,
        admin_fee_percent=terms_of.terms.admin_fee_percent,
        collected=False,
    )
    known = dict(sorted(members.items()))
    patents = [patent for patent in last.tables.patents if patent.owner in known]
    tables = replace(last.tables, members=known, patents=patents, bilaterals=[])
    return Rules(terms, tables, PatentBook(patents))


def _shares(rules: Rules, markets: Mapping[Market, Mapping[int, int]]) -> Shares:
    """Each payee's share of each market, months weighing by what was billed in them."""
    rows = [(market, month) for market, months in sorted(markets.items()) for month in sorted(months)]
    sharing = Sharing(rules.terms, rules.tables, rules.patents, _billed(rules, rows))
    part = sharing.share(0, 1)
    # What is withheld or credited is its member's.
    payees = [payee.removeprefix(HELD).removeprefix(CREDIT) for payee in part.payees]
    found: Shares = {market: {} for market in markets}
    for (market, month), micros in zip(rows, part.micros.tolist(), strict=True):
        months, of_market = markets[market], found[market]
        weight = months[month] if any(months.values()) else 1
        for payee, amount in zip(payees, micros, strict=True):
            if amount:
                of_market[payee] = of_market.get(payee, 0) + weight * amount
    return found


def _billed(rules: Rules, rows: list[tuple[Market, int]]) -> Billed:
    products = sorted({market[0] for market, _ in rows})
    countries = sorted({country for market, _ in rows for country in market[1:]})
    product = {name: code for code, name in enumerate(products)}
    country = {name: code for code, name in enumerate(countries)}
    nothing = zeros(len(rows))
    licences = list(rules.tables.licences) or [""]
    return Billed(
        buckets=Buckets(
            names=Names(licences, products, countries, [rules.terms.currency]),
            licence=nothing,
            product=ints(product[market[0]] for market, _ in rows),
            made_in=ints(country[market[1]] for market, _ in rows),
            sold_in=ints(country[market[2]] for market, _ in rows),
            month=ints(month for _, month in rows),
            currency=nothing,
            units=nothing,
            net=nothing,
            lines=nothing,
            priced=nothing,
            position=nothing,
        ),
        rate_ids=("",),
        rate=nothing,
        not_bearing=np.zeros(len(rows), dtype=bool),
        special=nothing,
        royalty=ints([_ENOUGH] * len(rows)),
        billed=ints([_ENOUGH] * len(rows)),
        starts=np.zeros(1, dtype=np.intp),
        invoice=zeros(1),
    )
