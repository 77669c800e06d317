"""Which workings of a statement may be told beside a programme's totals, and how they are laid out: pure arithmetic.

The table is that of the totals: sums of royalties that may each be told. Beside a sum stands what the member earns of
it, which is told only where the two figures together single nobody out.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Final

from licensing.close.totals.tables import to_minor
from platform_core.access.aggregates.calculation import AggregateRule, Atom, Group, Place, Withheld
from platform_core.access.aggregates.weighing import Contribution, proportional, weighed_refusal
from platform_core.money import apportion

_BLUR: Final = 16
"""Micros by which what a payee gets of one bucket may be off its exact share: one for each level of the allocation."""


class Why(StrEnum):
    """Why an amount, or all workings of a statement, are not told."""

    TOO_FEW = Withheld.TOO_FEW.value
    DOMINATED = Withheld.DOMINATED.value
    BESIDE = "protects_another"
    """It could be told by itself, but another amount would follow from it."""
    SEVERAL = "several_statements"
    """Whoever reads several members' statements could take it apart."""
    TOGETHER = "told_together"
    """The close is told in one sum with others, or with what a correction changed."""
    CORRECTION = "correction"
    """What a correction changes is told in a later sum only."""
    BEING_PREPARED = "being_prepared"
    """What may be told is still being worked out, since the close was posted a moment ago."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one group of licensees sold of a product in a month between two countries; royalties in micros."""

    name: str
    place: Place
    billed: int
    earned: int
    """What the member gets of what was billed."""
    units: int
    royalty: int
    """Before the invoice was rounded."""
    buckets: int = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of the table: products and countries told together; amounts in micros, none where it is not told."""

    products: Group
    countries: Group
    royalty: int
    earned: int | None
    units: int | None
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of workings in minor units: a cell, or what stands at the end of a row or under a column."""

    products: Group
    countries: Group
    royalty_minor: int
    earned_minor: int | None
    units: int | None
    share_percent: str | None
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Workings:
    """What a statement's amount is made of, as one reader may know it; `earned` counts what is withheld for now."""

    currency: str
    exact: bool
    earned_minor: int
    cells: list[Row] = field(default_factory=list)
    products: list[Row] = field(default_factory=list)
    countries: list[Row] = field(default_factory=list)
    total: Row | None = None
    untold_minor: int | None = None
    """What the member earns of all cells in which its amount is not told, in one sum."""
    why: Why | None = None
    """Why there is no table."""


# -- what may be told -----------------------------------------------------------------------------------------------


def cells_told(
    atoms: Sequence[Atom],
    lines: Iterable[Line],
    rule: AggregateRule,
    *,
    own: Collection[str] = frozenset(),
    others: Iterable[Iterable[Line]] = (),
) -> list[Cell] | Why:
    """Say what of a statement's workings may be told to a reader who was told the atoms of the programme's totals.

    `others`: the lines of other members' statements that the same reader may read. Where not even royalties by product
    and country may stand beside the statements' amounts, the reason why.
    """
    parts = _without_gaps(atoms)
    inside = _sorted_into(parts, lines)
    weighed = [[_contributions(found) for found in of] for of in inside]
    beside = [_contributions(found) for lines in others for of in _sorted_into(parts, lines) for found in of]
    if beside and not proportional((*beside, *(atom for of in weighed for atom in of)), own=own):
        # As many equations as statements; only where each is a multiple of the totals do they say nothing new.
        return Why.SEVERAL
    why = _withheld(weighed, [sum(atom.amount for atom in of) for _, of in parts], rule, own)
    if isinstance(why, Why):
        return why
    return [
        Cell(
            products=place[0],
            countries=place[1],
            royalty=sum(atom.amount for atom in of),
            earned=None if number in why else sum(line.earned for found in inside[number] for line in found),
            units=_units([line for found in inside[number] for line in found], own),
            why=why.get(number),
        )
        for number, (place, of) in enumerate(parts)
    ]


def follows_from_totals(atoms: Sequence[Atom], lines: Iterable[Line], *, own: Collection[str] = frozenset()) -> bool:
    """Say whether a member's amount of every atom is one multiple of the total, so that it tells nothing beside it."""
    inside = _sorted_into(_without_gaps(atoms), lines)
    return proportional((_contributions(found) for of in inside for found in of), own=own)


def _sorted_into(parts: Sequence["Part"], lines: Iterable[Line]) -> list[list[list[Line]]]:
    """Sort lines into the atoms of each part of the table."""
    inside: list[list[list[Line]]] = [[[] for _ in of] for _, of in parts]
    where = {
        (product, country): (number, position)
        for number, (_, of) in enumerate(parts)
        for position, atom in enumerate(of)
        for product in atom.rows
        for country in atom.columns
    }
    for line in lines:
        if line.place in where:
            number, position = where[line.place]
            inside[number][position].append(line)
    return inside


def _contributions(lines: Iterable[Line]) -> list[Contribution]:
    return [Contribution(line.name, line.billed, line.earned, _BLUR * line.buckets) for line in lines if line.billed]


def _withheld(
    weighed: Sequence[Sequence[Sequence[Contribution]]],
    sizes: Sequence[int],
    rule: AggregateRule,
    own: Collection[str],
) -> dict[int, Why] | Why:
    """Say in which parts the amount is withheld, so that what is told and the statement give away none of them."""
    why: dict[int, Why] = {}
    for number, of in enumerate(weighed):
        if refused := weighed_refusal(of, rule, own=own):
            why[number] = Why(refused.value)
    while why:
        # The statement says what all amounts come to, and thereby what those that are withheld come to.
        refused = weighed_refusal([atom for number in why for atom in weighed[number]], rule, own=own)
        if refused is None:
            break
        left = [number for number in range(len(weighed)) if number not in why]
        if not left:
            return Why(refused.value)
        why[min(left, key=lambda number: (sizes[number], number))] = Why.BESIDE
    return why


def _units(lines: Sequence[Line], own: Collection[str]) -> int | None:
    """Add up units where each bears one royalty, so that they say what the royalty says; none elsewhere."""
    if any(line.royalty and not line.units for line in lines):
        return None
    if not proportional([[Contribution(line.name, line.units, line.royalty, line.buckets) for line in lines]], own=own):
        return None
    return sum(line.units for line in lines) or None


Part = tuple[tuple[Group, Group], list[Atom]]


def _without_gaps(atoms: Sequence[Atom]) -> list[Part]:
    """Put rows or columns together until every cell of the table has something: an empty one says that nobody sold.

    That minimums and charges have no country is no secret, and leaves no gap.
    """
    parts: dict[tuple[Group, Group], list[Atom]] = {(atom.rows, atom.columns): [atom] for atom in atoms}
    while gap := _gap(parts):
        rows, columns = (_sizes(parts, way) for way in (0, 1))
        options = [
            (sizes[here] + sizes[other], way, here, other)
            for way, here, sizes in ((0, gap[0], rows), (1, gap[1], columns))
            for other in sizes
            if other != here
        ]
        _, way, here, other = min(options)
        merged = tuple(sorted({*here, *other}))
        joined: defaultdict[tuple[Group, Group], list[Atom]] = defaultdict(list)
        for place, of in parts.items():
            key = tuple(merged if at == way and group in (here, other) else group for at, group in enumerate(place))
            joined[key[0], key[1]] += of
        parts = dict(joined)
    return sorted(parts.items())


def _gap(parts: Mapping[tuple[Group, Group], object]) -> tuple[Group, Group] | None:
    rows, columns = sorted({row for row, _ in parts}), sorted({column for _, column in parts})
    for row in rows:
        for column in columns:
            if (row, column) not in parts and not _never_together(row, column):
                return row, column
    return None


def _never_together(row: Group, column: Group) -> bool:
    """Whether products and countries cannot meet: sales have a country, minimums and charges have none."""
    return not any(product.startswith("~") == (country == "") for product in row for country in column)


def _sizes(parts: Mapping[tuple[Group, Group], Sequence[Atom]], way: int) -> dict[Group, int]:
    sizes: defaultdict[Group, int] = defaultdict(int)
    for place, of in parts.items():
        sizes[place[way]] += sum(abs(atom.amount) for atom in of)
    return dict(sizes)


# -- how it is laid out ---------------------------------------------------------------------------------------------


def lay_out(cells: Sequence[Cell], earned_minor: int, untold: int, *, currency: str, exact: bool) -> Workings:
    """Lay cells out with their sums; the amounts told and what is left untold add up to what was earned.

    `untold` are the micros earned of the cells whose amount is not told. Beside a cell that is not told no sum of its
    row or column is told either.
    """
    weights = [*(cell.earned or 0 for cell in cells), untold]
    amounts = apportion(earned_minor, weights) if any(weights) else [0] * len(weights)
    told = [None if cell.earned is None else amount for cell, amount in zip(cells, amounts, strict=False)]
    pairs = list(zip(cells, told, strict=True))
    hidden = any(amount is None for amount in told)
    known = sum(amount for amount in told if amount is not None)
    return Workings(
        currency=currency,
        exact=exact,
        earned_minor=earned_minor,
        cells=[
            Row(
                cell.products,
                cell.countries,
                to_minor(cell.royalty),
                amount,
                cell.units,
                _percent(cell.earned, cell.royalty),
                cell.why,
            )
            for cell, amount in pairs
        ],
        products=_margins(pairs, lambda cell: (cell.products, ())),
        countries=_margins(pairs, lambda cell: ((), cell.countries)),
        total=_sum_of(pairs, ((), ()), earned_minor, sum(weights)) if cells else None,
        untold_minor=earned_minor - known if hidden else None,
    )


Pair = tuple[Cell, int | None]


def _margins(pairs: Sequence[Pair], key: Callable[[Cell], tuple[Group, Group]]) -> list[Row]:
    found: defaultdict[tuple[Group, Group], list[Pair]] = defaultdict(list)
    for pair in pairs:
        found[key(pair[0])].append(pair)
    rows = []
    for place, of in sorted(found.items()):
        amounts = [amount for _, amount in of if amount is not None]
        whole = len(amounts) == len(of)
        micros = sum(cell.earned or 0 for cell, _ in of)
        rows.append(_sum_of(of, place, sum(amounts) if whole else None, micros if whole else None))
    return rows


def _sum_of(pairs: Sequence[Pair], place: tuple[Group, Group], amount: int | None, micros: int | None) -> Row:
    royalty = sum(cell.royalty for cell, _ in pairs)
    units = [cell.units for cell, _ in pairs if cell.units is not None]
    return Row(
        products=place[0],
        countries=place[1],
        royalty_minor=to_minor(royalty),
        earned_minor=amount,
        units=sum(units) if len(units) == len(pairs) else None,
        share_percent=_percent(micros, royalty),
    )


def _percent(part: int | None, whole: int) -> str | None:
    """Write a part of a whole in percent, to four decimals."""
    if part is None or not whole:
        return None
    scaled = round(Fraction(part * 10**6, whole))
    return f"{scaled // 10**4}.{scaled % 10**4:04d}"
