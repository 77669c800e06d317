"""What a statement is made of: told where nobody can be singled out by it beside everything else its reader knows."""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.close.workings import calculation
from licensing.close.workings.calculation import Cell, Line, Why, cells_told, lay_out
from platform_core.access.aggregates.calculation import RULE, Atom, Withheld, cut
from platform_core.access.aggregates.weighing import Contribution, proportional, weighed_refusal
from tests.unit.access.attacker import Variable
from tests.unit.access.linear import Equation, coalitions_learnt, least_of, most_of

MINOR = 10**6
TENTH, FIFTH, HALF = Fraction(1, 10), Fraction(1, 5), Fraction(1, 2)


def sold(
    name: str, product: str, country: str, royalty: int, share: Fraction = TENTH, rate: Fraction = Fraction(1)
) -> Line:
    """Make a line of a royalty in minor units; a unit bears `rate` minor units."""
    billed = royalty * MINOR
    units = royalty / rate
    assert units.denominator == 1
    return Line(name, (product, country), billed, int(billed * share), int(units), billed)


def atoms_of(lines: Sequence[Line], own: frozenset[str] = frozenset()) -> list[Atom] | Withheld:
    """Cut the totals as they are told."""
    cells: defaultdict[tuple[str, str], defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in lines:
        cells[line.place][line.name] += line.billed
    return cut(cells, RULE, own=own)


def told(
    lines: Sequence[Line], own: frozenset[str] = frozenset(), *, others: Sequence[Sequence[Line]] = ()
) -> list[Cell] | Why:
    atoms = atoms_of(lines, own)
    assert isinstance(atoms, list)
    return cells_told(atoms, lines, RULE, own=own, others=others)


def even(product: str, country: str, share: Fraction = TENTH, names: str = "ABC", royalty: int = 100) -> list[Line]:
    return [sold(name, product, country, royalty, share) for name in names]


def amounts(cells: list[Cell] | Why) -> dict[tuple[tuple[str, ...], tuple[str, ...]], int | None]:
    assert isinstance(cells, list), cells
    return {(cell.products, cell.countries): None if cell.earned is None else cell.earned // MINOR for cell in cells}


class TestTwoFiguresOfOneSum:
    @pytest.mark.parametrize("reader", ["A", "B", "C"])
    def test_the_example_has_no_totals_and_so_no_workings_for_who_owns_any_of_the_three(self, reader: str) -> None:
        lines = [sold("A", "tv", "CN", 500_000), sold("B", "tv", "CN", 300_000), sold("C", "tv", "CN", 200_000)]
        assert atoms_of(lines, frozenset({reader})) is Withheld.TOO_FEW
        assert amounts(told(lines)) == {(("tv",), ("CN",)): 100_000}

    def test_a_share_that_one_alone_has_is_told_by_neither_figure(self) -> None:
        """Ten times what the member gets, less the royalty, would be four times what D pays."""
        alone = [*even("tv", "CN"), sold("D", "tv", "CN", 100, HALF)]
        assert told(alone) is Why.TOO_FEW
        assert amounts(told([*even("tv", "CN"), *even("tv", "CN", HALF, "DEF")])) == {(("tv",), ("CN",)): 180}

    def test_who_has_nearly_all_of_what_is_left_dominates_it(self) -> None:
        lines = [
            *even("tv", "CN", royalty=400),
            *(sold(n, "tv", "CN", m, HALF) for n, m in (("D", 900), ("E", 1), ("F", 1))),
        ]
        assert told(lines) is Why.DOMINATED

    def test_rounding_tells_no_share_from_another(self) -> None:
        rough = [Contribution(name, 3_333_331 + number, 333_333, 2) for number, name in enumerate("ABC")]
        assert proportional([rough])
        assert weighed_refusal([rough], RULE) is None

    def test_the_reader_takes_out_its_own(self) -> None:
        lines = [*even("tv", "CN"), sold("own", "tv", "CN", 50, HALF)]
        assert told(lines) is Why.TOO_FEW
        assert amounts(told(lines, frozenset({"own"}))) == {(("tv",), ("CN",)): 55}


class TestTables:
    def test_each_cell_says_what_is_earned_of_it_and_margins_add_up(self) -> None:
        lines = [*even("tv", "CN"), *even("tv", "DE", FIFTH), *even("box", "CN"), *even("box", "DE", FIFTH)]
        cells = told(lines)
        assert isinstance(cells, list)
        laid = lay_out(cells, 180, 0, currency="CNY", exact=False)
        assert [(row.products, row.royalty_minor, row.earned_minor) for row in laid.products] == [
            (("box",), 600, 90),
            (("tv",), 600, 90),
        ]
        assert [(row.countries, row.earned_minor, row.share_percent) for row in laid.countries] == [
            (("CN",), 60, "10.0000"),
            (("DE",), 120, "20.0000"),
        ]
        assert laid.total is not None
        assert (laid.total.royalty_minor, laid.total.earned_minor, laid.untold_minor) == (1200, 180, None)

    def test_an_amount_that_is_withheld_takes_another_one_with_it(self) -> None:
        """What the statement says less all other amounts would be the one that is withheld."""
        mixed = [*even("tv", "DE", FIFTH, "ABC"), sold("D", "tv", "DE", 90, HALF)]
        cover = [line for share in (TENTH, FIFTH, HALF) for line in even("tv", "FR", share, "ABCD", 200)]
        cells = told([*even("tv", "CN", names="ABCD"), *mixed, *cover])
        assert isinstance(cells, list)
        why = {cell.countries: cell.why for cell in cells}
        assert why == {("CN",): Why.BESIDE, ("DE",): Why.TOO_FEW, ("FR",): Why.BESIDE}
        whole = sum(line.earned for line in [*even("tv", "CN", names="ABCD"), *mixed, *cover])
        laid = lay_out(cells, whole // MINOR, whole, currency="CNY", exact=False)
        assert laid.untold_minor == whole // MINOR
        assert [row.earned_minor for row in laid.products] == [None]

    def test_a_country_where_nothing_was_sold_of_a_product_is_told_together_with_another(self) -> None:
        lines = [*even("tv", "CN"), *even("tv", "DE", royalty=50), *even("box", "CN")]
        assert set(amounts(told(lines))) == {(("box", "tv"), ("CN",)), (("box", "tv"), ("DE",))}

    def test_minimums_have_no_country_and_are_no_gap(self) -> None:
        lines = [*even("tv", "CN"), *even("tv", "DE"), *(sold(n, "~minimum:m", "", 40) for n in "ABC")]
        assert set(amounts(told(lines))) == {
            (("tv",), ("CN",)),
            (("tv",), ("DE",)),
            (("~minimum:m",), ("",)),
        }

    def test_who_reads_several_statements_is_told_what_follows_from_the_totals_or_nothing(self) -> None:
        plain = [*even("tv", "CN"), *even("tv", "DE")]
        mixed = [*even("tv", "CN"), *even("tv", "DE", names="AB"), *even("tv", "DE", HALF, "C")]
        assert amounts(told(plain, others=[even("tv", "CN", HALF)])) == {
            (("tv",), ("CN",)): 30,
            (("tv",), ("DE",)): 30,
        }
        assert told(plain, others=[mixed]) is Why.SEVERAL
        mixed = [*even("tv", "CN"), *even("tv", "DE"), *even("tv", "DE", HALF, "DEF")]
        assert amounts(told(mixed)) == {(("tv",), ("CN",)): 30, (("tv",), ("DE",)): 180}
        assert told(mixed, others=[plain]) is Why.SEVERAL


class TestUnits:
    def test_units_are_told_where_each_bears_the_same_royalty(self) -> None:
        lines = [sold(name, "tv", "CN", 100, rate=Fraction(1, 2)) for name in "ABC"]
        cells = told(lines)
        assert isinstance(cells, list)
        assert [cell.units for cell in cells] == [600]

    def test_units_of_different_royalties_would_take_the_sum_apart(self) -> None:
        lines = [sold(name, "tv", "CN", 100) for name in "ABC"] + [sold("D", "tv", "CN", 100, rate=Fraction(1, 2))]
        cells = told(lines)
        assert isinstance(cells, list)
        assert [cell.units for cell in cells] == [None]

    def test_units_that_bear_nothing_are_not_told_with_those_that_do(self) -> None:
        waived = Line("D", ("tv", "CN"), 0, 0, 70, 0)
        cells = told([*even("tv", "CN"), waived])
        assert isinstance(cells, list)
        assert [cell.units for cell in cells] == [None]


OWN = frozenset({"own"})
NAMES = ("A", "B", "C", "D", "E", "own")
SHARES = (TENTH, FIFTH, HALF)

line = st.builds(
    sold,
    st.sampled_from(NAMES),
    st.sampled_from(("box", "tv")),
    st.sampled_from(("CN", "DE", "US")),
    st.integers(1, 6).map(lambda number: 10 * number),
    st.sampled_from(SHARES),
    st.sampled_from((Fraction(1), Fraction(1, 2))),
)
by_market = st.lists(line, min_size=6, max_size=30)
"""Shares that differ within a market, as patents come and go with the months."""


@st.composite
def crowded(draw: st.DrawFn) -> list[Line]:
    """Markets in which most report, so that much is told, and shares that are one to a market but for a few lines."""
    lines = draw(st.lists(line, max_size=4))
    for product in ("box", "tv"):
        for country in ("CN", "DE"):
            share = draw(st.sampled_from(SHARES))
            names = draw(st.sets(st.sampled_from(NAMES), min_size=3))
            lines += [
                sold(name, product, country, draw(st.sampled_from((50, 60, 70))), share) for name in sorted(names)
            ]
    return lines


def hidden_from_the_reader(lines: Sequence[Line]) -> dict[Variable, Line]:
    """Every figure that is not the reader's own."""
    return {((number, *one.place), one.name): one for number, one in enumerate(lines) if one.name not in OWN}


def system(lines: Sequence[Line], atoms: Sequence[Atom], cells: Sequence[Cell]) -> list[Equation]:
    """Everything the reader was told, its own taken out: the totals, the statement, and the workings."""
    hidden = hidden_from_the_reader(lines)
    weights = {
        "royalty": lambda one: Fraction(1),
        "earned": lambda one: Fraction(one.earned, one.billed),
        "units": lambda one: Fraction(one.units * MINOR, one.billed),
    }

    def equation(weigh: str, rows: Sequence[str], columns: Sequence[str]) -> Equation:
        of = {
            variable: weights[weigh](one)
            for variable, one in hidden.items()
            if one.place[0] in rows and one.place[1] in columns
        }
        return Equation(of, sum((weight * hidden[variable].billed for variable, weight in of.items()), Fraction(0)))

    found = [equation("royalty", atom.rows, atom.columns) for atom in atoms]
    found.append(equation("earned", [one.place[0] for one in lines], [one.place[1] for one in lines]))
    found += [equation("earned", cell.products, cell.countries) for cell in cells if cell.earned is not None]
    found += [equation("units", cell.products, cell.countries) for cell in cells if cell.units is not None]
    return found


def broken(lines: Sequence[Line]) -> list[str]:
    """Say what the reader learns that it must not, of whatever it was told."""
    atoms = atoms_of(lines, OWN)
    if isinstance(atoms, Withheld):
        return []
    cells = cells_told(atoms, lines, RULE, own=OWN)
    if isinstance(cells, Why):
        return []
    equations = system(lines, atoms, cells)
    figures: defaultdict[tuple[str, int], list[Variable]] = defaultdict(list)
    for number in range(len(atoms)):
        for variable in equations[number].of:
            figures[variable[1], number].append(variable)
    wrong = [f"{' and '.join(names)} follow" for names in coalitions_learnt(equations, set(NAMES) - OWN)]
    hidden = hidden_from_the_reader(lines)
    for (name, number), variables in figures.items():
        is_really = sum(hidden[variable].billed for variable in variables)
        if least_of(equations, variables) > 0:
            wrong.append(f"{name} has something of part {number}")
        if 100 * is_really > RULE.percent * most_of(equations, variables):
            wrong.append(f"{name} is bounded in part {number}")
    return wrong


@given(by_market)
@settings(max_examples=60, deadline=None)
def test_no_reader_learns_of_one_or_two_whatever_it_adds_and_subtracts(lines: list[Line]) -> None:
    assert broken(lines) == []


@given(crowded())
@settings(max_examples=60, deadline=None)
def test_no_reader_learns_of_one_or_two_where_much_is_told(lines: list[Line]) -> None:
    assert broken(lines) == []


@given(crowded())
@settings(max_examples=100, deadline=None)
def test_what_is_told_and_what_is_not_add_up_to_the_statement(lines: list[Line]) -> None:
    atoms = atoms_of(lines, OWN)
    cells = Why.TOO_FEW if isinstance(atoms, Withheld) else cells_told(atoms, lines, RULE, own=OWN)
    if isinstance(cells, Why):
        return
    whole = sum(one.earned for one in lines)
    untold = whole - sum(cell.earned or 0 for cell in cells)
    laid = lay_out(cells, round(Fraction(whole, MINOR)), untold, currency="CNY", exact=False)
    shown = sum(row.earned_minor for row in laid.cells if row.earned_minor is not None)
    assert shown + (laid.untold_minor or 0) == laid.earned_minor
    assert sum(cell.royalty for cell in cells) == sum(one.billed for one in lines)
    hidden = [cell for cell in cells if cell.why is not None]
    assert len(hidden) != 1 or len(cells) > 1


def test_the_attacker_takes_apart_workings_that_were_not_judged_beside_the_totals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So that the tests above mean something."""
    lines = [*even("tv", "CN"), sold("D", "tv", "CN", 100, HALF)]
    assert broken(lines) == []
    monkeypatch.setattr(calculation, "weighed_refusal", lambda *_, **__: None)
    assert "D follow" in broken(lines)


def test_the_attacker_takes_units_of_different_royalties_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [*even("tv", "CN"), sold("D", "tv", "CN", 100, rate=Fraction(1, 2))]
    assert broken(lines) == []
    monkeypatch.setattr(calculation, "proportional", lambda *_, **__: True)
    assert "D follow" in broken(lines)
