"""What the difference between an old workbook and a close of ours comes from, where figures of both sides prove it.

Every difference is taken apart into parts that add up to it; what no figure proves is left as unexplained.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Final

from licensing.cutover.kinds import Cause
from platform_core.money import round_half_away

MICROS: Final = 10**6
"""Micros of a minor unit."""

FEE: Final = "~fee"
HELD: Final = "~held:"
CREDIT: Final = "~credit:"
_FREE: Final = ("~minimum:", "~charge:")
"""Products of ours that nobody sold."""

_TWICE_ROUNDED: Final = 2
"""Two roundings of one figure, each by less than a minor unit, are less than this apart."""


@dataclass(frozen=True, slots=True)
class OldLine:
    """What the old workbook says of one product of a licence, or of all of them."""

    product: str
    royalty: int
    units: int | None = None
    rate: str = ""
    """As it is written there; blank: it is not."""


@dataclass(frozen=True, slots=True)
class OldInvoice:
    """What the old workbook billed a licence, in minor units."""

    credit: int
    due: int
    lines: tuple[OldLine, ...]

    @property
    def royalty(self) -> int:
        """What the lines come to."""
        return sum(line.royalty for line in self.lines)


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a licence owes in another currency for a month: micros of that currency's minor-unit equivalent."""

    currency: str
    month: int
    native: Fraction


@dataclass(slots=True)
class OurInvoice:
    """What our close billed a licence: minor units, and in micros what it is made of."""

    royalty: int = 0
    credit: int = 0
    units: dict[str, int] = field(default_factory=dict)
    billed: dict[str, int] = field(default_factory=dict)
    """Micros by product."""
    limits: dict[Cause, int] = field(default_factory=dict)
    """What waivers and caps took off, and what minimums and charges put on, in micros."""
    lines_minor: int = 0
    """What each line would come to if it were rounded by itself."""
    foreign: list[Foreign] = field(default_factory=list)

    @property
    def due(self) -> int:
        """Royalty less credit."""
        return self.royalty - self.credit


@dataclass(frozen=True, slots=True)
class Known:
    """What differences of a programme may come from besides the invoices themselves."""

    taxes: Sequence[Fraction] = ()
    """Rates of value added tax, such as 6/100."""
    exchange: Mapping[tuple[int, str], Fraction] = field(default_factory=dict)
    """Rates of exchange by month and currency."""


@dataclass(frozen=True, slots=True)
class Part:
    """One cause with what it adds to the old amount, in minor units, and the figures that show it."""

    cause: Cause
    amount: int
    facts: Mapping[str, str] = field(default_factory=dict)


# -- what licences owe --------------------------------------------------------------------------------------------


def invoice_parts(
    old: OldInvoice | None, ours: OurInvoice | None, known: Known, neighbours: Mapping[str, int]
) -> list[Part]:
    """Take the difference in what a licence owes apart.

    `neighbours` are the differences of the same licence's royalty in neighbouring periods, by period.
    """
    if old is None or ours is None:
        return _one_sided(None if old is None else old.due, None if ours is None else ours.due)
    parts = list(_royalty_parts(old, ours, known, neighbours))
    if credit := old.credit - ours.credit:
        cause = Cause.ROUNDING if abs(credit) == 1 else Cause.CREDIT
        parts.append(Part(cause, credit, {"old": str(old.credit), "ours": str(ours.credit)}))
    return parts


def _one_sided(old: int | None, ours: int | None) -> list[Part]:
    """Return what only one side has: nothing is no difference, whether it is written down or not."""
    parts = [Part(Cause.ONLY_OURS, ours or 0) if old is None else Part(Cause.ONLY_OLD, -old)]
    return [part for part in parts if part.amount]


def _royalty_parts(old: OldInvoice, ours: OurInvoice, known: Known, neighbours: Mapping[str, int]) -> Iterator[Part]:
    left = ours.royalty - old.royalty
    if not left:
        return
    lines = max(len(old.lines), 1)
    if abs(left) <= lines or old.royalty == ours.lines_minor:
        yield Part(Cause.ROUNDING, left)
        return
    for period, gap in sorted(neighbours.items()):
        if gap == -left:
            yield Part(Cause.SHIFT, left, {"period": period})
            return
    more = _more_units(old, ours)
    rest = left - sum((part.amount for part in more), 0)
    if more and abs(rest) <= lines:
        yield from _settled(more, left)
        return
    found = list(_worked_out(old.royalty + left - rest, ours, known, rest, lines))
    if not found:
        found = _rates(old, ours, rest) or [Part(Cause.UNEXPLAINED, rest)]
    yield from _settled([*more, *found], left)


def _more_units(old: OldInvoice, ours: OurInvoice) -> list[Part]:
    """What other units come to, at what the old workbook asks of each."""
    parts = []
    for line in old.lines:
        if line.units is None:
            continue
        units = _units(ours, line.product)
        if units == line.units:
            continue
        if line.units and line.royalty:
            amount = Fraction(line.royalty * (units - line.units), line.units)
        else:
            amount = Fraction(_billed(ours, line.product), MICROS) - line.royalty
        facts = {"product": line.product, "old": str(line.units), "ours": str(units)}
        parts.append(Part(Cause.UNITS, round_half_away(amount), facts))
    if all(line.units is not None and line.product for line in old.lines):
        told = {line.product for line in old.lines}
        for product in sorted(ours.units):
            if product not in told and ours.units[product] and not product.startswith(_FREE):
                amount = Fraction(ours.billed.get(product, 0), MICROS)
                facts = {"product": product, "old": "0", "ours": str(ours.units[product])}
                parts.append(Part(Cause.UNITS, round_half_away(amount), facts))
    return parts


def _units(ours: OurInvoice, product: str) -> int:
    if product:
        return ours.units.get(product, 0)
    return sum(units for name, units in ours.units.items() if not name.startswith(_FREE))


def _billed(ours: OurInvoice, product: str) -> int:
    return ours.billed.get(product, 0) if product else sum(ours.billed.values())


def _worked_out(old: int, ours: OurInvoice, known: Known, left: int, slack: int) -> Iterator[Part]:
    """Causes of which one, or some limits together, come to just what is left, within a minor unit a line."""
    limits = {cause: amount for cause, amount in ours.limits.items() if amount}
    for count in range(1, len(limits) + 1):
        for chosen in combinations(limits, count):
            if abs(Fraction(sum(limits[cause] for cause in chosen), MICROS) - left) <= slack:
                for cause in chosen:
                    yield Part(cause, round_half_away(Fraction(limits[cause], MICROS)))
                return
    for tax in known.taxes:
        if tax and abs(ours.royalty * (1 + tax) - old) <= slack:
            yield Part(Cause.TAX, left, {"percent": _plain(tax * 100)})
            return
    yield from _exchanged(old, ours, known, left, slack)


def _exchanged(old: int, ours: OurInvoice, known: Known, left: int, slack: int) -> Iterator[Part]:
    """Another month's rate of exchange: the one before or after each, or one month's for all."""
    if not ours.foreign:
        return
    here = Fraction(sum(ours.billed.values()), MICROS)
    months = sorted({month for month, _ in known.exchange})
    ways = [(f"{step:+d}", {each.month: each.month + step for each in ours.foreign}) for step in (-1, 1)]
    ways += [(_month(month), dict.fromkeys((each.month for each in ours.foreign), month)) for month in months]
    for name, way in ways:
        rates = [
            (known.exchange.get((way[each.month], each.currency)), known.exchange.get((each.month, each.currency)))
            for each in ours.foreign
        ]
        if any(there is None or now is None for there, now in rates):
            continue
        change = sum(
            (each.native * ((there or 0) - (now or 0)) for each, (there, now) in zip(ours.foreign, rates, strict=True)),
            Fraction(0),
        )
        if abs(here + change / MICROS - old) <= slack:
            yield Part(Cause.EXCHANGE, left, {"month": name, "currency": ours.foreign[0].currency})
            return


def _rates(old: OldInvoice, ours: OurInvoice, left: int) -> list[Part]:
    """What other amounts per unit come to, where the units of both sides are known."""
    if any(line.units is None for line in old.lines):
        return []
    parts = []
    for line in old.lines:
        units = _units(ours, line.product)
        if not line.units or not units:
            continue
        theirs, own = Fraction(line.royalty, line.units), Fraction(_billed(ours, line.product), units * MICROS)
        amount = round_half_away((own - theirs) * units)
        if amount:
            facts = {"product": line.product, "old": _plain(theirs), "ours": _plain(own)}
            parts.append(Part(Cause.RATE, amount, facts | ({"written": line.rate} if line.rate else {})))
    # What nobody sold is no matter of a rate per unit.
    for cause in (Cause.MINIMUM, Cause.CHARGE):
        amount = round_half_away(Fraction(ours.limits.get(cause, 0), MICROS))
        if amount and all(line.product for line in old.lines):
            parts.append(Part(cause, amount))
    slack = max(len(old.lines), 1)
    if parts and abs(sum(part.amount for part in parts) - left) <= slack:
        return parts
    rest = left - sum(part.amount for part in parts)
    return [*parts, Part(Cause.UNEXPLAINED, rest)] if parts else []


def _settled(parts: Sequence[Part], total: int) -> list[Part]:
    """Have parts add up to the difference: what rounding left over goes with the greatest."""
    rest = total - sum(part.amount for part in parts)
    if not rest:
        return [part for part in parts if part.amount]
    greatest = max(range(len(parts)), key=lambda number: abs(parts[number].amount))
    settled = [
        Part(part.cause, part.amount + (rest if number == greatest else 0), part.facts)
        for number, part in enumerate(parts)
    ]
    return [part for part in settled if part.amount]


# -- what payees are due ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shared:
    """How our close shared out what licences were billed."""

    billed: Mapping[str, int]
    """Micros by licence."""
    got: Mapping[str, Mapping[str, int]]
    """Micros by licence and payee."""


@dataclass(frozen=True, slots=True)
class Gap:
    """How much more royalty and credit our close has of a licence than the old workbook, in minor units."""

    royalty: int
    credit: int


def payee_parts(
    old: Mapping[str, int], ours: Mapping[str, int], shared: Shared, gaps: Mapping[str, Gap]
) -> dict[str, list[Part]]:
    """Take the difference in what each payee is due apart.

    `gaps` are the differences in what licences owe: what a payee gets of each follows by our shares of it.
    """
    old = {payee: amount for payee, amount in old.items() if amount}
    ours = {payee: amount for payee, amount in ours.items() if amount}
    follows = _follows({*old, *ours}, shared, gaps)
    rest = {payee: ours.get(payee, 0) - old.get(payee, 0) - follows[payee] for payee in follows}
    fee = rest.get(FEE, Fraction(0))
    fee = fee if abs(fee) >= _TWICE_ROUNDED else Fraction(0)
    # What the fee takes more, all others get less, each by its old share of what is left to them.
    base = {payee: old.get(payee, 0) + follows[payee] for payee in follows if payee != FEE}
    whole = sum(base.values(), Fraction(0))
    by_fee = {payee: -fee * amount / whole if whole else Fraction(0) for payee, amount in base.items()}
    otherwise = {payee: rest[payee] - by_fee[payee] for payee in base}
    # Weights move money among payees; what makes money more or less is something else.
    moved_only = abs(sum(otherwise.values(), Fraction(0))) < _TWICE_ROUNDED * max(len(base), 1)
    found: dict[str, list[Part]] = {}
    for payee in sorted(follows):
        difference = ours.get(payee, 0) - old.get(payee, 0)
        if payee not in old or payee not in ours:
            held = _held(payee, old, ours)
            parts = [held] if held else _one_sided(old.get(payee), ours.get(payee))
        elif abs(difference) <= 1:
            parts = [Part(Cause.ROUNDING, difference)] if difference else []
        else:
            parts = [Part(Cause.INVOICES, round_half_away(follows[payee]))]
            if payee == FEE:
                facts = {"old": _percent(old[FEE], old), "ours": _percent(ours[FEE], ours)}
                parts.append(Part(Cause.FEE, round_half_away(fee), facts))
            else:
                parts.append(Part(Cause.FEE, round_half_away(by_fee[payee])))
                if abs(otherwise[payee]) >= _TWICE_ROUNDED:
                    facts = {"old": _share(payee, old), "ours": _share(payee, ours)}
                    cause = Cause.WEIGHTS if moved_only else Cause.UNEXPLAINED
                    parts.append(Part(cause, round_half_away(otherwise[payee]), facts))
            parts = (
                _settled(parts, difference)
                if any(part.amount for part in parts)
                else [Part(Cause.UNEXPLAINED, difference)]
            )
        if parts:
            found[payee] = parts
    return found


def _follows(payees: Iterable[str], shared: Shared, gaps: Mapping[str, Gap]) -> dict[str, Fraction]:
    """What each payee gets more because licences were billed more and credited less, by our shares.

    Of a licence of which our close bills nothing, shares are those of all licences together.
    """
    whole = sum(shared.billed.values())
    together: dict[str, int] = {}
    for got in shared.got.values():
        for payee, micros in got.items():
            # What one licensee is credited says nothing of others.
            owner = payee.removeprefix(CREDIT)
            together[owner] = together.get(owner, 0) + micros
    follows = dict.fromkeys(payees, Fraction(0))
    for licence, gap in gaps.items():
        billed = shared.billed.get(licence, 0)
        got, of = (shared.got.get(licence, {}), billed) if billed else (together, whole)
        credited = sum(micros for payee, micros in got.items() if payee.startswith(CREDIT))
        for payee in follows:
            if of and gap.royalty:
                follows[payee] += Fraction(gap.royalty * got.get(payee, 0), of)
            # What is credited to a licensee was its member's.
            if credited and gap.credit:
                follows[payee] -= Fraction(gap.credit * got.get(f"{CREDIT}{payee}", 0), credited)
    return follows


def _held(payee: str, old: Mapping[str, int], ours: Mapping[str, int]) -> Part | None:
    """A member's money that one side withholds and the other does not."""
    other = payee.removeprefix(HELD) if payee.startswith(HELD) else f"{HELD}{payee}"
    if (payee in ours and other in old and other not in ours) or (payee in old and other in ours and other not in old):
        return Part(Cause.HELD, ours.get(payee, 0) - old.get(payee, 0))
    return None


def _percent(amount: int, amounts: Mapping[str, int]) -> str:
    whole = sum(amounts.values())
    return _plain(Fraction(100 * amount, whole)) if whole else ""


def _share(payee: str, amounts: Mapping[str, int]) -> str:
    """The share of a payee in what is left after the fee, in percent."""
    return _percent(amounts[payee], {name: amount for name, amount in amounts.items() if name != FEE})


def _plain(value: Fraction) -> str:
    """Write a figure with at most six decimals, for people to read."""
    whole = round_half_away(abs(value) * 10**6)
    text = f"{whole // 10**6}.{whole % 10**6:06d}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 and whole else text


def _month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
