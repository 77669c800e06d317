"""Down the tree: who gets what of a bucket's billed micros.

Buckets are not walked one by one: for each node they are grouped by what its weights depend on, the weight vectors
are worked out once per group, and all buckets are then split at once.

Source: the close specification, section 6.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Protocol

import numpy as np

from licensing.engine.buckets import Buckets, Flags, distinct, word_flags
from licensing.engine.exact import (
    Index,
    Ints,
    add,
    apportion_rows,
    common_scale,
    ints,
    wide,
    zeros,
)
from licensing.engine.limits import Billed
from licensing.engine.model import (
    AnyNode,
    ColumnNode,
    CoverageNode,
    EqualNode,
    MemberNode,
    PatentsNode,
    PointsNode,
    ReserveNode,
    SegmentNode,
    SplitNode,
    When,
    first_day,
)
from licensing.engine.patents import PatentBook
from licensing.engine.tables import Member
from licensing.engine.weights import Context, PatentCounter, capped, reduced, roles

FEE: Final = "~fee"
RESERVE: Final = "~reserve:"
UNDISTRIBUTED: Final = "~undistributed"

Restriction = tuple[int, ...]
"""Members by their number in ascending order of member_id: those a node may give to."""


@dataclass(frozen=True, slots=True)
class Weights:
    """For each bucket one of a few weight vectors over the members of a restriction."""

    vectors: Ints
    which: Ints

    @property
    def positive(self) -> Flags:
        """For each bucket, whether some weight is above 0."""
        if self.vectors.shape[0] == 0:
            return np.zeros(self.which.size, dtype=bool)
        return np.asarray(np.any(self.vectors > 0, axis=1))[self.which]


@dataclass(frozen=True, slots=True)
class _Groups:
    """Which group each bucket is of, and all members' weights in each group."""

    which: Index
    weights: list[tuple[int, ...]]


class Tree:
    """The allocation of one set of buckets. Answers about nodes are remembered."""

    def __init__(self, root: AnyNode, members: Mapping[str, Member], patents: PatentBook, billed: Billed) -> None:
        self.root = root
        self.members = list(members.values())
        self.patents = patents
        self.billed = billed
        self.buckets: Buckets = billed.buckets
        self.everyone: Restriction = tuple(range(len(self.members)))
        self._number = {member.id: number for number, member in enumerate(self.members)}
        self._weights: dict[tuple[str, Restriction], Weights] = {}
        self._filled: dict[tuple[str, Restriction], Flags] = {}
        self._present_in: dict[int, list[bool]] = {}
        self._grouped: dict[str, _Groups] = {}

    # -- who takes part -------------------------------------------------------------------------------------------

    def present(self, month: int) -> list[bool]:
        """By member: whether it is in on the month's first day."""
        if month not in self._present_in:
            day = first_day(month)
            self._present_in[month] = [member.is_in(day) for member in self.members]
        return self._present_in[month]

    def member(self, name: str) -> Member:
        """The member of that id."""
        return self.members[self._number[name]]

    def segment(self, within: Restriction, name: str) -> Restriction:
        """Those of the restriction that belong to the segment."""
        return tuple(number for number in within if self.members[number].segment == name)

    # -- emptiness ------------------------------------------------------------------------------------------------

    def filled(self, node: AnyNode, within: Restriction) -> Flags:
        """For each bucket, whether the node, or what stands in for it, has somebody to give to."""
        own = self.filled_itself(node, within)
        return own if node.otherwise is None else own | self.filled(node.otherwise, within)

    def filled_itself(self, node: AnyNode, within: Restriction) -> Flags:
        """For each bucket, whether the node itself has somebody to give to."""
        key = (node.path, within)
        if key not in self._filled:
            flags = self._find_filled(node, within)
            self._filled[key] = flags if node.when is None else flags & self.matches(node.when)
        return self._filled[key]

    def _find_filled(self, node: AnyNode, within: Restriction) -> Flags:
        if isinstance(node, MemberNode | ReserveNode):
            return np.ones(self.buckets.size, dtype=bool)
        if isinstance(node, SegmentNode | SplitNode):
            flags = np.zeros(self.buckets.size, dtype=bool)
            for share, child, restriction in self.children(node, within):
                if share > 0:
                    flags = flags | self.filled(child, restriction)
            return flags
        return self.weights(node, within).positive

    def children(
        self, node: SegmentNode | SplitNode, within: Restriction
    ) -> list[tuple[Fraction, AnyNode, Restriction]]:
        """Share, node and restriction of each child: segments by name, branches as written."""
        if isinstance(node, SegmentNode):
            return [(node.shares[name], node.within, self.segment(within, name)) for name in sorted(node.shares)]
        return [(share, child, within) for share, child in zip(node.shares, node.branches, strict=True)]

    def matches(self, when: When) -> Flags:
        """Which buckets the node is for. One without sales has no countries, and a minimum no product either."""
        names = self.buckets.names
        flags = np.ones(self.buckets.size, dtype=bool)
        special = self.billed.special == 1
        if when.licences is not None:
            flags &= word_flags(when.licences, names.licences)[self.buckets.licence]
        if when.products is not None:
            named = [word in when.products and not word.startswith("~minimum:") for word in names.products]
            flags &= np.array(named, dtype=bool)[self.buckets.product]
        if when.made_in is not None:
            flags &= word_flags(when.made_in, names.countries)[self.buckets.made_in] & ~special
        if when.sold_in is not None:
            flags &= word_flags(when.sold_in, names.countries)[self.buckets.sold_in] & ~special
        return flags

    # -- weights of the nodes that give to members ----------------------------------------------------------------

    def weights(self, node: AnyNode, within: Restriction) -> Weights:
        """Each bucket's weight vector over the restriction."""
        key = (node.path, within)
        if key not in self._weights:
            self._weights[key] = self._find_weights(node, within)
        return self._weights[key]

    def _find_weights(self, node: AnyNode, within: Restriction) -> Weights:
        groups = self._groups(node)
        cap = node.cap_percent if isinstance(node, PatentsNode | PointsNode | ColumnNode) else None
        vectors: dict[tuple[int, ...], int] = {}
        known: dict[tuple[int, ...], int] = {}
        number_of = []
        for whole in groups.weights:
            found = known.get(whole)
            if found is None:
                vector = reduced([whole[number] for number in within])
                if cap is not None:
                    vector = reduced(capped(vector, cap))
                found = known[whole] = vectors.setdefault(vector, len(vectors))
            number_of.append(found)
        table = ints(weight for vector in vectors for weight in vector).reshape(len(vectors), len(within))
        return Weights(table, np.array(number_of, dtype=np.int64)[groups.which] if number_of else zeros(0))

    def counted(self, node: AnyNode, within: Restriction, row: int) -> tuple[int, ...]:
        """One bucket's weights over the restriction before a cap, in the smallest whole numbers."""
        groups = self._groups(node)
        whole = groups.weights[int(groups.which[row])]
        return reduced([whole[number] for number in within])

    def _groups(self, node: AnyNode) -> _Groups:
        """Buckets with equal weights under the node, and every member's weight in each group, absent ones at 0."""
        if node.path not in self._grouped:
            self._grouped[node.path] = self._find_groups(node)
        return self._grouped[node.path]

    def _find_groups(self, node: AnyNode) -> _Groups:
        buckets, special = self.buckets, self.billed.special
        if isinstance(node, PatentsNode | CoverageNode):
            counter = PatentCounter(node, self.patents, [member.id for member in self.members])
            use_made, use_sold = roles(node.territory)
            # Buckets without sales ask for any product in any country, so their codes tell nothing.
            sold = 1 - special
            nothing = zeros(buckets.size)
            first, which = distinct(
                special,
                buckets.month,
                buckets.product * sold,
                buckets.made_in * sold if use_made else nothing,
                buckets.sold_in * sold if use_sold else nothing,
            )
            weights = [counter.weights(self.context(row)) for row in first.tolist()]
        else:
            first, which = distinct(buckets.month)
            weights = [self._agreed_weights(node)] * first.size
        months = buckets.month[first].tolist()
        present = [self._masked(each, month) for each, month in zip(weights, months, strict=True)]
        return _Groups(which, present)

    def _masked(self, weights: Sequence[int], month: int) -> tuple[int, ...]:
        present = self.present(month)
        if all(present):
            return tuple(weights)
        return tuple(weight if is_in else 0 for weight, is_in in zip(weights, present, strict=True))

    def context(self, row: int) -> Context:
        """What a bucket's weights depend on."""
        buckets, names = self.buckets, self.buckets.names
        month = int(buckets.month[row])
        if self.billed.special[row]:
            return Context(None, None, None, month)
        return Context(
            names.products[int(buckets.product[row])],
            names.countries[int(buckets.made_in[row])],
            names.countries[int(buckets.sold_in[row])],
            month,
        )

    def _agreed_weights(self, node: AnyNode) -> list[int]:
        """Each member's weight where it does not depend on patents."""
        if isinstance(node, EqualNode):
            return [1] * len(self.members)
        if isinstance(node, PointsNode):
            exact = [node.points.get(member.id, Fraction(0)) for member in self.members]
        elif isinstance(node, ColumnNode):
            exact = [member.weights[node.column] for member in self.members]
        else:
            raise TypeError(f"{node.path} does not weigh members")
        scale = common_scale(exact)
        return [int(weight * scale) for weight in exact]


class Witness(Protocol):
    """Told what happens while amounts flow, so that it can be explained."""

    def reached(self, node: AnyNode, within: Restriction, amounts: Ints) -> None:
        """A node that gives has been reached by these amounts, one per bucket."""

    def gave(self, node: AnyNode, within: Restriction, payee: str, amounts: Ints) -> None:
        """A node gave these amounts to a payee."""


def distribute(tree: Tree, rows: slice, amounts: Ints, witness: Witness | None = None) -> dict[str, Ints]:
    """Let amounts of the buckets in `rows` flow down the tree: what each payee gets of each of them.

    What an empty root leaves goes to `~undistributed`.
    """
    flow = _Flow(tree, rows, witness)
    filled = tree.filled(tree.root, tree.everyone)[rows]
    lost = np.where(filled, 0, amounts)
    if np.any(lost):
        flow.given[UNDISTRIBUTED] = lost
    flow.through(tree.root, tree.everyone, np.where(filled, amounts, 0))
    return flow.given


class _Flow:
    """Amounts of some buckets on their way down."""

    def __init__(self, tree: Tree, rows: slice, witness: Witness | None) -> None:
        self.tree = tree
        self.rows = rows
        self.witness = witness
        self.given: dict[str, Ints] = {}

    def through(self, node: AnyNode, within: Restriction, amounts: Ints) -> None:
        """Give amounts through a node that is not empty where they are not 0."""
        if not np.any(amounts):
            return
        tree = self.tree
        if node.otherwise is not None:
            own = tree.filled_itself(node, within)[self.rows]
            self.through(node.otherwise, within, np.where(own, 0, amounts))
            amounts = np.where(own, amounts, 0)
            if not np.any(amounts):
                return
        if self.witness is not None:
            self.witness.reached(node, within, amounts)
        if isinstance(node, MemberNode):
            self.give(node, within, tree.member(node.id).payee, amounts)
        elif isinstance(node, ReserveNode):
            self.give(node, within, f"{RESERVE}{node.name}", amounts)
        elif isinstance(node, SegmentNode | SplitNode):
            children = tree.children(node, within)
            scale = common_scale(share for share, _, _ in children)
            shares = ints(int(share * scale) for share, _, _ in children)
            filled = [tree.filled(child, restriction)[self.rows] for _, child, restriction in children]
            parts = apportion_rows(amounts, np.where(np.stack(filled, axis=1), shares[None, :], 0))
            for number, (_, child, restriction) in enumerate(children):
                self.through(child, restriction, parts[:, number])
        else:
            rows = np.flatnonzero(amounts)
            weights = tree.weights(node, within)
            parts = apportion_rows(amounts[rows], weights.vectors[weights.which[self.rows][rows]])
            for number, member in enumerate(within):
                share = zeros(amounts.size)
                if parts.dtype == object:
                    share = wide(share)
                share[rows] = parts[:, number]
                self.give(node, within, tree.members[member].payee, share)

    def give(self, node: AnyNode, within: Restriction, payee: str, amounts: Ints) -> None:
        """Add to what the payee gets of each bucket."""
        had = self.given.get(payee)
        self.given[payee] = amounts if had is None else add(had, amounts)
        if self.witness is not None:
            self.witness.gave(node, within, payee, amounts)
