"""A close beside the one before it: what each payee, product and country came to, and why it changed.

Every difference is taken apart into reasons that add up to it exactly. For the sales of a product with the same
countries, what a payee earns is units, times royalty per unit, times the rate of exchange, times the payee's share;
the steps from the last figures to these are taken one after the other in this order.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final
from uuid import UUID

from django.db.models import Sum

from licensing.close.calculation import CREDIT, HELD
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseBucket, CloseCell, CloseRun, LicenceResult, PayeeKind, PayeeResult
from licensing.close.scenarios import Market, share_steps
from licensing.close.stored import rules_of
from licensing.engine.explain import Rules
from licensing.engine.model import Percent, first_day, month_of
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.problems import NotFound

NEW: Final = "new_sales"
ENDED: Final = "ended_sales"
VOLUME: Final = "volume"
TERMS: Final = "terms"
POSITION: Final = "tariff_position"
"""Where in bands and under caps the year has come to, under the same tariff."""
PRICES: Final = "prices"
EXCHANGE: Final = "exchange"
ALLOCATION: Final = "allocation"
MEMBERS: Final = "members"
PATENTS: Final = "patents"
MINIMUMS: Final = "minimums"
CHARGES: Final = "charges"
CREDITS: Final = "credits"
PAYMENTS: Final = "payments"
ROUNDING: Final = "rounding"

ORDER: Final = (
    NEW, ENDED, VOLUME, TERMS, POSITION, PRICES, EXCHANGE, ALLOCATION, MEMBERS, PATENTS, MINIMUMS, CHARGES, CREDITS,
    PAYMENTS, ROUNDING,
)  # fmt: skip

_MICROS: Final = 10**6
_NOTHING: Final = Fraction(0)


@dataclass(slots=True)
class Row:
    """One payee, product or country: what it came to now and last, and why, in minor units."""

    key: str
    this_minor: int = 0
    last_minor: int = 0
    kind: str = ""
    name_zh: str = ""
    name_en: str = ""
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def difference_minor(self) -> int:
        """What was added since last time."""
        return self.this_minor - self.last_minor


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside another one."""

    run: CloseRun
    against: CloseRun | None
    total: Row
    payees: list[Row]
    products: list[Row]
    countries: list[Row]
    facts: Mapping[str, object]


def previous_run(run: CloseRun, *, actor: Actor) -> CloseRun | None:
    """Return the last posted run of the latest period before a run's, corrected by no posted one."""
    posted = CloseRun.objects.visible_to(actor).filter(status=RunStatus.POSTED, programme=run.programme_id)
    corrected = CloseRun.objects.filter(status=RunStatus.POSTED, corrects__isnull=False).values("corrects")
    earlier = posted.filter(last_month__lt=run.first_month).exclude(pk__in=corrected)
    return earlier.order_by("-last_month", "-number").first()


def compare_runs(run: CloseRun, against: CloseRun | None, *, actor: Actor) -> Comparison:
    """Compare a calculated run with another one of its programme; without one, everything is new."""
    if run.results_claim is None:
        raise NotFound("This run has not been calculated, so there is nothing to compare yet.")
    now = _Figures.of(run, actor)
    last = _Figures.of(against, actor) if against is not None else _Figures()
    effects = _effects(now, last)
    payees = _payees(now, last, effects, actor)
    return Comparison(
        run=run,
        against=against,
        total=_row("", now.total_minor, last.total_minor, _summed(effects, lambda payee, cell: "").get("", {})),
        payees=payees,
        products=_cells(now, last, effects, lambda cell: cell[0]),
        countries=_cells(now, last, effects, lambda cell: cell[1]),
        facts=_facts(now, last),
    )


# -- what the results say -----------------------------------------------------------------------------------------

Cell = tuple[str, str, str]
"""Product, country of sale, country of manufacture."""


@dataclass(slots=True)
class _Sales:
    """What one cell sold and bore: `native` is what was billed in the currencies of the rates."""

    units: int = 0
    billed: int = 0
    native: Fraction = _NOTHING
    by_month: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    rates: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Figures:
    """The figures of one run, as its results hold them."""

    rules: Rules | None = None
    sales: dict[Cell, _Sales] = field(default_factory=lambda: defaultdict(_Sales))
    got: dict[str, dict[Cell, int]] = field(default_factory=lambda: defaultdict(dict))
    """Micros by payee and cell; what is withheld counts with the member's own."""
    credited: dict[str, dict[Cell, int]] = field(default_factory=lambda: defaultdict(dict))
    minor: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    held: dict[str, int] = field(default_factory=dict)
    total_minor: int = 0
    licences: frozenset[UUID] = frozenset()
    members: dict[str, UUID] = field(default_factory=dict)
    _paid: dict[Cell, Fraction] = field(default_factory=dict)

    @classmethod
    def of(cls, run: CloseRun, actor: Actor) -> "_Figures":
        """Read the figures of a run that the actor may see."""
        figures = cls(rules=rules_of(run), total_minor=run.distributed_minor)
        figures._read_sales(run, actor)
        cells = CloseCell.objects.visible_to(actor).filter(run=run)
        for payee, kind, member, product, sold_in, made_in, micros in cells.values_list(
            "payee", "kind", "membership", "product", "sold_in", "made_in", "micros"
        ):
            who = owner_of(payee)
            side = figures.credited if kind == PayeeKind.CREDIT else figures.got
            cell = (product, sold_in, made_in)
            side[who][cell] = side[who].get(cell, 0) + int(micros)
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

    def _read_sales(self, run: CloseRun, actor: Actor) -> None:
        rows = (
            CloseBucket.objects.visible_to(actor)
            .filter(run=run)
            .order_by()
            .values_list("product", "sold_in", "made_in", "month", "currency", "rate_id")
            .annotate(all_units=Sum("units"), all_billed=Sum("billed_micros"))
        )
        for product, sold_in, made_in, month, currency, rate_id, units, billed in rows:
            sales = self.sales[product, sold_in, made_in]
            sales.units += int(units)
            sales.billed += int(billed)
            number = month_of(int(month[:4]), int(month[5:]))
            sales.by_month[number] += int(billed)
            sales.native += int(billed) / self._exchange(rate_id, currency, number)
            sales.rates.add(rate_id)

    def _exchange(self, rate_id: str, currency: str, month: int) -> Fraction:
        """The rate of exchange that a bucket's royalty was converted at."""
        if self.rules is None:
            return Fraction(1)
        rate = next((rate for rate in self.rules.terms.rates if rate.id == rate_id), None)
        if rate is not None and not isinstance(rate.form, Percent):
            currency = rate.currency
        return self.rules.tables.fx.get((month, currency), Fraction(1))

    def paid_part(self, cell: Cell) -> Fraction:
        """Which part of what is owed was received and shared out: all of it, unless the programme waits for money."""
        if self.rules is None or not self.rules.terms.collected:
            return Fraction(1)
        if cell not in self._paid:
            billed = self.sales[cell].billed if cell in self.sales else 0
            owed = billed - sum(of.get(cell, 0) for of in self.credited.values())
            got = sum(of.get(cell, 0) for of in self.got.values())
            self._paid[cell] = Fraction(got, owed) if owed else Fraction(1)
        return self._paid[cell]

    def gross(self, payee: str, cell: Cell) -> Fraction:
        """What a payee would get of a cell before credits, if all that is owed were paid."""
        got, part = self.amount(payee, cell), self.paid_part(cell)
        return (got / part if got else _NOTHING) + self.credit(payee, cell)

    def amount(self, payee: str, cell: Cell) -> int:
        """What a payee got of a cell."""
        return self.got.get(payee, {}).get(cell, 0)

    def credit(self, payee: str, cell: Cell) -> int:
        """What was credited of a cell for a payee."""
        return self.credited.get(payee, {}).get(cell, 0)


def owner_of(payee: str) -> str:
    """Return whose an amount is: what is withheld from or credited for a member is that member's."""
    return payee.removeprefix(HELD).removeprefix(CREDIT)


# -- why it changed -----------------------------------------------------------------------------------------------

Effects = dict[tuple[str, Cell], dict[str, Fraction]]
"""By payee and cell, what each reason adds in micros."""


def _effects(now: _Figures, last: _Figures) -> Effects:
    effects: Effects = {}
    names = {*now.got, *now.credited, *last.got, *last.credited}
    cells = {*now.sales, *last.sales}
    steps = _share_steps(now, last)
    for cell in cells:
        for payee in names:
            found = _effects_of(now, last, payee, cell, steps)
            if found:
                effects[payee, cell] = found
    return effects


def _effects_of(
    now: _Figures, last: _Figures, payee: str, cell: Cell, steps: Mapping[tuple[str, Market], tuple[Fraction, Fraction]]
) -> dict[str, Fraction]:
    here, there = now.gross(payee, cell), last.gross(payee, cell)
    got = now.amount(payee, cell) - last.amount(payee, cell)
    credited = now.credit(payee, cell) - last.credit(payee, cell)
    if not (here or there or got or credited):
        return {}
    found: dict[str, Fraction] = defaultdict(Fraction)
    if special := _special(cell):
        found[special] += here - there
    elif cell not in last.sales:
        found[NEW] += here
    elif cell not in now.sales:
        found[ENDED] -= there
    else:
        _step_by_step(found, now, last, cell, (here, there), steps.get((payee, cell[:1] + cell[2:] + cell[1:2])))
    found[CREDITS] -= credited
    found[PAYMENTS] += got - (here - there) + credited
    return {reason: value for reason, value in found.items() if value}


def _step_by_step(
    found: dict[str, Fraction],
    now: _Figures,
    last: _Figures,
    cell: Cell,
    gross: tuple[Fraction, Fraction],
    steps: tuple[Fraction, Fraction] | None,
) -> None:
    here, there = gross
    new, old = now.sales[cell], last.sales[cell]
    if not (new.units and old.units):
        found[_rate_reason(now, last, new, old)] += here - there
        return
    # Where nothing was billed, share and exchange cannot be told; they then count as what they are on the other side.
    share1 = here / new.billed if new.billed else None
    share0 = there / old.billed if old.billed else share1
    share1 = share0 if share1 is None else share1
    exchange1 = new.billed / new.native if new.native else None
    exchange0 = old.billed / old.native if old.native else exchange1
    exchange1 = exchange0 if exchange1 is None else exchange1
    if share0 is None or share1 is None or exchange0 is None or exchange1 is None:
        return
    rate1, rate0 = new.native / new.units, old.native / old.units
    found[VOLUME] += (new.units - old.units) * rate0 * exchange0 * share0
    found[_rate_reason(now, last, new, old)] += new.units * (rate1 - rate0) * exchange0 * share0
    found[EXCHANGE] += new.units * rate1 * (exchange1 - exchange0) * share0
    by_terms, by_members = steps or (_NOTHING, _NOTHING)
    found[ALLOCATION] += new.billed * by_terms
    found[MEMBERS] += new.billed * by_members
    found[PATENTS] += new.billed * (share1 - share0 - by_terms - by_members)


def _special(cell: Cell) -> str:
    if cell[0].startswith("~minimum:"):
        return MINIMUMS
    return CHARGES if cell[0].startswith("~") else ""


def _rate_reason(now: _Figures, last: _Figures, new: _Sales, old: _Sales) -> str:
    """Why a unit bears another royalty: other terms, other prices, or another place in the bands."""
    if now.rules is None or last.rules is None:
        return POSITION
    here = {rate.id: rate for rate in now.rules.terms.rates}
    there = {rate.id: rate for rate in last.rules.terms.rates}
    used = new.rates | old.rates
    limits = (now.rules.terms.waivers, now.rules.terms.caps) == (last.rules.terms.waivers, last.rules.terms.caps)
    if not limits or any(here.get(name) != there.get(name) for name in used):
        return TERMS
    percent = all(name in here and isinstance(here[name].form, Percent) for name in used)
    return PRICES if percent else POSITION


def _share_steps(now: _Figures, last: _Figures) -> Mapping[tuple[str, Market], tuple[Fraction, Fraction]]:
    if now.rules is None or last.rules is None:
        return {}
    both = [cell for cell in last.sales if cell in now.sales and not _special(cell)]
    markets = {(product, made_in, sold_in): last.sales[product, sold_in, made_in].by_month
               for product, sold_in, made_in in both}  # fmt: skip
    return share_steps(now.rules, last.rules, markets)


# -- rows ---------------------------------------------------------------------------------------------------------


def _row(key: str, this: int, last: int, effects: Mapping[str, Fraction]) -> Row:
    row = Row(key, this, last)
    difference = Fraction(row.difference_minor * _MICROS)
    told = {reason: effects.get(reason, _NOTHING) for reason in ORDER if reason != ROUNDING}
    told[ROUNDING] = difference - sum(told.values(), _NOTHING)
    row.reasons = to_minor(told, row.difference_minor)
    return row


def to_minor(micros: Mapping[str, Fraction], total: int) -> dict[str, int]:
    """Round signed parts to minor units so that they add up to their total (largest remainder, ties to the earlier)."""
    exact = {reason: value / _MICROS for reason, value in micros.items()}
    floors = {reason: value.numerator // value.denominator for reason, value in exact.items()}
    order = sorted(exact, key=lambda reason: (floors[reason] - exact[reason], list(exact).index(reason)))
    for reason in order[: total - sum(floors.values())]:
        floors[reason] += 1
    return {reason: amount for reason, amount in floors.items() if amount}


def _summed(effects: Effects, key: Callable[[str, Cell], str]) -> dict[str, dict[str, Fraction]]:
    sums: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for (payee, cell), reasons in effects.items():
        group = sums[key(payee, cell)]
        for reason, value in reasons.items():
            group[reason] += value
    return sums


def _payees(now: _Figures, last: _Figures, effects: Effects, actor: Actor) -> list[Row]:
    sums = _summed(effects, lambda payee, cell: payee)
    members = {**last.members, **now.members}
    names = {
        pk: (zh, en)
        for pk, zh, en in Membership.objects.visible_to(actor)
        .filter(pk__in=set(members.values()))
        .values_list("pk", "organisation__name_zh", "organisation__name_en")
    }
    rows = []
    for payee in sorted({*now.minor, *last.minor, *sums}):
        if payee not in now.minor and payee not in last.minor and not any(sums.get(payee, {}).values()):
            continue
        row = _row(payee, now.minor.get(payee, 0), last.minor.get(payee, 0), sums.get(payee, {}))
        row.kind = "member" if payee in members else payee.removeprefix("~").partition(":")[0]
        if payee in members:
            row.name_zh, row.name_en = names.get(members[payee], ("", ""))
        rows.append(row)
    return rows


def _cells(now: _Figures, last: _Figures, effects: Effects, key: Callable[[Cell], str]) -> list[Row]:
    sums = _summed(effects, lambda payee, cell: key(cell))
    this, before = _minor_by(now, key), _minor_by(last, key)
    names = sorted({*this, *before, *sums})
    return [_row(name, this.get(name, 0), before.get(name, 0), sums.get(name, {})) for name in names]


def _minor_by(figures: _Figures, key: Callable[[Cell], str]) -> dict[str, int]:
    """What was shared out, over groups of cells, in minor units that add up to the whole."""
    micros: dict[str, int] = defaultdict(int)
    for of in figures.got.values():
        for cell, amount in of.items():
            micros[key(cell)] += amount
    exact = {name: Fraction(amount) for name, amount in sorted(micros.items())}
    whole = sum(exact.values(), _NOTHING)
    if not whole:
        return dict.fromkeys(exact, 0)
    scaled = {name: value * figures.total_minor * _MICROS / whole for name, value in exact.items()}
    rounded = to_minor(scaled, figures.total_minor)
    return {name: rounded.get(name, 0) for name in scaled}


def _facts(now: _Figures, last: _Figures) -> dict[str, object]:
    """What changed in the records behind the two runs, counted."""
    if now.rules is None or last.rules is None:
        return {}
    here, there = _counting(now.rules), _counting(last.rules)
    return {
        "terms_changed": now.rules.terms.rates != last.rules.terms.rates,
        "allocation_changed": now.rules.terms.allocation != last.rules.terms.allocation,
        "licences_new": len(now.licences - last.licences),
        "licences_ended": len(last.licences - now.licences),
        "members_new": sorted(set(_present(now.rules)) - set(_present(last.rules))),
        "members_left": sorted(set(_present(last.rules)) - set(_present(now.rules))),
        "members_held": sorted(now.held),
        "patents_new": len(here - there),
        "patents_ended": len(there - here),
    }


def _counting(rules: Rules) -> set[tuple[str, str, str]]:
    day = first_day(rules.terms.period_end)
    return {
        (patent.publication, patent.country, patent.owner) for patent in rules.tables.patents if patent.counts_on(day)
    }


def _present(rules: Rules) -> Iterable[str]:
    day = first_day(rules.terms.period_end)
    return (member.id for member in rules.tables.members.values() if member.is_in(day))
