"""Whether what is carried over from an old workbook ties: totals of details with balances, and both with what is here.

Pure: no database, no clock. A cause is told only where figures come to just the difference, as with past periods.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

FEE: Final = "~fee"
HELD: Final = "~held:"
RESERVE: Final = "~reserve:"
UNDISTRIBUTED: Final = "~undistributed"

RECEIVABLE_KIND: Final = "receivable"
BILLED_KIND: Final = "billed"
COLLECTED_KIND: Final = "collected"
HELD_KIND: Final = "held"
UNDISTRIBUTED_KIND: Final = "undistributed"
RESERVE_KIND: Final = "reserve"


class Tie(StrEnum):
    """What is tied with what."""

    RECEIVABLE = "receivable"
    """What a licensee owes, with its open invoices."""
    BILLED = "billed"
    """Royalties billed and not received, with the net amounts of open invoices."""
    COLLECTED = "collected"
    """Royalties to be distributed, with what was received less what was distributed."""
    HELD = "held"
    """What is withheld from a member, with what was distributed so."""
    UNDISTRIBUTED = "undistributed"
    RESERVE = "reserve"
    REST = "rest"
    """All balances of a purpose and currency, which come to nothing in whole books."""
    PERIOD = "period"
    """A period of which something is carried over, with its posted close here."""
    RECEIPT = "receipt"
    """What was received for a period, with what is recorded here."""
    REPORTED = "reported"
    """Units of the year so far, with the reports here."""
    ACCOUNT = "account"
    """An account of the programme, with what is on it here already."""
    DISTRIBUTION = "distribution"
    """What was distributed before, with distributions here."""


class TieCause(StrEnum):
    """What a difference comes from, as far as figures prove it."""

    ONLY_BALANCE = "only_balance"
    ONLY_DETAILS = "only_details"
    INVOICE_MISSING = "invoice_missing"
    """Just one invoice is not in the balance."""
    INVOICE_TWICE = "invoice_twice"
    """Just one invoice is in the balance once more, or missing among the details."""
    TAX = "tax"
    """Just the tax of the open invoices."""
    SIDE = "side"
    """The same amount on the other side."""
    OTHER_HOLDER = "other_holder"
    """The same amount the other way round with another holder."""
    OTHER_PERIOD = "other_period"
    """Just what is left of one period."""
    USED = "used"
    """Less is left of a reserve than was put into it."""
    NOT_BALANCED = "not_balanced"
    NOT_CLOSED = "not_closed"
    RECORDED_BEYOND = "recorded_beyond"
    NOT_REPORTED = "not_reported"
    OTHER_UNITS = "other_units"
    NOT_TOLD = "not_told"
    BOOKED_HERE = "booked_here"
    DISTRIBUTED_HERE = "distributed_here"
    UNEXPLAINED = "unexplained"


HARMLESS: Final = frozenset((TieCause.USED, TieCause.NOT_BALANCED))
"""What is told, and hinders nobody: a second person looks at it and confirms."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands on an account in the old books, in minor units; above zero is a debit."""

    purpose: str
    account: str
    holder: str
    """The code of a licence or member; blank: the operating entity."""
    label: str
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """What is open of an old invoice, in minor units; below zero of a credit note."""

    number: str
    licence: str
    period: str
    issued_on: date
    due_on: date
    net: int
    tax: int
    withheld: int

    @property
    def gross(self) -> int:
        """What the licensee owes."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Collected:
    """What was received of royalties for a period under a licence, in all."""

    licence: str
    period: str
    amount: int


@dataclass(frozen=True, slots=True)
class Distributed:
    """What was given to a payee of a period, in all."""

    period: str
    payee: str
    amount: int


@dataclass(frozen=True, slots=True)
class Reported:
    """How many units of a product were reported under a licence in the year so far."""

    licence: str
    product: str
    units: int


@dataclass(slots=True)
class Carried:
    """All that the tables say."""

    balances: list[Balance] = field(default_factory=list)
    invoices: list[OpenInvoice] = field(default_factory=list)
    collected: list[Collected] = field(default_factory=list)
    distributed: list[Distributed] = field(default_factory=list)
    reported: list[Reported] = field(default_factory=list)


@dataclass(slots=True)
class Here:
    """What is known here already."""

    licensees: Mapping[str, str] = field(default_factory=dict)
    """Who holds each licence; two licences of one licensee have one receivable."""
    closed: frozenset[str] = frozenset()
    """Periods with a posted close."""
    received: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By licence and period."""
    booked: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """What is on the programme's own accounts, by kind and label, where it is not nothing."""
    units: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Of the year so far, by licence and product."""
    distributions: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two figures that do not tie, and the one cause; in minor units, or in units of products."""

    tie: Tie
    name: str
    currency: str
    left: int | None
    """Of the balance, or of what the tables say."""
    right: int | None
    """Of the details, or of what is here."""
    cause: TieCause
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def amount(self) -> int:
        """How much more the first figure is."""
        return (self.left or 0) - (self.right or 0)

    @property
    def hinders(self) -> bool:
        """Whether nothing is booked while it is there."""
        return self.cause not in HARMLESS


def differences(carried: Carried, here: Here) -> list[Difference]:
    """Return everything that does not tie, in a fixed order."""
    return [
        *_receivable(carried, here),
        *_billed(carried, here),
        *_collected(carried, here),
        *_given(carried, here, Tie.HELD, HELD_KIND, lambda row: row.holder, HELD),
        *_given(carried, here, Tie.UNDISTRIBUTED, UNDISTRIBUTED_KIND, lambda row: "", UNDISTRIBUTED),
        *_given(carried, here, Tie.RESERVE, RESERVE_KIND, lambda row: row.label, RESERVE),
        *_rest(carried),
        *_periods(carried, here),
        *_receipts(carried, here),
        *_units(carried, here),
        *_accounts(carried, here),
        *_distributions(carried, here),
    ]


def new_receipts(carried: Carried, here: Here) -> list[Collected]:
    """Return what has to be recorded, so that as much is received for each period as the tables say."""
    told = _sums((row.licence, row.period, row.amount) for row in carried.collected)
    return [
        Collected(licence, period, amount - here.received.get((licence, period), 0))
        for (licence, period), amount in sorted(told.items())
        if amount != here.received.get((licence, period), 0)
    ]


# -- balances and their details -----------------------------------------------------------------------------------


def _receivable(carried: Carried, here: Here) -> Iterator[Difference]:
    def holder(licence: str) -> str:
        return here.licensees.get(licence, licence)

    names: dict[str, set[str]] = defaultdict(set)
    left: dict[str, int] = defaultdict(int)
    right: dict[str, int] = defaultdict(int)
    for row in carried.balances:
        if row.account == RECEIVABLE_KIND:
            left[holder(row.holder)] += row.amount
            names[holder(row.holder)].add(row.holder)
    for invoice in carried.invoices:
        right[holder(invoice.licence)] += invoice.gross
        names[holder(invoice.licence)].add(invoice.licence)
    told = {key: ", ".join(sorted(found)) for key, found in names.items()}
    of = {key: [invoice for invoice in carried.invoices if holder(invoice.licence) == key] for key in names}
    yield from _tied(Tie.RECEIVABLE, here.currency, left, right, told, lambda key: _by_invoices(of[key], gross=True))


def _billed(carried: Carried, here: Here) -> Iterator[Difference]:
    left = _credit(carried, BILLED_KIND)
    right = {"": sum(invoice.net for invoice in carried.invoices)}
    yield from _tied(
        Tie.BILLED, here.currency, left, right, {}, lambda key: _by_invoices(carried.invoices, gross=False)
    )


def _collected(carried: Carried, here: Here) -> Iterator[Difference]:
    left = _credit(carried, COLLECTED_KIND)
    by_period: dict[str, int] = defaultdict(int)
    for received in carried.collected:
        by_period[received.period] += received.amount
    for given in carried.distributed:
        by_period[given.period] -= given.amount
    right = {"": sum(by_period.values())}

    def explain(key: str) -> Callable[[int], tuple[TieCause, Mapping[str, str]] | None]:
        def cause(amount: int) -> tuple[TieCause, Mapping[str, str]] | None:
            found = sorted(period for period, rest in by_period.items() if rest and amount in (rest, -rest))
            return (TieCause.OTHER_PERIOD, {"period": found[0]}) if len(found) == 1 else None

        return cause

    yield from _tied(Tie.COLLECTED, here.currency, left, right, {}, explain)


def _credit(carried: Carried, kind: str) -> dict[str, int]:
    """What stands to the credit of the programme's own account of a kind; nothing where there is none."""
    amount = -sum(row.amount for row in carried.balances if row.account == kind)
    return dict.fromkeys(("",), amount) if amount else {}


def _given(
    carried: Carried, here: Here, tie: Tie, kind: str, name: Callable[[Balance], str], mark: str
) -> Iterator[Difference]:
    left: dict[str, int] = defaultdict(int)
    right: dict[str, int] = defaultdict(int)
    for row in carried.balances:
        if row.account == kind:
            left[name(row)] -= row.amount
    for given in carried.distributed:
        if given.payee.startswith(mark):
            right[given.payee.removeprefix(mark)] += given.amount

    def explain(key: str) -> Callable[[int], tuple[TieCause, Mapping[str, str]] | None]:
        def cause(amount: int) -> tuple[TieCause, Mapping[str, str]] | None:
            if tie is Tie.RESERVE and amount < 0 <= left.get(key, 0):
                return TieCause.USED, {}
            return None

        return cause

    yield from _tied(tie, here.currency, left, right, {}, explain)


def _by_invoices(
    invoices: Sequence[OpenInvoice], *, gross: bool
) -> Callable[[int], tuple[TieCause, Mapping[str, str]] | None]:
    """Explain a difference by just one invoice, or by the tax of all."""

    def cause(amount: int) -> tuple[TieCause, Mapping[str, str]] | None:
        tax = sum(invoice.tax for invoice in invoices)
        if tax and amount == (-tax if gross else tax):
            return TieCause.TAX, {}
        for sign, found in ((-1, TieCause.INVOICE_MISSING), (1, TieCause.INVOICE_TWICE)):
            matching = [each for each in invoices if amount == sign * (each.gross if gross else each.net)]
            if len(matching) == 1:
                return found, {"number": matching[0].number}
        return None

    return cause


Explain = Callable[[str], Callable[[int], tuple[TieCause, Mapping[str, str]] | None]]


def _tied(
    tie: Tie,
    currency: str,
    left: Mapping[str, int],
    right: Mapping[str, int],
    names: Mapping[str, str],
    explain: Explain,
) -> Iterator[Difference]:
    gaps = {key: left.get(key, 0) - right.get(key, 0) for key in sorted({*left, *right})}
    for key, amount in gaps.items():
        if not amount:
            continue
        one, other = left.get(key), right.get(key)
        cause, facts = _cause(key, one, other, gaps, names, explain(key))
        yield Difference(tie, names.get(key, key), currency, one, other, cause, facts)


def _cause(
    key: str,
    left: int | None,
    right: int | None,
    gaps: Mapping[str, int],
    names: Mapping[str, str],
    explain: Callable[[int], tuple[TieCause, Mapping[str, str]] | None],
) -> tuple[TieCause, Mapping[str, str]]:
    amount = gaps[key]
    if left and right and left == -right:
        return TieCause.SIDE, {}
    opposite = [other for other, gap in gaps.items() if gap == -amount and other != key]
    if len(opposite) == 1:
        return TieCause.OTHER_HOLDER, {"name": names.get(opposite[0], opposite[0])}
    if (found := explain(amount)) is not None:
        return found
    if not right:
        return TieCause.ONLY_BALANCE, {}
    if not left:
        return TieCause.ONLY_DETAILS, {}
    return TieCause.UNEXPLAINED, {}


def _rest(carried: Carried) -> Iterator[Difference]:
    sums = _sums((row.purpose, row.currency, row.amount) for row in carried.balances)
    for (purpose, currency), amount in sorted(sums.items()):
        if amount:
            yield Difference(Tie.REST, purpose, currency, amount, None, TieCause.NOT_BALANCED)


# -- what is here -------------------------------------------------------------------------------------------------


def _periods(carried: Carried, here: Here) -> Iterator[Difference]:
    open_: dict[str, int] = defaultdict(int)
    for invoice in carried.invoices:
        open_[invoice.period] += invoice.net
    for received in carried.collected:
        open_[received.period] += received.amount
    for given in carried.distributed:
        open_[given.period] += 0
    for period, amount in sorted(open_.items()):
        if period not in here.closed:
            yield Difference(Tie.PERIOD, period, here.currency, amount, None, TieCause.NOT_CLOSED)


def _receipts(carried: Carried, here: Here) -> Iterator[Difference]:
    told = _sums((row.licence, row.period, row.amount) for row in carried.collected)
    # Of periods that the tables leave out as well: what is recorded here and not told would be distributed again.
    for (licence, period), amount in sorted(here.received.items()):
        if amount > told.get((licence, period), 0):
            name = f"{licence} {period}"
            known = told.get((licence, period))
            yield Difference(Tie.RECEIPT, name, here.currency, known, amount, TieCause.RECORDED_BEYOND)


def _units(carried: Carried, here: Here) -> Iterator[Difference]:
    if not carried.reported:
        return
    told = _sums((row.licence, row.product, row.units) for row in carried.reported)
    reported = {licence for licence, _ in here.units}
    for licence, product in sorted({*told, *here.units}):
        left, right = told.get((licence, product)), here.units.get((licence, product))
        if (left or 0) == (right or 0):
            continue
        if left is None:
            cause = TieCause.NOT_TOLD
        elif licence not in reported:
            cause = TieCause.NOT_REPORTED
        else:
            cause = TieCause.OTHER_UNITS
        yield Difference(Tie.REPORTED, f"{licence} {product}", "", left, right, cause)


def _accounts(carried: Carried, here: Here) -> Iterator[Difference]:
    for (kind, label), amount in sorted(here.booked.items()):
        yield Difference(
            Tie.ACCOUNT, kind, here.currency, None, amount, TieCause.BOOKED_HERE, {"label": label} if label else {}
        )


def _distributions(carried: Carried, here: Here) -> Iterator[Difference]:
    if here.distributions and (carried.distributed or carried.collected):
        yield Difference(Tie.DISTRIBUTION, "", "", None, here.distributions, TieCause.DISTRIBUTED_HERE)


def _sums(rows: Iterable[tuple[str, str, int]]) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for one, other, amount in rows:
        sums[one, other] += amount
    return dict(sums)
