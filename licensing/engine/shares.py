"""What each payee gets of each bucket: fee, tree, credits and, where only what came in is shared, payments.

The period's buckets are taken licence by licence in slices, so that memory stays bounded however many payees there are.
"""

from collections.abc import Iterator, Mapping
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
    wide,
    zeros,
)
from licensing.engine.limits import Billed
from licensing.engine.model import ReserveNode, Terms, first_day, walk
from licensing.engine.patents import PatentBook
from licensing.engine.tables import Tables
from platform_core.money import apportion

CREDIT: Final = "~credit:"
HELD: Final = "~held:"
_CELLS_AT_ONCE: Final = 16_000_000


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
        payees = len(tables.members) + sum(isinstance(node, ReserveNode) for node in walk(terms.allocation)) + 2
        self._most_buckets = max(_CELLS_AT_ONCE // payees, 1)
        self._bilaterals: dict[str, list[tuple[str, int]]] = {}
        for number, bilateral in enumerate(tables.bilaterals):
            self._bilaterals.setdefault(bilateral.member_id, []).append((bilateral.licence_id, number))

    def slices(self, witness: Witness | None = None) -> Iterator[Slice]:
        """Every slice in turn; when all were taken, `result` is complete."""
        starts = [*self.billed.starts.tolist(), self.billed.buckets.size]
        begin = 0
        while begin < len(starts) - 1:
            end = begin + 1
            while end < len(starts) - 1 and starts[end + 1] - starts[begin] <= self._most_buckets:
                end += 1
            yield self.share(begin, end, witness)
            begin = end
        self._round_payees()

    def share(self, begin: int, end: int, witness: Witness | None = None) -> Slice:
        """Share out the licences from number `begin` to before `end` (in the order of their buckets)."""
        part = _part(self.billed, begin, end)
        size = part.buckets.size
        given, rest = self.fee(part)
        tree = Tree(self.terms.allocation, self.tables.members, self.patents, part)
        shares = distribute(tree, rest, witness).amounts
        if np.any(given):
            shares[FEE] = given
        credited = self._credit(part, shares)
        payees = tuple(sorted(payee for payee, amounts in shares.items() if np.any(amounts)))
        columns = [shares[payee] for payee in payees]
        if any(column.dtype == object for column in columns):
            columns = [wide(column) for column in columns]
        micros = np.stack(columns, axis=1) if columns else np.zeros((size, 0), dtype=np.int64)
        due = self._settle(part, credited)
        before = micros
        if self.terms.collected:
            micros = self._replace_by_payments(part, payees, micros, due)
        for number, payee in enumerate(payees):
            if not payee.startswith(CREDIT):
                sums = self.result.payee_micros
                sums[payee] = sums.get(payee, 0) + sum(group_sums(micros[:, number], part.starts).tolist())
        return Slice(int(self.billed.starts[begin]), part, payees, micros, before)

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
        credited = zeros(buckets.size)
        code_of = {name: code for code, name in enumerate(buckets.names.licences)}
        for member_id, agreements in self._bilaterals.items():
            payee = self.tables.members[member_id].payee
            if payee not in shares:
                continue
            holds = np.zeros(buckets.size, dtype=bool)
            for licence_id, number in agreements:
                bilateral = self.tables.bilaterals[number]
                rows = np.flatnonzero((buckets.licence == code_of[licence_id]) & (part.special == 0))
                months = buckets.month[rows]
                in_force = [month for month in np.unique(months).tolist() if bilateral.in_force(first_day(month))]
                holds[rows[np.isin(months, in_force)]] = True
            if holds.any():
                moved = np.where(holds, shares[payee], 0)
                shares[payee] = np.where(holds, 0, shares[payee])
                shares[f"{CREDIT}{member_id}"] = moved
                credited = add(credited, moved)
        return credited

    def _settle(self, part: Billed, credited: Ints) -> list[LicenceResult]:
        """Note each licence's royalty, credit and payment."""
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
        self.result.licences.extend(results)
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


def _part(billed: Billed, begin: int, end: int) -> Billed:
    """Only the buckets of those licences."""
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
    return replace(
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
