"""Why a licence owes what it owes."""

import tempfile
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np

from licensing.engine import cells
from licensing.engine.buckets import Buckets
from licensing.engine.compute import Computed, compute
from licensing.engine.exact import Ints
from licensing.engine.explain.closed import KEY_NAMES, Explanation, recorded, sharing_of, worked_out
from licensing.engine.limits import limit_micros
from licensing.engine.model import (
    Percent,
    Rate,
    Steps,
    Tiers,
)
from licensing.engine.rejects import BundleError, Rejects
from licensing.engine.royalties import family_counts, scope_key
from licensing.engine.shares import CREDIT, LicenceResult, Slice


def explain_licence_alone(bundle: Path, licence_id: str) -> Explanation | None:
    """Why a licence would owe what it would, were a bundle closed; None where the bundle has nothing of it.

    Raises BundleError where the bundle cannot be closed.
    """
    with tempfile.TemporaryDirectory(prefix="lianchi-explain-") as scratch:
        computed = compute(bundle, Path(scratch), skip_rejected=True, progress=lambda stage: None)
        if isinstance(computed, Rejects):
            raise BundleError("; ".join(row.message for row in computed.rows))
        return _shared_out(computed, licence_id)


def _shared_out(computed: Computed, licence_id: str) -> Explanation | None:
    sharing = sharing_of(computed)
    credits: dict[tuple[str, ...], dict[str, int]] = {}
    for part in sharing.slices():
        _collect_credits(part, licence_id, credits)
    result = next((each for each in sharing.result.licences if each.licence_id == licence_id), None)
    return None if result is None else _licence_explanation(computed, result, credits)


def explain_licence(results: Path, bundle: Path, licence_id: str) -> Explanation:
    """Why a licence owes what it owes. Raises BundleError where results and bundle do not belong together."""
    with worked_out(results, bundle) as computed:
        explanation = _shared_out(computed, licence_id)
        if explanation is None:
            known = licence_id in computed.tables.licences
            reason = "has no sales and no charges in the period" if known else "is not in the bundle"
            raise BundleError(f"licence {licence_id!r} {reason}")
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
    billed = computed.billed
    detail = _BucketDetail(computed)
    buckets = []
    names = billed.buckets.names
    code = list(names.licences).index(result.licence_id)
    for row in np.flatnonzero(billed.buckets.licence == code).tolist():
        key = billed.buckets.key_text(row)
        bucket: Explanation = dict(zip(KEY_NAMES, key, strict=True))
        bucket |= {
            "units": int(billed.buckets.units[row]),
            "rate_id": billed.rate_ids[int(billed.rate[row])],
            "reason": "no_patent_in_force" if billed.not_bearing[row] else "",
            "royalty_micros": int(billed.royalty[row]),
            "billed_micros": int(billed.billed[row]),
            "credited_micros": credits.get(key, {}),
        }
        if not billed.special[row]:
            bucket |= detail.of(key)
        buckets.append(bucket)
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


class _BucketDetail:
    """How single buckets came to their royalty."""

    def __init__(self, computed: Computed) -> None:
        self.computed = computed
        self.buckets: Buckets = computed.buckets
        self._row_of: dict[tuple[str, ...], int] = {self.buckets.key_text(row): row for row in self._rows_of_year()}
        self._scopes: dict[str, Ints] = {}
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
        scopes = self._scope(form.scope)
        same = (self.computed.chosen == number) & (scopes == scopes[row])
        if not form.never_resets:
            same &= self.buckets.month >= self.computed.terms.year_start
        monthly: dict[int, Fraction] = defaultdict(Fraction)
        products = self.buckets.names.products
        for each in np.flatnonzero(same & (self.buckets.month <= month)).tolist():
            weight = form.weights.get(products[int(self.buckets.product[each])], Fraction(1))
            monthly[int(self.buckets.month[each])] += int(self.buckets.units[each]) * weight
        earlier = [units for each, units in monthly.items() if each < month]
        if isinstance(form, Steps) and form.peak:
            before = max(earlier, default=Fraction(0))
            after = max(before, monthly[month])
        else:
            before = sum(earlier, Fraction(0))
            after = before + monthly[month]
        weight = form.weights.get(products[int(self.buckets.product[row])], Fraction(1))
        found: Explanation = {
            "scope": form.scope,
            "scope_name": self._scope_name(form.scope, row),
            "units_before": cells.plain(before),
            "units_with": cells.plain(after),
            "month_units": cells.plain(monthly[month]),
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

    def _limit(self, row: int, place: int, changed: int) -> Explanation:
        terms = self.computed.terms
        limit = (*terms.waivers, *terms.caps)[place]
        amounts = self.computed.rated if place == 0 else self.computed.stages[place - 1]
        scopes = self._scope(limit.scope)
        month = self.buckets.month
        same = self._matching[place] & (scopes == scopes[row]) & (month >= terms.year_start)
        return {
            "kind": "waiver" if place < len(terms.waivers) else "cap",
            "id": limit.id,
            "scope_name": self._scope_name(limit.scope, row),
            "limit_micros": limit_micros(self.computed.tariff, limit),
            "before_month_micros": sum(amounts[same & (month < month[row])].tolist()),
            "with_month_micros": sum(amounts[same & (month <= month[row])].tolist()),
            "change_micros": changed,
        }


def _fee(form: Steps, measure: Fraction) -> str:
    reached = [fee for above, fee in zip(form.above, form.fee, strict=True) if above < measure]
    return cells.plain(reached[-1] if reached else Fraction(0))


def _plain_or_none(value: Fraction | None) -> str | None:
    return None if value is None else cells.plain(value)
