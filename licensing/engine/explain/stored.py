"""Why a payee got what it got of one bucket of a finished close, from the bundle's small tables alone.

Sales are not read again: what was billed for the bucket is known from the results, and everything below that (fee,
tree, credits) depends on the bucket itself, the terms, the members and the patents.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np

from licensing.engine import cells
from licensing.engine.allocation import FEE, UNDISTRIBUTED, Restriction, Tree
from licensing.engine.buckets import Buckets, Names
from licensing.engine.exact import Ints, common_scale, ints, zeros
from licensing.engine.explain.closed import Explanation
from licensing.engine.explain.payee import by_name
from licensing.engine.limits import Billed
from licensing.engine.model import (
    AnyNode,
    ColumnNode,
    CoverageNode,
    MemberNode,
    PatentsNode,
    PointsNode,
    ReserveNode,
    SegmentNode,
    SplitNode,
    Terms,
    first_day,
)
from licensing.engine.patents import PatentBook
from licensing.engine.rejects import BundleError, Rejects
from licensing.engine.shares import CREDIT, Sharing
from licensing.engine.tables import Tables, read_tables
from licensing.engine.terms import TermsError, parse_terms
from licensing.engine.weights import country_sets
from platform_core.money import apportion

_SPECIAL: Final = "~"


@dataclass(frozen=True, slots=True)
class Rules:
    """The terms of a close with its members, patents and bilateral licences: all that shares depend on."""

    terms: Terms
    tables: Tables
    patents: PatentBook


@dataclass(frozen=True, slots=True)
class StoredBucket:
    """One bucket of the results: its key, the entry of the tariff that applied, and what was billed, in micros."""

    licence_id: str
    product: str
    made_in: str
    sold_in: str
    month: str
    currency: str
    rate_id: str
    billed_micros: int


def read_rules(bundle: Path) -> Rules:
    """Read terms and small tables of a bundle that was closed. Raises BundleError where they cannot be read."""
    rejects = Rejects()
    try:
        terms = parse_terms((bundle / "programme.toml").read_bytes())
    except (OSError, TermsError) as error:
        raise BundleError(f"programme.toml cannot be read: {error}") from error
    tables = read_tables(bundle, terms, rejects)
    if rejects.stop():
        raise BundleError("; ".join(row.message for row in rejects.rows))
    return Rules(terms, tables, PatentBook(tables.patents))


def explain_bucket(rules: Rules, bucket: StoredBucket, payee: str) -> Explanation:
    """Why a payee got what it got of one bucket: each node that gave, and the families that counted there.

    `owed_micros` is what it got before payments took the place of what is owed; with basis `accrued` it is what the
    results hold. What the nodes gave adds up to it, and what families brought to what their node gave.
    """
    sharing = Sharing(rules.terms, rules.tables, rules.patents, _billed(rules, bucket))
    witness = _Witness(_recipient(rules, payee))
    part = sharing.share(0, 1, witness)
    owed = int(part.before_payment[0, part.payees.index(payee)]) if payee in part.payees else 0
    explanation: Explanation = {"payee": payee, "owed_micros": owed, "rules": []}
    if payee == FEE:
        return explanation | {"fee_percent": cells.plain(rules.terms.admin_fee_percent)}
    if payee == UNDISTRIBUTED:
        return explanation
    explanation["rules"] = [_rule(sharing.tree, witness, path) for path in witness.gave_by_path if owed]
    return explanation


def _recipient(rules: Rules, payee: str) -> str:
    """Whom the tree gave it to: a credited amount went to the member first."""
    if payee.startswith(CREDIT):
        member = rules.tables.members.get(payee.removeprefix(CREDIT))
        return payee if member is None else member.payee
    return payee


def _billed(rules: Rules, bucket: StoredBucket) -> Billed:
    # All licences are named: what refers to another one must not find this one in its place.
    licences = list(rules.tables.licences)
    special = bucket.product.startswith(_SPECIAL)
    countries = sorted({bucket.made_in, bucket.sold_in})
    one, month = zeros(1), cells.month(bucket.month)
    return Billed(
        buckets=Buckets(
            names=Names(licences, [bucket.product], countries, [bucket.currency]),
            licence=ints([licences.index(bucket.licence_id)]),
            product=one,
            made_in=ints([countries.index(bucket.made_in)]),
            sold_in=ints([countries.index(bucket.sold_in)]),
            month=ints([month]),
            currency=one,
            units=one,
            net=one,
            lines=one,
            priced=one,
            position=one,
        ),
        rate_ids=(bucket.rate_id,),
        rate=one,
        not_bearing=np.zeros(1, dtype=bool),
        special=ints([int(special)]),
        royalty=ints([bucket.billed_micros]),
        billed=ints([bucket.billed_micros]),
        starts=np.zeros(1, dtype=np.intp),
        invoice=one,
    )


@dataclass(slots=True)
class _Witness:
    """Keeps what reached each node, and which gave to the payee how much."""

    payee: str
    reached_by_path: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    gave_by_path: dict[str, int] = field(default_factory=dict)
    givers: dict[str, tuple[AnyNode, Restriction]] = field(default_factory=dict)

    def reached(self, node: AnyNode, within: Restriction, amounts: Ints) -> None:
        self.reached_by_path[node.path] += int(amounts[0])

    def gave(self, node: AnyNode, within: Restriction, payee: str, amounts: Ints) -> None:
        if payee == self.payee and amounts[0]:
            self.gave_by_path[node.path] = self.gave_by_path.get(node.path, 0) + int(amounts[0])
            self.givers[node.path] = (node, within)


def _rule(tree: Tree, witness: _Witness, path: str) -> Explanation:
    """One node that gave to the payee: what reached it, how it weighs, and which families brought how much."""
    node, within = witness.givers[path]
    gave = witness.gave_by_path[path]
    rule: Explanation = {
        "path": path,
        "by": by_name(node),
        "reached_micros": witness.reached_by_path[path],
        "gave_micros": gave,
        "families": [],
    }
    if isinstance(node, MemberNode | ReserveNode | SegmentNode | SplitNode):
        return rule
    member = next(number for number in within if tree.members[number].payee == witness.payee)
    counted = tree.counted(node, within, 0)
    rule |= {"weight": str(counted[within.index(member)]), "weights": str(sum(counted))}
    cap = node.cap_percent if isinstance(node, PatentsNode | PointsNode | ColumnNode) else None
    if cap is not None:
        rule["cap_percent"] = cells.plain(cap)
    if isinstance(node, ColumnNode):
        rule["column"] = node.column
    if isinstance(node, PatentsNode | CoverageNode):
        rule["territory"] = node.territory
        if isinstance(node, PatentsNode):
            rule |= {"count": node.count, "time": "days" if node.days else "first_day"}
        rule["families"] = counted_families(tree, node, member, 0, gave)
    return rule


@dataclass(slots=True)
class _Family:
    weight: Fraction = Fraction(0)
    rows: dict[int, Fraction] = field(default_factory=lambda: defaultdict(Fraction))


def counted_families(
    tree: Tree, node: PatentsNode | CoverageNode, member: int, row: int, gave: int
) -> list[Explanation]:
    """The member's families that counted for one bucket, each with its weight, its patents and what it brought.

    Weights add up to the member's own. Where having one patent is enough (coverage), families weigh and bring nothing.
    """
    families = _weighed(tree, node, tree.members[member].id, row)
    names = sorted(families)
    weights = [families[name].weight for name in names]
    scale = common_scale(weights)
    whole = [int(weight * scale) for weight in weights]
    brought = apportion(gave, whole) if any(whole) else [0] * len(names)
    covers = isinstance(node, CoverageNode)
    return [
        {
            "family": name,
            "weight": None if covers else cells.plain_ratio(families[name].weight),
            "micros": None if covers else micros,
            "patents": [
                _patent(tree.patents, number, weight) for number, weight in sorted(families[name].rows.items())
            ],
        }
        for name, micros in zip(names, brought, strict=True)
    ]


def _weighed(tree: Tree, node: PatentsNode | CoverageNode, member_id: str, row: int) -> dict[str, _Family]:
    context, book = tree.context(row), tree.patents
    families: dict[str, _Family] = defaultdict(_Family)
    for countries in country_sets(node.territory, context):
        runs = [(first_day(context.month), 1)]
        if isinstance(node, PatentsNode) and node.days:
            runs = book.joint_day_runs(countries, context.month)
        for day, days in runs:
            counting = {number for country in countries for number in book.counting(country, context.product, day)}
            own: dict[str, list[int]] = defaultdict(list)
            for number in sorted(counting):
                if book.patents[number].owner == member_id:
                    own[book.patents[number].family].append(number)
            for name, numbers in own.items():
                family = families[name]
                for number, weight in _row_weights(node, book, numbers).items():
                    family.rows[number] += weight * days
                    family.weight += weight * days
    return families


def _row_weights(node: PatentsNode | CoverageNode, book: PatentBook, numbers: Iterable[int]) -> dict[int, Fraction]:
    """What each of one family's counting rows adds; rows beside the one that stands for the family add nothing."""
    patents = {number: book.patents[number] for number in numbers}
    if isinstance(node, CoverageNode):
        return dict.fromkeys(patents, Fraction(0))
    if node.reach is not None:
        countries = {patent.country for patent in patents.values()}
        base = node.reach.major_base if countries & node.reach.major else node.reach.base
        further = min(len(countries) - 1, node.reach.extra_max)
        most = max(patents, key=lambda number: (patents[number].share, -number))
        weight = (base + node.reach.extra * further) * patents[most].share
        return {number: weight if number == most else Fraction(0) for number in patents}
    each = {
        number: node.class_weights.get(patent.class_label, Fraction(1)) * patent.share
        for number, patent in patents.items()
    }
    if node.count == "publications":
        return each
    heaviest = max(each, key=lambda number: (each[number], -number))
    return {number: weight if number == heaviest else Fraction(0) for number, weight in each.items()}


def _patent(book: PatentBook, number: int, weight: Fraction) -> Explanation:
    patent = book.patents[number]
    return {
        "publication": patent.publication,
        "country": patent.country,
        "class": patent.class_label,
        "share": cells.plain(patent.share),
        "granted": patent.granted.isoformat() if patent.granted else None,
        "ends": patent.ends.isoformat() if patent.ends else None,
        "enters": patent.enters.isoformat() if patent.enters else None,
        "leaves": patent.leaves.isoformat() if patent.leaves else None,
        "weight": cells.plain_ratio(weight),
    }
