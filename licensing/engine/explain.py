"""Why an amount is what it is: from what is due down to buckets, rates, bands, limits, nodes and patents.

An explanation is made of plain dictionaries and lists (as `--json` prints it). Amounts in micros are whole numbers;
in every explanation the parts add up to the amount, the difference that rounding makes being a part of its own.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from licensing.engine import cells
from licensing.engine.allocation import Restriction, Tree
from licensing.engine.buckets import Buckets
from licensing.engine.compute import Computed, compute
from licensing.engine.exact import Ints
from licensing.engine.limits import limit_micros
from licensing.engine.model import (
    AnyNode,
    ColumnNode,
    CoverageNode,
    MemberNode,
    PatentsNode,
    Percent,
    PointsNode,
    Rate,
    ReserveNode,
    SegmentNode,
    SplitNode,
    Steps,
    Tiers,
    first_day,
    month_text,
)
from licensing.engine.rejects import BundleError, Rejects
from licensing.engine.royalties import family_counts, scope_key
from licensing.engine.shares import CREDIT, LicenceResult, Sharing, Slice
from licensing.engine.verify import changed_input, read_results, read_run
from licensing.engine.weights import country_sets

KEY_NAMES = ("licence_id", "product", "made_in", "sold_in", "month", "currency")

Explanation = dict[str, Any]


def explain_licence(results: Path, bundle: Path, licence_id: str) -> Explanation:
    """Why a licence owes what it owes. Raises BundleError where results and bundle do not belong together."""
    with _worked_out(results, bundle) as computed:
        sharing = _sharing(computed)
        credits: dict[tuple[str, ...], dict[str, int]] = {}
        for part in sharing.slices():
            _collect_credits(part, licence_id, credits)
        result = next((each for each in sharing.result.licences if each.licence_id == licence_id), None)
        if result is None:
            known = licence_id in computed.tables.licences
            reason = "has no sales and no charges in the period" if known else "is not in the bundle"
            raise BundleError(f"licence {licence_id!r} {reason}")
        _check_invoice(results, result)
        return _licence_explanation(computed, result, credits)


def explain_payee(results: Path, bundle: Path, payee: str) -> Explanation:
    """Why a payee gets what it gets. A member whose money is withheld is explained by what is withheld for it.

    Raises BundleError where results and bundle do not belong together, or nobody is called so.
    """
    with _worked_out(results, bundle) as computed:
        member = computed.tables.members.get(payee)
        if member is not None and member.held:
            payee = member.payee
        witness = _PayeeWitness(payee)
        sharing = _sharing(computed)
        buckets: list[Explanation] = []
        for part in sharing.slices(witness):
            buckets.extend(_payee_buckets(sharing.tree, part, payee, witness))
            witness.forget()
        amount = sharing.result.payee_minor.get(payee)
        if amount is None:
            raise BundleError(f"payee {payee!r} gets nothing in this close, and is not a member")
        recorded = _recorded(results / "payees.csv", "payee", payee, ("amount_minor",))
        if recorded != (str(amount),):
            raise BundleError(f"payees.csv does not have {amount} for {payee!r}: run verify")
        micros = sum(bucket["micros"] for bucket in buckets)
        return {
            "kind": "payee",
            "payee": payee,
            "name": member.name if member else None,
            "programme": computed.terms.id,
            "period": computed.terms.period,
            "currency": computed.terms.currency,
            "amount_minor": amount,
            "parts": {"buckets_micros": micros, "rounding_micros": amount * 10**6 - micros},
            "by_product": _summed(buckets, "product"),
            "by_licence": _summed(buckets, "licence_id"),
            "buckets": buckets,
            "patents": witness.patents,
        }


# -- reading what was closed ----------------------------------------------------------------------------------


@contextmanager
def _worked_out(results: Path, bundle: Path) -> Iterator[Computed]:
    run = read_run(results)
    difference = changed_input(run, bundle)
    if difference:
        raise BundleError(f"{results} is not a close of {bundle}: {difference}")
    with tempfile.TemporaryDirectory(prefix="lianchi-explain-") as scratch:
        computed = compute(bundle, Path(scratch), skip_rejected="rejected" in run, progress=lambda stage: None)
        if isinstance(computed, Rejects):
            raise BundleError(f"{bundle} is rejected now; close it again")
        yield computed


def _sharing(computed: Computed) -> Sharing:
    return Sharing(computed.terms, computed.tables, computed.tariff.patents, computed.billed)


def _recorded(path: Path, key: str, value: str, wanted: tuple[str, ...]) -> tuple[str, ...] | None:
    """The wanted cells of the row of a result file whose key column has the value."""
    for row in read_results(path):
        if row[key] == value:
            return tuple(row[name] for name in wanted)
    return None


def _check_invoice(results: Path, result: LicenceResult) -> None:
    expected = (str(result.royalty), str(result.credit), str(result.due))
    wanted = ("royalty_minor", "credit_minor", "due_minor")
    if _recorded(results / "invoices.csv", "licence_id", result.licence_id, wanted) != expected:
        raise BundleError(f"invoices.csv does not have what licence {result.licence_id!r} owes: run verify")


def _summed(buckets: list[Explanation], name: str) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for bucket in buckets:
        sums[bucket[name]] += bucket["micros"]
    return dict(sorted(sums.items()))


# -- a licence ------------------------------------------------------------------------------------------------


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


# -- a payee --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _PayeeWitness:
    """Keeps what reached each node, and what each gave to one payee, for the slice being shared out."""

    payee: str
    reached_nodes: list[tuple[AnyNode, Restriction, Ints]] = field(default_factory=list)
    gifts: list[tuple[AnyNode, Restriction, Ints]] = field(default_factory=list)
    patents: dict[str, list[Explanation]] = field(default_factory=dict)

    def reached(self, node: AnyNode, within: Restriction, amounts: Ints) -> None:
        self.reached_nodes.append((node, within, amounts))

    def gave(self, node: AnyNode, within: Restriction, payee: str, amounts: Ints) -> None:
        if payee == self.payee:
            self.gifts.append((node, within, amounts))

    def forget(self) -> None:
        """Make ready for the next slice."""
        self.reached_nodes.clear()
        self.gifts.clear()


def _payee_buckets(tree: Tree, part: Slice, payee: str, witness: _PayeeWitness) -> Iterator[Explanation]:
    if payee not in part.payees:
        return
    column = part.payees.index(payee)
    buckets = part.billed.buckets
    for row in np.flatnonzero(part.micros[:, column]).tolist():
        bucket: Explanation = dict(zip(KEY_NAMES, buckets.key_text(row), strict=True))
        bucket |= {
            "rate_id": part.billed.rate_ids[int(part.billed.rate[row])],
            "billed_micros": int(part.billed.billed[row]),
            "owed_micros": int(part.before_payment[row, column]),
            "micros": int(part.micros[row, column]),
            "nodes": _nodes(witness, tree, part.first, row),
        }
        yield bucket


def _nodes(witness: _PayeeWitness, tree: Tree, first: int, row: int) -> list[Explanation]:
    """The nodes through which the payee's micros of one bucket came, from the root down."""
    found = []
    giving = [(node, within, int(amounts[row])) for node, within, amounts in witness.gifts if amounts[row]]
    for node, within, amounts in witness.reached_nodes:
        if not amounts[row]:
            continue
        gave = sum(given for leaf, among, given in giving if leaf.path == node.path and among == within)
        leads = any(leaf.path.startswith(f"{node.path}.") for leaf, _, _ in giving)
        if not gave and not leads:
            continue
        step: Explanation = {"path": node.path, "by": by_name(node), "reached_micros": int(amounts[row])}
        if gave:
            step["gave_micros"] = gave
            step |= _weight(witness, tree, node, within, first + row)
        found.append(step)
    return found


def by_name(node: AnyNode) -> str:
    """The node's kind as the terms write it."""
    return type(node).__name__.removesuffix("Node").lower()


def _weight(witness: _PayeeWitness, tree: Tree, node: AnyNode, within: Restriction, row: int) -> Explanation:
    if isinstance(node, MemberNode | ReserveNode | SegmentNode | SplitNode):
        return {}
    member = next(number for number in within if tree.members[number].payee == witness.payee)
    counted = tree.counted(node, within, row)
    step: Explanation = {"weight": counted[within.index(member)], "weights": sum(counted)}
    cap = node.cap_percent if isinstance(node, PatentsNode | PointsNode | ColumnNode) else None
    if cap is not None:
        weights = tree.weights(node, within)
        vector = weights.vectors[int(weights.which[row])].tolist()
        step["cap_percent"] = cells.plain(cap)
        step["share_under_cap"] = cells.plain_ratio(Fraction(vector[within.index(member)], sum(vector)))
    if isinstance(node, PatentsNode | CoverageNode):
        step["patents"] = _note_patents(witness, tree, node, member, row)
    return step


def _note_patents(witness: _PayeeWitness, tree: Tree, node: PatentsNode | CoverageNode, member: int, row: int) -> str:
    """Remember which of the member's patents counted, under a name that the bucket refers to."""
    context = tree.context(row)
    sets = country_sets(node.territory, context)
    asked = " and ".join(" or ".join(country or "any country" for country in countries) for countries in sets)
    name = f"{node.path} | {context.product or 'any product'} | {asked} | {month_text(context.month)}"
    if name not in witness.patents:
        member_id = tree.members[member].id
        book = tree.patents
        days = [first_day(context.month)]
        if isinstance(node, PatentsNode) and node.days:
            days = [day for countries in sets for day, _ in book.joint_day_runs(countries, context.month)]
        numbers = {
            number
            for countries in sets
            for country in countries
            for day in days
            for number in book.counting(country, context.product, day)
            if book.patents[number].owner == member_id
        }
        witness.patents[name] = [
            {
                "publication": patent.publication,
                "family": patent.family,
                "country": patent.country,
                "class": patent.class_label,
                "share": cells.plain(patent.share),
            }
            for patent in (book.patents[number] for number in sorted(numbers))
        ]
    return name
