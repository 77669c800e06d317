"""Why bank, papers and books differ: what figures prove, and what is left over is told as unexplained.

Source: ADR 102, which holds for old workbooks: a list that guesses stops people from looking.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from licensing.billing.models import Invoice, Settlement
from licensing.distribution.models import DistributionRun, TaxRemittance
from licensing.payments.models import BankAllocation, OnlinePayment
from licensing.payments.reconciling import Check, Compared, sign_of
from licensing.payments.services.limiting import key_of_use
from platform_core.ledger.models import Entry, Posting
from platform_core.treasury.models import BankAccount, Payout, StatementLine
from platform_core.treasury.selectors import gaps_of


class Why(StrEnum):
    """What a difference comes from."""

    OPENING = "opening"
    """What was on the account before its first line, and is in no books."""
    MISSING_LINES = "missing_lines"
    """What the bank tells of lines that were not taken in."""
    LATER_LINES = "later_lines"
    """Lines after the last one with a balance, which the bank's balance does not hold."""
    OTHER_ENTRY = "other_entry"
    """An entry that no paper of this kind stands behind."""
    BY_HAND = "by_hand"
    """An invoice that was settled out of what waits, and no line said to be for it."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Part of a difference: why, how much the books say more by it, and where that is seen."""

    why: Why
    amount_minor: int
    on: date
    entry: Entry | None = None


_MOST: Final = 100
"""Entries that are told of one difference; what is beyond is unexplained."""

_STANDS_BEHIND: Final[Mapping[Check, frozenset[str]]] = {
    Check.BANK: frozenset({StatementLine._meta.label_lower}),
    Check.RECEIVABLE: frozenset({Invoice._meta.label_lower}),
    Check.BILLED: frozenset({Invoice._meta.label_lower}),
    Check.OUTPUT_VAT: frozenset({Invoice._meta.label_lower}),
    Check.COLLECTED: frozenset({Invoice._meta.label_lower, DistributionRun._meta.label_lower}),
    Check.WITHHELD_TAX: frozenset({DistributionRun._meta.label_lower, TaxRemittance._meta.label_lower}),
    Check.WAITING: frozenset(
        {
            StatementLine._meta.label_lower,
            Payout._meta.label_lower,
            Invoice._meta.label_lower,
            TaxRemittance._meta.label_lower,
        }
    ),
    Check.SERVICE: frozenset({OnlinePayment._meta.label_lower}),
}
"""What entries on accounts of a comparison are about, where papers say the same."""


def causes_of(compared: Compared, *, on: date) -> list[Cause]:
    """Return why the books differ from papers at the end of a day, the oldest first; nothing where they agree."""
    if not compared.difference_minor:
        return []
    found = [*_other_entries(compared, on)]
    if compared.check is Check.BANK:
        found += _of_the_bank(compared, on)
    if compared.check is Check.WAITING:
        found += _by_hand(compared, on)
    return sorted((each for each in found if each.amount_minor), key=lambda each: (each.on, each.why))[:_MOST]


@dataclass(frozen=True, slots=True)
class Explained:
    """A comparison with why both sides differ, as far as figures prove it."""

    row: Compared
    causes: Sequence[Cause]

    @property
    def unexplained_minor(self) -> int:
        """What of the difference nothing explains."""
        return self.row.difference_minor - sum(each.amount_minor for each in self.causes)


def explain(compared: Compared, *, on: date) -> Explained:
    """Return a comparison with the causes of its difference."""
    return Explained(compared, causes_of(compared, on=on))


def _lines_of(compared: Compared, on: date) -> QuerySet[Posting]:
    rows = Posting.objects.filter(account__in=[account.pk for account in compared.accounts], effective_on__lte=on)
    return rows.select_related("entry").order_by("effective_on", "pk")


def _other_entries(compared: Compared, on: date) -> Iterator[Cause]:
    known = _STANDS_BEHIND.get(compared.check)
    if known is None:
        return
    for row in _lines_of(compared, on).exclude(entry__subject_type__in=known)[:_MOST]:
        yield Cause(Why.OTHER_ENTRY, sign_of(compared.check) * row.amount_minor, row.effective_on, row.entry)


def _of_the_bank(compared: Compared, on: date) -> Iterator[Cause]:
    for account in BankAccount.objects.filter(ledger_account__in=[each.pk for each in compared.accounts]):
        lines = StatementLine.objects.filter(bank_account=account, booked_on__lte=on)
        in_order = lines.order_by("booked_on", "place", "id")
        told = in_order.filter(balance_minor__isnull=False)
        first, last = told.first(), told.last()
        if first is None or last is None or first.balance_minor is None:
            continue
        before = in_order.filter(Q(booked_on__lt=first.booked_on) | Q(booked_on=first.booked_on, place__lt=first.place))
        opening = first.balance_minor - first.amount_minor - sum(before.values_list("amount_minor", flat=True))
        yield Cause(Why.OPENING, -opening, first.booked_on)
        for gap in gaps_of(account):
            if gap.before <= on:
                yield Cause(Why.MISSING_LINES, -gap.missing_minor, gap.before)
        after = in_order.filter(Q(booked_on__gt=last.booked_on) | Q(booked_on=last.booked_on, place__gt=last.place))
        for line in after:
            yield Cause(Why.LATER_LINES, line.amount_minor, line.booked_on, Entry.objects.filter(key=line.pk).first())


def _by_hand(compared: Compared, on: date) -> Iterator[Cause]:
    rows = list(_lines_of(compared, on).filter(entry__subject_type=Invoice._meta.label_lower))
    settled: dict[UUID, Settlement] = {
        row.entry_id: row
        for row in Settlement.objects.filter(entry__in=[line.entry_id for line in rows]).select_related("reverses")
    }
    of_lines = set(BankAllocation.objects.filter(_of(settled)).values_list("settlement", flat=True))
    uses = {key_of_use(each.key): each for each in map(_first, settled.values())}
    of_prepaid = {uses[key].pk for key in Entry.objects.filter(key__in=uses).values_list("key", flat=True)}
    for row in rows:
        settlement = settled.get(row.entry_id)
        if settlement is not None and _first(settlement).pk not in of_lines | of_prepaid:
            yield Cause(Why.BY_HAND, sign_of(compared.check) * row.amount_minor, row.effective_on, row.entry)


def _first(settlement: Settlement) -> Settlement:
    """Return the settlement that was made, of one that takes it back."""
    return settlement.reverses or settlement


def _of(settled: Mapping[UUID, Settlement]) -> Q:
    return Q(settlement__in=[_first(each).pk for each in settled.values()])
