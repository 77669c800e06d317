"""What the results of a close say, summed by market and payee, ready to be set beside another close."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from uuid import UUID

from django.db.models import Sum

from licensing.close.calculation import CREDIT, HELD
from licensing.close.models import CloseBucket, CloseCell, CloseRun, LicenceResult, PayeeKind, PayeeResult
from licensing.close.stored import rules_of
from licensing.engine.explain import Rules
from licensing.engine.model import Percent, month_of
from platform_core.access.actors import Actor

Cell = tuple[str, str, str]
"""Product, country of sale, country of manufacture."""

_NOTHING: Mapping[str, int] = {}


@dataclass(slots=True)
class Sales:
    """What one cell sold and bore: `native` is what was billed in the currencies of the rates."""

    units: int = 0
    billed: int = 0
    native: Fraction = Fraction(0)
    by_month: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    rates: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Gross:
    """What payees would get of a cell before credits, if all that is owed were paid: micros over one denominator."""

    denominator: int
    micros: Mapping[str, int]


@dataclass(slots=True)
class Figures:
    """The figures of one run, as its results hold them."""

    rules: Rules | None = None
    sales: dict[Cell, Sales] = field(default_factory=lambda: defaultdict(Sales))
    got: dict[Cell, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """Micros by cell and payee; what is withheld counts with the member's own."""
    credited: dict[Cell, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    minor: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    held: dict[str, int] = field(default_factory=dict)
    total_minor: int = 0
    licences: frozenset[UUID] = frozenset()
    members: dict[str, UUID] = field(default_factory=dict)

    @property
    def waits_for_money(self) -> bool:
        """Whether only what was received is shared out."""
        return self.rules is not None and self.rules.terms.collected

    def of_cell(self, cell: Cell) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """What each payee got of a cell, and what was credited of it in each one's place."""
        return self.got.get(cell, _NOTHING), self.credited.get(cell, _NOTHING)

    def gross(self, cell: Cell) -> Gross:
        """What each payee would get of a cell: what it got, raised to what is owed, and what was credited."""
        got, credited = self.of_cell(cell)
        owed, whole = 1, 1
        if self.waits_for_money:
            billed = self.sales[cell].billed if cell in self.sales else 0
            due = billed - sum(credited.values())
            received = sum(got.values())
            if due and received:
                owed, whole = due, received
        micros = {payee: amount * owed for payee, amount in got.items()}
        for payee, amount in credited.items():
            micros[payee] = micros.get(payee, 0) + amount * whole
        return Gross(whole, micros)


def owner_of(payee: str) -> str:
    """Return whose an amount is: what is withheld from or credited for a member is that member's."""
    return payee.removeprefix(HELD).removeprefix(CREDIT)


def figures_of(run: CloseRun, *, actor: Actor) -> Figures:
    """Read the figures of a run that the actor may see."""
    figures = Figures(rules=rules_of(run), total_minor=run.distributed_minor)
    _read_sales(figures, run, actor)
    cells = CloseCell.objects.visible_to(actor).filter(run=run)
    for payee, kind, member, product, sold_in, made_in, micros in cells.values_list(
        "payee", "kind", "membership", "product", "sold_in", "made_in", "micros"
    ):
        who = owner_of(payee)
        of_cell = (figures.credited if kind == PayeeKind.CREDIT else figures.got)[product, sold_in, made_in]
        of_cell[who] = of_cell.get(who, 0) + int(micros)
        if member is not None:
            figures.members[who] = member
    results = PayeeResult.objects.visible_to(actor).filter(run=run)
    for payee, kind, member, amount in results.values_list("payee", "kind", "membership", "amount_minor"):
        figures.minor[owner_of(payee)] += amount
        if kind == PayeeKind.HELD:
            figures.held[owner_of(payee)] = amount
        if member is not None:
            figures.members[owner_of(payee)] = member
    licences = LicenceResult.objects.visible_to(actor).filter(run=run)
    figures.licences = frozenset(licences.values_list("licence", flat=True))
    return figures


def _read_sales(figures: Figures, run: CloseRun, actor: Actor) -> None:
    rows = (
        CloseBucket.objects.visible_to(actor)
        .filter(run=run)
        .order_by()
        .values_list("product", "sold_in", "made_in", "month", "currency", "rate_id")
        .annotate(all_units=Sum("units"), all_billed=Sum("billed_micros"))
    )
    exchanges: dict[tuple[str, str, str], Fraction] = {}
    billed_at: dict[Cell, dict[tuple[str, str, str], int]] = defaultdict(lambda: defaultdict(int))
    for product, sold_in, made_in, month, currency, rate_id, units, billed in rows:
        cell, micros = (product, sold_in, made_in), int(billed)
        sales = figures.sales[cell]
        sales.units += int(units)
        sales.billed += micros
        sales.rates.add(rate_id)
        number = month_of(int(month[:4]), int(month[5:]))
        sales.by_month[number] += micros
        known = (rate_id, currency, month)
        if known not in exchanges:
            exchanges[known] = _exchange(figures.rules, rate_id, currency, number)
        billed_at[cell][known] += micros
    for cell, at_rates in billed_at.items():
        native = (billed / exchanges[known] for known, billed in at_rates.items())
        figures.sales[cell].native = sum(native, Fraction(0))


def _exchange(rules: Rules | None, rate_id: str, currency: str, month: int) -> Fraction:
    """The rate of exchange that a bucket's royalty was converted at."""
    if rules is None:
        return Fraction(1)
    rate = next((rate for rate in rules.terms.rates if rate.id == rate_id), None)
    if rate is not None and not isinstance(rate.form, Percent):
        currency = rate.currency
    return rules.tables.fx.get((month, currency), Fraction(1))
