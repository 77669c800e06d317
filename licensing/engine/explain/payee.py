"""Why a payee gets what it gets."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

from licensing.engine import cells
from licensing.engine.allocation import Restriction, Tree
from licensing.engine.exact import Ints
from licensing.engine.explain.closed import KEY_NAMES, Explanation, recorded, sharing_of, worked_out
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
    first_day,
    month_text,
)
from licensing.engine.rejects import BundleError
from licensing.engine.shares import Slice
from licensing.engine.weights import country_sets


def explain_payee(results: Path, bundle: Path, payee: str) -> Explanation:
    """Why a payee gets what it gets. A member whose money is withheld is explained by what is withheld for it.

    Raises BundleError where results and bundle do not belong together, or nobody is called so.
    """
    with worked_out(results, bundle) as computed:
        member = computed.tables.members.get(payee)
        witness = _PayeeWitness(payee if member is None else member.payee)
        sharing = sharing_of(computed)
        buckets: list[Explanation] = []
        for part in sharing.slices(witness):
            buckets.extend(_payee_buckets(sharing.tree, part, witness))
            witness.forget()
        # A member whose money is withheld is called ~held:… only where there is some.
        payee = witness.payee if witness.payee in sharing.result.payee_minor else payee
        amount = sharing.result.payee_minor.get(payee)
        if amount is None:
            raise BundleError(f"payee {payee!r} gets nothing in this close, and is not a member")
        written = recorded(results / "payees.csv", "payee", payee, ("amount_minor",))
        if written != (str(amount),):
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


def _summed(buckets: list[Explanation], name: str) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for bucket in buckets:
        sums[bucket[name]] += bucket["micros"]
    return dict(sorted(sums.items()))


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


def _payee_buckets(tree: Tree, part: Slice, witness: _PayeeWitness) -> Iterator[Explanation]:
    if witness.payee not in part.payees:
        return
    column = part.payees.index(witness.payee)
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
    # Segments without members are the same restriction: what reaches a node through several of them is one step.
    reached: dict[tuple[str, Restriction], tuple[AnyNode, int]] = {}
    for node, within, amounts in witness.reached_nodes:
        before = reached.get((node.path, within), (node, 0))[1]
        reached[node.path, within] = (node, before + int(amounts[row]))
    for (_, within), (node, amount) in reached.items():
        if not amount:
            continue
        gave = sum(given for leaf, among, given in giving if leaf.path == node.path and among == within)
        leads = any(leaf.path.startswith(f"{node.path}.") for leaf, _, _ in giving)
        if not gave and not leads:
            continue
        step: Explanation = {"path": node.path, "by": by_name(node), "reached_micros": amount}
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
