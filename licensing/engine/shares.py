"""What each payee gets of each bucket: fee, tree, credits and, where only what came in is shared, payments.

The period's buckets are taken licence by licence in slices, so that memory stays bounded however many payees there are.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from typing import Final

import numpy as np

from licensing.engine.allocation import FEE, Tree, Witness, distribute
from licensing.engine.exact import (
    Ints,
    add,
    apportion_groups,
    apportion_rows,
    group_sums,
    ints,
    round_ratio,
    times,
    total,
    wide,
    zeros,
)
from licensing.engine.limits import Billed
from licensing.engine.model import ReserveNode, Terms, first_day, walk
from licensing.engine.patents import PatentBook
from licensing.engine.tables import Bilateral, Tables
from platform_core.money import apportion

CREDIT: Final = "~credit:"
HELD: Final = "~held:"
_CELLS_AT_ONCE: Final = 16_000_000
_BUCKETS_AT_ONCE: Final = 100_000
_AHEAD: Final = 2
"""Slices worked out while another is used."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The buckets of some licences, and what each payee gets of them.

    `micros` has a row per bucket and a column per payee, payees ascending. `before_payment` is the same before payments
    replaced what is owed (no other where all that is owed is shared).
    """

    first: int
    billed: Billed
    payees: tuple[str, ...]
    micros: Ints
    before_payment: Ints
    licences: "list[LicenceResult]"


@dataclass(slots=True)
class LicenceResult:
    """What one licence owes for the period, in minor units, and what was received of it."""

    licence_id: str
    licensee: str
    royalty: int
    credit: int
    paid: int | None = None
    overpaid: int = 0

    @property
    def due(self) -> int:
        """Royalty less what is credited for bilateral licences."""
        return self.royalty - self.credit


@dataclass(slots=True)
class Shared:
    """The outcome of sharing a period out: licences' results, and micros and minor units by payee."""

    licences: list[LicenceResult] = field(default_factory=list)
    payee_micros: dict[str, int] = field(default_factory=dict)
    payee_minor: dict[str, int] = field(default_factory=dict)


class Sharing:
    """Shares a billed period out, slice by slice."""

    def __init__(self, terms: Terms, tables: Tables, patents: PatentBook, billed: Billed) -> None:
        self.terms = terms
        self.tables = tables
        self.patents = patents
        self.billed = billed
        self.result = Shared()
        self.tree = Tree(terms.allocation, tables.members, patents, billed)
        payees = len(tables.members) + sum(isinstance(node, ReserveNode) for node in walk(terms.allocation)) + 2
        self._most_buckets = min(max(_CELLS_AT_ONCE // payees, 1), _BUCKETS_AT_ONCE)
        self._bilaterals: dict[str, list[Bilateral]] = {}
        for bilateral in tables.bilaterals:
            self._bilaterals.setdefault(bilateral.member_id, []).append(bilateral)

    def slices(self, witness: Witness | None = None) -> Iterator[Slice]:
        """Every slice in turn; when all were taken, `result` is complete.

        While one is used the next are worked out, except for a witness, who follows slice by slice.
        """
        # What is remembered about nodes is worked out before threads ask for it.
        self.tree.filled(self.tree.root, self.tree.everyone)
        if witness is not None:
            for begin, end in self._cuts():
                yield self._absorbed(self.share(begin, end, witness))
        else:
            with ThreadPoolExecutor(_AHEAD) as workers:
                waiting: deque[Future[Slice]] = deque()
                for begin, end in self._cuts():
                    waiting.append(workers.submit(self.share, begin, end))
                    if len(waiting) > _AHEAD:
                        yield self._absorbed(waiting.popleft().result())
                while waiting:
                    yield self._absorbed(waiting.popleft().result())
        self._round_payees()

    def _cuts(self) -> Iterator[tuple[int, int]]:
        """First licence and the one after the last of each slice."""
        starts = [*self.billed.starts.tolist(), self.billed.buckets.size]
        begin = 0
        while begin < len(starts) - 1:
            end = begin + 1
            while end < len(starts) - 1 and starts[end + 1] - starts[begin] <= self._most_buckets:
                end += 1
            yield begin, end
            begin = end

    def _absorbed(self, part: Slice) -> Slice:
        """Count a slice into the result."""
        self.result.licences.extend(part.licences)
        sums = self.result.payee_micros
        for number, payee in enumerate(part.payees):
            if not payee.startswith(CREDIT):
                sums[payee] = sums.get(payee, 0) + total(part.micros[:, number])
        return part

    def share(self, begin: int, end: int, witness: Witness | None = None) -> Slice:
        """Share out the licences from number `begin` to before `end` (in the order of their buckets)."""
        first, part = _part(self.billed, begin, end)
        size = part.buckets.size
        given, rest = self.fee(part)
        shares = distribute(self.tree, slice(first, first + size), rest, witness)
        if np.any(given):
            shares[FEE] = given
        credited = self._credit(part, shares)
        payees = tuple(sorted(payee for payee, amounts in shares.items() if np.any(amounts)))
        columns = [shares[payee] for payee in payees]
        if any(column.dtype == object for column in columns):
            columns = [wide(column) for column in columns]
        micros = np.stack(columns, axis=1) if columns else np.zeros((size, 0), dtype=np.int64)
        results = self._settle(part, credited)
        before = micros
        if self.terms.collected:
            micros = self._replace_by_payments(part, payees, micros, results)
        return Slice(first, part, payees, micros, before, results)

    def fee(self, part: Billed) -> tuple[Ints, Ints]:
        """Each bucket's administration fee, and what is left."""
        percent = self.terms.admin_fee_percent
        scale = percent.denominator
        weights = ints([percent.numerator, 100 * scale - percent.numerator])
        pair = apportion_rows(part.billed, np.broadcast_to(weights, (part.buckets.size, 2)))
        return pair[:, 0], pair[:, 1]

    def _credit(self, part: Billed, shares: dict[str, Ints]) -> Ints:
        """Move to the licensee what members get from whom it holds a licence already; what is credited by bucket."""
        buckets = part.buckets
        size = buckets.size
        credited = zeros(size)
        names = buckets.names.licences
        for member_id, agreements in self._bilaterals.items():
            payee = self.tables.members[member_id].payee
            if payee not in shares:
                continue
            holds = np.zeros(size, dtype=bool)
            for bilateral in agreements:
                code = bisect_left(names, bilateral.licence_id)
                begin, end = np.searchsorted(buckets.licence, (code, code + 1)).tolist()
                months = np.unique(buckets.month[begin:end]).tolist()
                in_force = [month for month in months if bilateral.in_force(first_day(month))]
                holds[begin:end] |= np.isin(buckets.month[begin:end], in_force)
            holds &= part.special == 0
            if holds.any():
                moved = np.where(holds, shares[payee], 0)
                shares[payee] = np.where(holds, 0, shares[payee])
                shares[f"{CREDIT}{member_id}"] = moved
                credited = add(credited, moved)
        return credited

    def _settle(self, part: Billed, credited: Ints) -> list[LicenceResult]:
        """Each licence's royalty, credit and payment."""
        credits = round_ratio(group_sums(credited, part.starts), Fraction(1, 10**6)).tolist()
        results = []
        licences = part.buckets.licence[part.starts].tolist()
        for code, invoice, credit in zip(licences, part.invoice.tolist(), credits, strict=True):
            licence = self.tables.licences[part.buckets.names.licences[code]]
            result = LicenceResult(licence.id, licence.licensee, invoice, credit)
            if self.terms.collected:
                payment = self.tables.payments.get(licence.id, 0)
                result.paid = min(payment, result.due)
                result.overpaid = payment - result.paid
            results.append(result)
        return results

    def _replace_by_payments(
        self, part: Billed, payees: tuple[str, ...], micros: Ints, results: list[LicenceResult]
    ) -> Ints:
        """Apportion each licence's payment over its micros that are not credited, by bucket and payee."""
        kept = [number for number, payee in enumerate(payees) if not payee.startswith(CREDIT)]
        if not kept or not results:
            return micros
        paid = times(ints(result.paid or 0 for result in results), 10**6)
        parts = apportion_groups(paid, micros[:, kept].reshape(-1), part.starts * len(kept))
        if parts.dtype == object:
            micros = wide(micros)
        micros = micros.copy()
        micros[:, kept] = parts.reshape(-1, len(kept))
        return micros

    def _round_payees(self) -> None:
        """Bring payees' micros to minor units that add up to what is owed, or was paid."""
        owed = sum(result.due if result.paid is None else result.paid for result in self.result.licences)
        payees = sorted(self.result.payee_micros)
        weights = [self.result.payee_micros[payee] for payee in payees]
        amounts = apportion(owed, weights) if any(weights) else [0] * len(weights)
        minor: Mapping[str, int] = dict(zip(payees, amounts, strict=True))
        everybody = set(self.tables.members) | {payee for payee, amount in minor.items() if amount}
        self.result.payee_minor = {payee: minor.get(payee, 0) for payee in sorted(everybody)}


def _part(billed: Billed, begin: int, end: int) -> tuple[int, Billed]:
    """Only the buckets of those licences, and where they begin."""
    starts = billed.starts
    first = int(starts[begin])
    last = int(starts[end]) if end < starts.size else billed.buckets.size
    rows = slice(first, last)
    buckets = replace(
        billed.buckets,
        **{
            part.name: getattr(billed.buckets, part.name)[rows]
            for part in fields(billed.buckets)
            if part.name != "names"
        },
    )
    part = replace(
        billed,
        buckets=buckets,
        rate=billed.rate[rows],
        not_bearing=billed.not_bearing[rows],
        special=billed.special[rows],
        royalty=billed.royalty[rows],
        billed=billed.billed[rows],
        starts=starts[begin:end] - first,
        invoice=billed.invoice[begin:end],
    )
    return first, part
