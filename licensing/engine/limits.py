"""Waivers, caps, minimums and charges, and what each licence is billed.

Source: the close specification, section 5.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

import numpy as np

from licensing.engine.buckets import Buckets, Names, key_order
from licensing.engine.exact import (
    Index,
    Ints,
    add,
    apportion_groups,
    assign,
    group_starts,
    group_sums,
    ints,
    narrow,
    round_ratio,
    running_before,
    times,
    wide,
    zeros,
)
from licensing.engine.model import Limit, Minimum, Month
from licensing.engine.royalties import NOT_BEARING, Tariff, scope_key
from licensing.engine.tables import Charge, Licence
from platform_core.money import round_half_away

MINIMUM: Final = "~minimum:"
CHARGE: Final = "~charge:"


@dataclass(frozen=True, slots=True)
class Extra:
    """A bucket without sales: a minimum's difference or a charge, in micros."""

    licence_id: str
    product: str
    month: Month
    currency: str
    rate_id: str
    micros: int


@dataclass(frozen=True, slots=True)
class Billed:
    """The period's buckets with what they bear and what is billed for them, in micros, and each licence's invoice.

    `rate` is a code into `rate_ids` (0 is none). `special` marks minimums and charges, `charge` the latter.
    `starts` is where each licence's buckets begin, `invoice` its minor units.
    """

    buckets: Buckets
    rate_ids: tuple[str, ...]
    rate: Ints
    not_bearing: Ints
    special: Ints
    royalty: Ints
    billed: Ints
    starts: Index
    invoice: Ints


def limit_micros(tariff: Tariff, limit: Limit) -> int:
    """The limit in micros, converted once for the year at January's rate. Raises MissingRateError."""
    return round_half_away(limit.amount * tariff.exchange.micros(limit.currency, tariff.terms.year_start))


def apply_limits(tariff: Tariff, buckets: Buckets, royalty: Ints) -> list[Ints]:
    """The royalties as each waiver and then each cap leaves them, one array after another, the last one final.

    Only buckets of the period's year change.
    """
    stages: list[Ints] = []
    for number, limit in enumerate((*tariff.terms.waivers, *tariff.terms.caps)):
        royalty = _apply(tariff, buckets, royalty, limit, waives=number < len(tariff.terms.waivers))
        stages.append(royalty)
    return stages


def _apply(tariff: Tariff, buckets: Buckets, royalty: Ints, limit: Limit, *, waives: bool) -> Ints:
    micros = limit_micros(tariff, limit)
    matching = tariff.licences.matching(limit.match, buckets) & (buckets.month >= tariff.terms.year_start)
    rows = np.flatnonzero(matching)
    if rows.size == 0:
        return royalty
    scope = scope_key(tariff, limit.scope, buckets.licence[rows], buckets.month[rows])
    order = np.lexsort((buckets.month[rows], scope))
    rows, scope = rows[order], scope[order]
    month = buckets.month[rows]
    amounts = royalty[rows]
    starts = group_starts(scope, month)
    found = group_sums(amounts, starts)
    before = running_before(found, group_starts(scope[starts]))
    after = add(before, found)
    if micros >= 2**62:
        before, after = wide(before), wide(after)
    if waives:
        left = np.where(after < micros, 0, after) - np.where(before < micros, 0, before)
    else:
        left = np.minimum(after, micros) - np.minimum(before, micros)
    left = narrow(np.asarray(left))
    changed = np.flatnonzero(np.repeat(left != found, np.diff(np.append(starts, rows.size))))
    if changed.size == 0:
        return royalty
    parts = apportion_groups(left, amounts, starts)
    return assign(royalty.copy(), rows[changed], parts[changed])


def minimum_micros(tariff: Tariff, minimum: Minimum) -> int:
    """The minimum in micros at December's rate. Raises MissingRateError."""
    return round_half_away(minimum.amount * tariff.exchange.micros(minimum.currency, tariff.terms.year_start + 11))


def minimum_differences(tariff: Tariff, buckets: Buckets, royalty: Ints) -> list[Extra]:
    """What is lacking to each minimum, per scope key, where the period holds December."""
    december = tariff.terms.year_start + 11
    if tariff.terms.period_end != december or not tariff.terms.minimums:
        return []
    book = tariff.licences
    codes = np.arange(len(book.licences))
    of_year = buckets.month >= tariff.terms.year_start
    per_licence = [0] * len(book.licences)
    starts = group_starts(buckets.licence[of_year])
    sums = group_sums(royalty[of_year], starts)
    for code, amount in zip(buckets.licence[of_year][starts].tolist(), sums.tolist(), strict=True):
        per_licence[code] = amount
    year = tariff.terms.year_start // 12
    months = np.full(codes.size, december)
    extras: list[Extra] = []
    for minimum in tariff.terms.minimums:
        due = minimum_micros(tariff, minimum)
        takes_part = book.flags(minimum.licences) & np.array(
            [overlaps(licence, date(year, 1, 1), date(year, 12, 31)) for licence in book.licences], dtype=bool
        )
        if minimum.option is not None:
            takes_part &= book.option_flags(minimum.option)[book.option(codes, months)]
        members: dict[int, list[int]] = defaultdict(list)
        keys = scope_key(tariff, minimum.scope, codes, months)
        for code in np.flatnonzero(takes_part).tolist():
            members[int(keys[code])].append(code)
        for group in members.values():
            lacking = due - sum(per_licence[code] for code in group)
            if lacking > 0:
                lowest = book.licences[group[0]].id
                product = f"{MINIMUM}{minimum.id}"
                extras.append(Extra(lowest, product, december, tariff.terms.currency, minimum.id, lacking))
    return extras


def overlaps(licence: Licence, first: date, last: date) -> bool:
    """Whether the licence is in force on some day from the first to the last."""
    return (licence.starts is None or licence.starts <= last) and (licence.ends is None or first <= licence.ends)


def charge_buckets(tariff: Tariff, charges: list[Charge]) -> list[Extra]:
    """The period's charges, summed by bucket. Raises MissingRateError."""
    sums: dict[tuple[str, str, Month, str], Fraction] = defaultdict(Fraction)
    for charge in charges:
        if tariff.terms.period_start <= charge.month <= tariff.terms.period_end:
            sums[charge.licence_id, f"{CHARGE}{charge.kind}", charge.month, charge.currency] += charge.amount
    return [
        Extra(
            licence_id,
            product,
            month,
            currency,
            "~charge",
            round_half_away(amount * tariff.exchange.micros(currency, month)),
        )
        for (licence_id, product, month, currency), amount in sums.items()
    ]


def bill(tariff: Tariff, buckets: Buckets, chosen: Ints, royalty: Ints, extras: list[Extra]) -> Billed:
    """Put the period's buckets together, invoice each licence in minor units, and bring the invoice back to buckets."""
    rows = np.flatnonzero(buckets.month >= tariff.terms.period_start)
    buckets, chosen, royalty = buckets.take(rows), chosen[rows], royalty[rows]
    rate_ids = ("", *(rate.id for rate in tariff.terms.rates))
    rate = np.maximum(chosen + 1, 0)
    special = np.zeros(buckets.size, dtype=np.int64)
    if extras:
        rate_ids += tuple(sorted({extra.rate_id for extra in extras}))
        first_extra = len(tariff.terms.rates) + 1
        code_of = {name: first_extra + code for code, name in enumerate(rate_ids[first_extra:])}
        buckets = with_extras(buckets, extras)
        order = key_order(buckets)
        buckets = buckets.take(order)
        rate = np.append(rate, [code_of[extra.rate_id] for extra in extras])[order]
        chosen = np.append(chosen, [0] * len(extras))[order]
        special = np.append(special, [1] * len(extras))[order]
        more = ints(extra.micros for extra in extras)
        if more.dtype == object or royalty.dtype == object:
            royalty, more = wide(royalty), wide(more)
        royalty = np.append(royalty, more)[order]
    starts = group_starts(buckets.licence)
    per_licence = group_sums(royalty, starts)
    invoice = round_ratio(per_licence, Fraction(1, 10**6))
    billed = apportion_groups(times(invoice, 10**6), royalty, starts)
    return Billed(buckets, rate_ids, rate, np.asarray(chosen == NOT_BEARING), special, royalty, billed, starts, invoice)


def with_extras(buckets: Buckets, extras: list[Extra]) -> Buckets:
    """The buckets with those without sales behind them, the names grown by theirs."""
    old = buckets.names
    names = Names(
        licences=old.licences,
        products=sorted({*old.products, *(extra.product for extra in extras)}),
        countries=sorted({"", *old.countries}),
        currencies=sorted({*old.currencies, *(extra.currency for extra in extras)}),
    )

    def recode(column: Ints, before: list[str], after: list[str], more: list[str]) -> Ints:
        place = {word: code for code, word in enumerate(after)}
        table = np.array([place[word] for word in before], dtype=np.int64)
        kept = table[column] if before else column
        return np.append(kept, [place[word] for word in more]).astype(np.int64)

    count = len(extras)
    blank = [""] * count
    countries = (list(old.countries), list(names.countries), blank)
    return replace(
        buckets,
        names=names,
        licence=recode(buckets.licence, list(old.licences), list(names.licences), [e.licence_id for e in extras]),
        product=recode(buckets.product, list(old.products), list(names.products), [e.product for e in extras]),
        made_in=recode(buckets.made_in, *countries),
        sold_in=recode(buckets.sold_in, *countries),
        month=np.append(buckets.month, [extra.month for extra in extras]).astype(np.int64),
        currency=recode(
            buckets.currency, list(old.currencies), list(names.currencies), [extra.currency for extra in extras]
        ),
        units=_grown(buckets.units, count),
        net=_grown(buckets.net, count),
        lines=_grown(buckets.lines, count),
        priced=_grown(buckets.priced, count),
        position=_grown(buckets.position, count),
    )


def _grown(column: Ints, count: int) -> Ints:
    more = zeros(count)
    return np.append(column, wide(more) if column.dtype == object else more)
