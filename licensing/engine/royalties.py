"""From buckets to royalties: which rate applies, and what it comes to before limits.

Source: the close specification, section 4.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import pyarrow as pa

from licensing.engine.buckets import (
    Buckets,
    Flags,
    LicenceBook,
    coded_column,
    distinct,
    key_columns,
    plain_column,
)
from licensing.engine.exact import (
    Index,
    Ints,
    add,
    apportion_groups,
    assign,
    common_scale,
    group_starts,
    group_sums,
    ints,
    multiply,
    narrow,
    round_ratio,
    running_before,
    running_peak_before,
    times,
    wide,
    zeros,
)
from licensing.engine.model import Flat, Month, Percent, Rate, Steps, Terms, Tiers, first_day
from licensing.engine.patents import PatentBook
from licensing.engine.sales import KEY, Sales, gathered
from licensing.engine.tables import Tables
from platform_core.money import exponent

NO_RATE: Final = -1
"""In place of a rate's number: no rate is for this bucket."""
NOT_BEARING: Final = -2
"""In place of a rate's number: no patent is in force for this bucket, so it bears nothing."""

_MOST_UNITS: Final = 10**12
_NEVER_REACHED: Final = 10**21


class MissingRateError(Exception):
    """No exchange rate is there for a currency in a month."""

    def __init__(self, currency: str, month: Month) -> None:
        super().__init__(f"no exchange rate for {currency} in {month // 12:04d}-{month % 12 + 1:02d}")
        self.currency = currency
        self.month = month


class Exchange:
    """Rates of exchange to the settlement currency, and how money becomes micros."""

    def __init__(self, terms: Terms, tables: Tables) -> None:
        self.currency = terms.currency
        self.micros_per_major: int = 10 ** (exponent(terms.currency) + 6)
        self._rates = tables.fx

    def knows(self, currency: str, month: Month) -> bool:
        """Whether there is a rate."""
        return currency == self.currency or (month, currency) in self._rates

    def rate(self, currency: str, month: Month) -> Fraction:
        """Settlement currency per 1 unit of the currency. Raises MissingRateError."""
        if currency == self.currency:
            return Fraction(1)
        try:
            rate: Fraction = self._rates[month, currency]
        except KeyError:
            raise MissingRateError(currency, month) from None
        return rate

    def micros(self, currency: str, month: Month) -> Fraction:
        """Micros of the settlement currency per 1 major unit of the currency. Raises MissingRateError."""
        return self.rate(currency, month) * self.micros_per_major


@dataclass(frozen=True, slots=True)
class Tariff:
    """All that a bucket's royalty depends on besides the bucket."""

    terms: Terms
    licences: LicenceBook
    patents: PatentBook
    exchange: Exchange


def assign_rates(tariff: Tariff, buckets: Buckets) -> Ints:
    """For each bucket the number of the first rate that matches, NO_RATE, or NOT_BEARING."""
    chosen = np.full(buckets.size, NO_RATE, dtype=np.int64)
    if tariff.terms.in_force_only:
        chosen[family_counts(tariff.patents, buckets) == 0] = NOT_BEARING
    for number, rate in enumerate(tariff.terms.rates):
        open_rows = chosen == NO_RATE
        if not open_rows.any():
            break
        chosen[open_rows & tariff.licences.matching(rate.match, buckets)] = number
    return chosen


def family_counts(patents: PatentBook, buckets: Buckets) -> Ints:
    """For each bucket, how many distinct families of all owners count in its `made_in` or its `sold_in` country."""
    first, which = distinct(buckets.made_in, buckets.sold_in, buckets.product, buckets.month)
    names = buckets.names
    counts = []
    remembered: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
    for row in first.tolist():
        day = first_day(int(buckets.month[row]))
        product = names.products[int(buckets.product[row])]
        made = patents.counting(names.countries[int(buckets.made_in[row])], product, day)
        sold = patents.counting(names.countries[int(buckets.sold_in[row])], product, day)
        if (made, sold) not in remembered:
            remembered[made, sold] = len(patents.families(made + sold))
        counts.append(remembered[made, sold])
    return ints(counts)[which] if counts else zeros(0)


def missing_rates(tariff: Tariff, buckets: Buckets, chosen: Ints) -> list[tuple[Index, str]]:
    """Buckets whose royalty needs an exchange rate that is not there, with the currency."""
    found: list[tuple[Index, str]] = []
    months = range(int(buckets.month.min()), int(buckets.month.max()) + 1) if buckets.size else range(0)

    def require(rows: Flags, currency: str) -> None:
        lacking = [month for month in months if not tariff.exchange.knows(currency, month)]
        if lacking and (without := np.flatnonzero(rows & np.isin(buckets.month, lacking))).size:
            found.append((without, currency))

    for number, rate in enumerate(tariff.terms.rates):
        rows = chosen == number
        form = rate.form
        needed: set[str] = set()
        if isinstance(form, Percent):
            for code, currency in enumerate(buckets.names.currencies):
                require(rows & (buckets.currency == code), currency)
            if form.floor_per_unit is not None or form.ceiling_per_unit is not None:
                needed.add(rate.currency)
        else:
            needed.add(rate.currency)
        for currency in needed:
            same = buckets.currency == (
                buckets.names.currencies.index(currency) if currency in buckets.names.currencies else -1
            )
            # Buckets in this very currency were asked for it already under a percentage.
            require(rows & ~same if isinstance(form, Percent) else rows, currency)
    return found


def royalties(tariff: Tariff, buckets: Buckets, chosen: Ints, sales: Sales) -> Ints:
    """Each bucket's royalty in micros before limits; 0 for buckets of years before the period's.

    Every bucket has a rate or is NOT_BEARING, and every exchange rate is there.
    """
    royalty = zeros(buckets.size)
    year = buckets.month >= tariff.terms.year_start
    for number, rate in enumerate(tariff.terms.rates):
        rows = chosen == number
        form = rate.form
        if isinstance(form, Tiers | Steps) and form.never_resets:
            counted = np.flatnonzero(rows)
        else:
            counted = np.flatnonzero(rows & year)
        if counted.size == 0:
            continue
        if isinstance(form, Tiers | Steps):
            counted, amounts = _by_units(tariff, buckets, counted, rate, form)
        elif isinstance(form, Percent):
            amounts = _by_percent(tariff, buckets, counted, rate, form, sales)
        else:
            counted, amounts = _flat(tariff, buckets, counted, rate, form)
        royalty = assign(royalty, counted, amounts)
    return royalty


def scope_key(tariff: Tariff, scope: str, licence: Ints, month: Ints) -> Ints:
    """The code of that whose units or royalty accumulate: the licence, or its enterprise in that month."""
    return licence if scope == "licence" else tariff.licences.enterprise(licence, month)


# -- bands, prices per unit, steps ----------------------------------------------------------------------------


def _by_units(tariff: Tariff, buckets: Buckets, rows: Index, rate: Rate, form: Tiers | Steps) -> tuple[Index, Ints]:
    scope = scope_key(tariff, form.scope, buckets.licence[rows], buckets.month[rows])
    order = np.lexsort((buckets.month[rows], scope))
    rows, scope = rows[order], scope[order]
    month = buckets.month[rows]

    weight_of = {product: form.weights.get(product, Fraction(1)) for product in buckets.names.products}
    scale = common_scale([*weight_of.values(), *form.above])
    weights = ints(int(weight * scale) for weight in weight_of.values())
    weighted = multiply(buckets.units[rows], weights[buckets.product[rows]])

    starts = group_starts(scope, month)
    sums = group_sums(weighted, starts)
    scope_starts = group_starts(scope[starts])
    if isinstance(form, Steps) and form.peak:
        before = running_peak_before(sums, scope_starts)
        after = np.maximum(before, sums)
    else:
        before = running_before(sums, scope_starts)
        after = add(before, sums)
    reached, value_scale = _step_fee(form, scale) if isinstance(form, Steps) else _band_total(form, scale)
    grown = add(reached(after), -reached(before))
    amounts = _convert(tariff, rate.currency, month[starts], grown, value_scale)
    return rows, apportion_groups(amounts, weighted, starts)


def _convert(tariff: Tariff, currency: str, months: Ints, values: Ints, scale: int) -> Ints:
    """Values in parts of 1/scale of a major unit to micros, each at its month's rate of exchange."""
    micros = zeros(values.size)
    for month in np.unique(months).tolist():
        rows = np.flatnonzero(months == month)
        micros = assign(micros, rows, round_ratio(values[rows], tariff.exchange.micros(currency, month) / scale))
    return micros


def _band_total(form: Tiers, scale: int) -> tuple[Callable[[Ints], Ints], int]:
    """What so many units bear in all, and the scale of the answer."""
    price_scale = common_scale(form.per_unit)
    above = [int(edge * scale) for edge in form.above]
    prices = [int(price * price_scale) for price in form.per_unit]

    def total(measure: Ints) -> Ints:
        answer = zeros(measure.size)
        for number, (edge, price) in enumerate(zip(above, prices, strict=True)):
            upper = measure if number + 1 == len(above) else _at_most(measure, above[number + 1])
            within = _at_least(add(upper, ints([-edge])), 0)
            answer = add(answer, times(within, price))
        return answer

    return total, scale * price_scale


def _step_fee(form: Steps, scale: int) -> tuple[Callable[[Ints], Ints], int]:
    """The fee that so many units reach, and the scale of the answer."""
    fee_scale = common_scale(form.fee)
    above = ints(int(edge * scale) for edge in form.above)
    fees = ints([0, *(int(fee * fee_scale) for fee in form.fee)])

    def fee(measure: Ints) -> Ints:
        if measure.dtype == object or above.dtype == object:
            return narrow(wide(fees)[np.searchsorted(wide(above), wide(measure), side="left")])
        return np.asarray(fees[np.searchsorted(above, measure, side="left")])

    return fee, fee_scale


def _at_most(values: Ints, limit: int) -> Ints:
    return (
        narrow(np.minimum(wide(values), limit))
        if limit >= 2**62 or values.dtype == object
        else np.minimum(values, limit)
    )


def _at_least(values: Ints, limit: int) -> Ints:
    return np.asarray(np.maximum(values, limit))


# -- percentages ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Price:
    """What a line bears, in micros: `share` per millionth of net, `floor` and `ceiling` per unit."""

    share: Fraction
    floor: Fraction | None
    ceiling: Fraction | None


def _by_percent(tariff: Tariff, buckets: Buckets, rows: Index, rate: Rate, form: Percent, sales: Sales) -> Ints:
    percents = [form.percent]
    percent_of = np.zeros(rows.size, dtype=np.int64)
    if form.per_patent:
        counts = family_counts(tariff.patents, buckets.take(rows))
        different, percent_of = np.unique(counts, return_inverse=True)
        percents = [form.percent * int(count) for count in different]
        if form.percent_ceiling is not None:
            percents = [min(percent, form.percent_ceiling) for percent in percents]
    first, which = distinct(percent_of, buckets.currency[rows], buckets.month[rows])
    prices = []
    for example in first.tolist():
        month = int(buckets.month[rows[example]])
        currency = buckets.names.currencies[int(buckets.currency[rows[example]])]
        share = percents[int(percent_of[example])] / 100 * tariff.exchange.micros(currency, month) / 10**6
        per_unit = [
            None if amount is None else amount * tariff.exchange.micros(rate.currency, month)
            for amount in (form.floor_per_unit, form.ceiling_per_unit)
        ]
        prices.append(_Price(share, *per_unit))
    limited = form.floor_per_unit is not None or form.ceiling_per_unit is not None
    if limited:
        net, floored, ceiled = _limited_sums(buckets, rows, which, prices, sales)
    else:
        net = buckets.net[rows]
        floored = ceiled = zeros(rows.size)
    amounts = zeros(rows.size)
    for number, price in enumerate(prices):
        inside = np.flatnonzero(which == number)
        factors = [price.share, price.floor or Fraction(0), price.ceiling or Fraction(0)]
        scale = common_scale(factors)
        parts = [
            times(column[inside], int(factor * scale))
            for column, factor in zip((net, floored, ceiled), factors, strict=True)
        ]
        exact = add(add(parts[0], parts[1]), parts[2])
        amounts = assign(amounts, inside, round_ratio(exact, Fraction(1, scale)))
    return _at_least(amounts, 0)


def _limited_sums(
    buckets: Buckets, rows: Index, which: Index, prices: Sequence[_Price], sales: Sales
) -> tuple[Ints, Ints, Ints]:
    """For each bucket: net of the lines under the percentage, units of those under the floor and under the ceiling.

    A line is under the floor where net / units is below floor / share. Net is below 10^21 millionths and units are
    below 10^12, so no line's price lies between the bound and the largest fraction not above it whose denominator is
    at most 10^12 (or 10^21 / bound, where that is less): that fraction decides the same, and its products fit 128 bits.
    """
    bounds = [(_bound(price.floor, price.share), _bound(price.ceiling, price.share)) for price in prices]
    over = [price.floor is not None and price.ceiling is not None and price.floor > price.ceiling for price in prices]
    keys = key_columns(buckets, rows)
    keys["bucket"] = plain_column(np.arange(rows.size))
    for place, column in enumerate(("floor_p", "floor_q", "ceiling_p", "ceiling_q")):
        found = [pair[place // 2] for pair in bounds]
        keys[column] = coded_column(which, ["" if bound is None else str(bound[place % 2]) for bound in found])
    keys["over"] = coded_column(which, ["yes" if each else "" for each in over])

    connection = sales.connection
    connection.register("priced", pa.table(keys))
    try:
        parts = [
            connection.sql(
                f"""
                WITH lines AS (
                    SELECT bucket, CASE WHEN units < 0 THEN -1 ELSE 1 END AS turned,
                        abs(units)::HUGEINT AS u,
                        coalesce(net, 0)::DECIMAL(21, 6) * 1000000::DECIMAL(7, 0) * turned AS n,
                        nullif(floor_p, '')::HUGEINT AS fp, nullif(floor_q, '')::HUGEINT AS fq,
                        nullif(ceiling_p, '')::HUGEINT AS cp, nullif(ceiling_q, '')::HUGEINT AS cq,
                        over = 'yes' AS over
                    FROM {some} AS s JOIN priced USING ({", ".join(KEY)})
                ), judged AS (
                    SELECT bucket, turned, u, n::HUGEINT AS n,
                        u > 0 AND coalesce(n::HUGEINT * fq <= u * fp, false) AS floored,
                        u > 0 AND cq IS NOT NULL
                            AND CASE WHEN floored THEN over ELSE n::HUGEINT * cq > u * cp END AS ceiled
                    FROM lines
                )
                SELECT bucket,
                    sum(CASE WHEN floored OR ceiled THEN 0 ELSE turned * n END) AS net,
                    sum(CASE WHEN floored AND NOT ceiled THEN turned * u ELSE 0 END) AS floored,
                    sum(CASE WHEN ceiled THEN turned * u ELSE 0 END) AS ceiled
                FROM judged GROUP BY bucket
                """
            ).to_arrow_table()
            for some in gathered(sales)
        ]
    finally:
        connection.unregister("priced")
    sums = [zeros(rows.size) for _ in range(3)]
    for part in parts:
        at = part["bucket"].to_numpy()
        for number, name in enumerate(("net", "floored", "ceiled")):
            amounts = ints(int(amount) for amount in part[name].to_pylist())
            sums[number] = assign(sums[number], at, add(sums[number][at], amounts))
    return sums[0], sums[1], sums[2]


def _bound(per_unit: Fraction | None, share: Fraction) -> tuple[int, int] | None:
    """The net (millionths) per unit up to which `per_unit` is at least the percentage, as p / q; (1, 0) is always."""
    if per_unit is None:
        return None
    if share == 0 or per_unit >= share * _NEVER_REACHED:
        return 1, 0
    price = per_unit / share
    return _largest_fraction(price, min(_MOST_UNITS, int(_NEVER_REACHED / price) + 1) if price else 1)


def _largest_fraction(value: Fraction, most_denominator: int) -> tuple[int, int]:
    """The largest p / q not above the value with so large a q (one of the two neighbours in the Farey sequence)."""
    if value.denominator <= most_denominator:
        return value.numerator, value.denominator
    p0, q0, p1, q1 = 0, 1, 1, 0
    numerator, denominator = value.numerator, value.denominator
    while True:
        digit = numerator // denominator
        if q0 + digit * q1 > most_denominator:
            break
        p0, q0, p1, q1 = p1, q1, p0 + digit * p1, q0 + digit * q1
        numerator, denominator = denominator, numerator - digit * denominator
    most = (most_denominator - q0) // q1
    near = (p0 + most * p1, q0 + most * q1)
    return near if Fraction(*near) <= value else (p1, q1)


# -- flat amounts ---------------------------------------------------------------------------------------------


def _flat(tariff: Tariff, buckets: Buckets, rows: Index, rate: Rate, form: Flat) -> tuple[Index, Ints]:
    order = np.lexsort((buckets.month[rows], buckets.licence[rows]))
    rows = rows[order]
    licence, month = buckets.licence[rows], buckets.month[rows]
    span = month // form.months
    span_starts = group_starts(licence, span)
    lengths = np.diff(np.append(span_starts, rows.size))
    due = month == np.repeat(month[span_starts], lengths)
    rows, licence, month = rows[due], licence[due], month[due]
    starts = group_starts(licence, month)
    scale = form.amount.denominator
    amounts = _convert(tariff, rate.currency, month[starts], ints([int(form.amount * scale)] * starts.size), scale)
    weights = buckets.units[rows].copy()
    empty = starts[group_sums(weights, starts) == 0]
    weights[empty] = 1
    return rows, apportion_groups(amounts, weights, starts)
