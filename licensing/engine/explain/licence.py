"""Why a licence owes what it owes."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from licensing.engine import cells
from licensing.engine.buckets import Buckets
from licensing.engine.compute import Computed
from licensing.engine.exact import Ints
from licensing.engine.explain.closed import KEY_NAMES, Explanation, computing, recorded, sharing_of, worked_out
from licensing.engine.limits import limit_micros
from licensing.engine.model import (
    Limit,
    Percent,
    Rate,
    Steps,
    Tiers,
)
from licensing.engine.rejects import BundleError, Rejects
from licensing.engine.royalties import family_counts, scope_key
from licensing.engine.shares import CREDIT, LicenceResult, Slice

_Amount = TypeVar("_Amount", int, Fraction)


def explain_licence_alone(bundle: Path, licence_id: str) -> list[Explanation]:
    """Why a licence's buckets would bear what they would, were a bundle closed; nothing is shared out for it.

    Raises BundleError where the bundle cannot be closed.
    """
    with computing(bundle, skip_rejected=True) as computed:
        if isinstance(computed, Rejects):
            raise BundleError("; ".join(row.message for row in computed.rows))
        return [bucket for _, bucket in _buckets(computed, licence_id)]


def explain_licence(results: Path, bundle: Path, licence_id: str) -> Explanation:
    """Why a licence owes what it owes. Raises BundleError where results and bundle do not belong together."""
    with worked_out(results, bundle) as computed:
        sharing = sharing_of(computed)
        credits: dict[tuple[str, ...], dict[str, int]] = {}
        for part in sharing.slices():
            _collect_credits(part, licence_id, credits)
        result = next((each for each in sharing.result.licences if each.licence_id == licence_id), None)
        if result is None:
            known = licence_id in computed.tables.licences
            reason = "has no sales and no charges in the period" if known else "is not in the bundle"
            raise BundleError(f"licence {licence_id!r} {reason}")
        explanation = _licence_explanation(computed, result, credits)
        _check_invoice(results, explanation)
        return explanation


def _check_invoice(results: Path, explanation: Explanation) -> None:
    wanted = ("royalty_minor", "credit_minor", "due_minor")
    expected = tuple(str(explanation[name]) for name in wanted)
    licence_id = explanation["licence"]
    if recorded(results / "invoices.csv", "licence_id", licence_id, wanted) != expected:
        raise BundleError(f"invoices.csv does not have what licence {licence_id!r} owes: run verify")


def _collect_credits(part: Slice, licence_id: str, credits: dict[tuple[str, ...], dict[str, int]]) -> None:
    buckets = part.billed.buckets
    code = list(buckets.names.licences).index(licence_id) if licence_id in buckets.names.licences else -1
    columns = [number for number, payee in enumerate(part.payees) if payee.startswith(CREDIT)]
    for row in np.flatnonzero(buckets.licence == code).tolist():
        found = {part.payees[number]: int(part.micros[row, number]) for number in columns if part.micros[row, number]}
        if found:
            credits[buckets.key_text(row)] = found


def _licence_explanation(
    computed: Computed, result: LicenceResult, credits: Mapping[tuple[str, ...], dict[str, int]]
) -> Explanation:
    buckets = [
        bucket | {"credited_micros": credits.get(key, {})} for key, bucket in _buckets(computed, result.licence_id)
    ]
    exact = sum(bucket["royalty_micros"] for bucket in buckets)
    credited = sum(sum(bucket["credited_micros"].values()) for bucket in buckets)
    explanation: Explanation = {
        "kind": "licence",
        "licence": result.licence_id,
        "licensee": result.licensee,
        "programme": computed.terms.id,
        "period": computed.terms.period,
        "currency": computed.terms.currency,
        "royalty_minor": result.royalty,
        "credit_minor": result.credit,
        "due_minor": result.due,
        "parts": {"buckets_micros": exact, "rounding_micros": result.royalty * 10**6 - exact},
        "credit_parts": {"buckets_micros": credited, "rounding_micros": result.credit * 10**6 - credited},
        "buckets": buckets,
    }
    if result.paid is not None:
        explanation |= {"paid_minor": result.paid, "overpaid_minor": result.overpaid}
    return explanation


def _buckets(computed: Computed, licence_id: str) -> Iterator[tuple[tuple[str, ...], Explanation]]:
    """Yield each bucket of a licence by its key, with the way to its royalty, in the order of the output."""
    billed = computed.billed
    names = list(billed.buckets.names.licences)
    if licence_id not in names:
        return
    detail = _BucketDetail(computed)
    for row in np.flatnonzero(billed.buckets.licence == names.index(licence_id)).tolist():
        key = billed.buckets.key_text(row)
        bucket: Explanation = dict(zip(KEY_NAMES, key, strict=True))
        bucket |= {
            "units": int(billed.buckets.units[row]),
            "rate_id": billed.rate_ids[int(billed.rate[row])],
            "reason": "no_patent_in_force" if billed.not_bearing[row] else "",
            "royalty_micros": int(billed.royalty[row]),
            "billed_micros": int(billed.billed[row]),
        }
        yield key, bucket if billed.special[row] else bucket | detail.of(key)


class _BucketDetail:
    """How single buckets came to their royalty."""

    def __init__(self, computed: Computed) -> None:
        self.computed = computed
        self.buckets: Buckets = computed.buckets
        self._row_of: dict[tuple[str, ...], int] = {self.buckets.key_text(row): row for row in self._rows_of_year()}
        self._scopes: dict[str, Ints] = {}
        self._units: dict[int, _Monthly[Fraction]] = {}
        self._amounts: dict[int, _Monthly[int]] = {}
        limits = (*computed.terms.waivers, *computed.terms.caps)
        self._matching = [computed.tariff.licences.matching(limit.match, self.buckets) for limit in limits]

    def _rows_of_year(self) -> list[int]:
        return [int(row) for row in np.flatnonzero(self.buckets.month >= self.computed.terms.period_start)]

    def _scope(self, scope: str) -> Ints:
        if scope not in self._scopes:
            columns = (self.buckets.licence, self.buckets.month)
            self._scopes[scope] = scope_key(self.computed.tariff, scope, *columns)
        return self._scopes[scope]

    def _scope_name(self, scope: str, row: int) -> str:
        code = int(self._scope(scope)[row])
        book = self.computed.tariff.licences
        return book.licences[code].id if scope == "licence" else book.enterprise_names[code]

    def of(self, key: tuple[str, ...]) -> Explanation:
        """Rate, what it comes to, and what each waiver and cap makes of it."""
        row = self._row_of[key]
        computed = self.computed
        number = int(computed.chosen[row])
        detail: Explanation = {"net_amount": cells.plain(Fraction(int(self.buckets.net[row]), 10**6))}
        if number >= 0:
            detail["rate"] = self._rate(row, computed.terms.rates[number], number)
        amount = int(computed.rated[row])
        detail["rated_micros"] = amount
        detail["limits"] = []
        for place, stage in enumerate(computed.stages):
            changed = int(stage[row]) - amount
            if self._matching[place][row]:
                detail["limits"].append(self._limit(row, place, changed))
            amount += changed
        return detail

    def _rate(self, row: int, rate: Rate, number: int) -> Explanation:
        month = int(self.buckets.month[row])
        form = rate.form
        tariff = self.computed.tariff
        base: Explanation = {"id": rate.id, "currency": rate.currency}
        if isinstance(form, Tiers | Steps):
            return (
                base
                | self._by_units(row, number, form, month)
                | {"exchange": cells.plain_ratio(tariff.exchange.rate(rate.currency, month))}
            )
        if isinstance(form, Percent):
            percent = form.percent
            if form.per_patent:
                families = int(family_counts(tariff.patents, self.buckets.take(np.array([row])))[0])
                percent = percent * families
                base["families"] = families
                if form.percent_ceiling is not None:
                    percent = min(percent, form.percent_ceiling)
            currency = self.buckets.names.currencies[int(self.buckets.currency[row])]
            return base | {
                "form": "percent",
                "percent": cells.plain_ratio(percent),
                "floor_per_unit": _plain_or_none(form.floor_per_unit),
                "ceiling_per_unit": _plain_or_none(form.ceiling_per_unit),
                "exchange": cells.plain_ratio(tariff.exchange.rate(currency, month)),
            }
        return base | {"form": "flat", "amount": cells.plain_ratio(form.amount), "months": form.months}

    def _by_units(self, row: int, number: int, form: Tiers | Steps, month: int) -> Explanation:
        scope = int(self._scope(form.scope)[row])
        if number not in self._units:
            self._units[number] = self._units_of(number, form)
        monthly = self._units[number]
        month_units = monthly.of(scope, month)
        if isinstance(form, Steps) and form.peak:
            before = monthly.most_before(scope, month)
            after = max(before, month_units)
        else:
            before = monthly.sum_before(scope, month)
            after = before + month_units
        products = self.buckets.names.products
        weight = form.weights.get(products[int(self.buckets.product[row])], Fraction(1))
        found: Explanation = {
            "scope": form.scope,
            "scope_name": self._scope_name(form.scope, row),
            "units_before": cells.plain(before),
            "units_with": cells.plain(after),
            "month_units": cells.plain(month_units),
            "bucket_units": cells.plain(int(self.buckets.units[row]) * weight),
        }
        if isinstance(form, Steps):
            return found | {"form": "steps", "fee_before": _fee(form, before), "fee_with": _fee(form, after)}
        bands = []
        for place, (above, price) in enumerate(zip(form.above, form.per_unit, strict=True)):
            end = form.above[place + 1] if place + 1 < len(form.above) else after
            units = max(min(after, end) - max(before, above), Fraction(0))
            if units:
                bands.append({"above": cells.plain(above), "per_unit": cells.plain(price), "units": cells.plain(units)})
        return found | {"form": "bands", "bands": bands}

    def _units_of(self, number: int, form: Tiers | Steps) -> "_Monthly[Fraction]":
        """Sum the weighted units under a rate by month, of each scope."""
        same = self.computed.chosen == number
        if not form.never_resets:
            same &= self.buckets.month >= self.computed.terms.year_start
        rows = np.flatnonzero(same)
        weights = [form.weights.get(product, Fraction(1)) for product in self.buckets.names.products]
        products = self.buckets.product[rows].tolist()
        units = (
            int(each) * weights[product]
            for each, product in zip(self.buckets.units[rows].tolist(), products, strict=True)
        )
        scopes = self._scope(form.scope)
        return _Monthly(scopes[rows].tolist(), self.buckets.month[rows].tolist(), units, Fraction(0))

    def _limit(self, row: int, place: int, changed: int) -> Explanation:
        terms = self.computed.terms
        limit = (*terms.waivers, *terms.caps)[place]
        if place not in self._amounts:
            self._amounts[place] = self._amounts_of(place, limit)
        scope, month = int(self._scope(limit.scope)[row]), int(self.buckets.month[row])
        before = self._amounts[place].sum_before(scope, month)
        return {
            "kind": "waiver" if place < len(terms.waivers) else "cap",
            "id": limit.id,
            "scope_name": self._scope_name(limit.scope, row),
            "limit_micros": limit_micros(self.computed.tariff, limit),
            "before_month_micros": before,
            "with_month_micros": before + self._amounts[place].of(scope, month),
            "change_micros": changed,
        }

    def _amounts_of(self, place: int, limit: Limit) -> "_Monthly[int]":
        """Sum by month, of each scope, the royalties of the year that come to a waiver or cap."""
        amounts = self.computed.rated if place == 0 else self.computed.stages[place - 1]
        rows = np.flatnonzero(self._matching[place] & (self.buckets.month >= self.computed.terms.year_start))
        scopes = self._scope(limit.scope)
        return _Monthly(scopes[rows].tolist(), self.buckets.month[rows].tolist(), amounts[rows].tolist(), 0)


class _Monthly(Generic[_Amount]):
    """What accumulates in each scope, by month: added up once, and read of every bucket."""

    def __init__(
        self, scopes: Iterable[int], months: Iterable[int], amounts: Iterable[_Amount], nothing: _Amount
    ) -> None:
        self._nothing: _Amount = nothing
        self._sums: dict[int, dict[int, _Amount]] = {}
        for scope, month, amount in zip(scopes, months, amounts, strict=True):
            of_scope = self._sums.setdefault(scope, {})
            of_scope[month] = of_scope.get(month, nothing) + amount
        self._months = {scope: sorted(found) for scope, found in self._sums.items()}
        ordered = {scope: [found[month] for month in self._months[scope]] for scope, found in self._sums.items()}
        self._up_to: dict[int, list[_Amount]] = {scope: list(accumulate(found)) for scope, found in ordered.items()}
        self._most: dict[int, list[_Amount]] = {scope: list(accumulate(found, max)) for scope, found in ordered.items()}

    def of(self, scope: int, month: int) -> _Amount:
        """Return what a month has."""
        return self._sums.get(scope, {}).get(month, self._nothing)

    def sum_before(self, scope: int, month: int) -> _Amount:
        """Return what all months before one have together."""
        return self._before(self._up_to, scope, month)

    def most_before(self, scope: int, month: int) -> _Amount:
        """Return what the largest of the months before one has."""
        return self._before(self._most, scope, month)

    def _before(self, running: Mapping[int, Sequence[_Amount]], scope: int, month: int) -> _Amount:
        place = bisect_left(self._months.get(scope, ()), month)
        return running[scope][place - 1] if place else self._nothing


def _fee(form: Steps, measure: Fraction) -> str:
    reached = [fee for above, fee in zip(form.above, form.fee, strict=True) if above < measure]
    return cells.plain(reached[-1] if reached else Fraction(0))


def _plain_or_none(value: Fraction | None) -> str | None:
    return None if value is None else cells.plain(value)
