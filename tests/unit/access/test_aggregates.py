"""Sums of several licensees: told where the rule lets them, merged or withheld elsewhere, and never taken apart."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.access.aggregates.calculation import (
    RULE,
    AggregateRule,
    Atom,
    Blocks,
    Cells,
    Group,
    Step,
    Withheld,
    blocks,
    cut,
    difference,
    total_of,
)
from tests.unit.access.attacker import Told, Variable, bounds, by_contributor, coalitions_learnt, sums_learnt

UNITS = {"A": 500_000, "B": 300_000, "C": 200_000}
"""The example of the page on access."""


class TestRule:
    @pytest.mark.parametrize("reader", list(UNITS))
    def test_the_example_is_withheld_from_a_reader_who_owns_any_of_the_three(self, reader: str) -> None:
        assert RULE.refusal(UNITS, own={reader}) is Withheld.TOO_FEW
        assert cut({("tv", "CN"): UNITS}, RULE, own={reader}) is Withheld.TOO_FEW

    def test_the_example_is_told_to_a_reader_who_owns_none(self) -> None:
        assert RULE.refusal(UNITS) is None
        assert cut({("tv", "CN"): UNITS}, RULE) == [Atom(("tv",), ("CN",), 1_000_000)]

    @pytest.mark.parametrize(
        ("amounts", "own", "refused"),
        [
            ({"A": 60, "B": 20, "C": 20}, (), None),
            ({"A": 61, "B": 20, "C": 19}, (), Withheld.DOMINATED),
            ({"A": 50, "B": 50}, (), Withheld.TOO_FEW),
            ({"A": 50, "B": 50, "C": 0}, (), Withheld.TOO_FEW),
            ({"A": 1, "B": 1, "C": 1}, (), None),
            # The reader's own large part neither helps nor hurts.
            ({"own": 1000, "A": 40, "B": 30, "C": 30}, ("own",), None),
            ({"own": 1000, "A": 70, "B": 15, "C": 15}, ("own",), Withheld.DOMINATED),
            # A correction of one is not hidden by others' small ones, whatever their signs.
            ({"A": -70, "B": 15, "C": 15}, (), Withheld.DOMINATED),
            ({}, (), Withheld.TOO_FEW),
        ],
    )
    def test_it_counts_reporters_and_weighs_the_largest(
        self, amounts: dict[str, int], own: tuple[str, ...], refused: Withheld | None
    ) -> None:
        assert RULE.refusal(amounts, own=own) is refused

    @pytest.mark.parametrize(("reporters", "percent"), [(2, 60), (3, 61), (0, 60), (3, 0)])
    def test_it_can_be_made_stricter_and_never_laxer(self, reporters: int, percent: int) -> None:
        assert AggregateRule(4, 50).refusal({"A": 1, "B": 1, "C": 1}) is Withheld.TOO_FEW
        with pytest.raises(ValueError, match="at least 3"):
            AggregateRule(reporters, percent)


class TestTables:
    def test_what_may_be_told_is_told_as_fine_as_it_is(self) -> None:
        even = {"A": 10, "B": 10, "C": 10}
        cells = {(row, column): even for row in ("phone", "tv") for column in ("CN", "DE")}
        assert cut(cells, RULE) == [Atom((row,), (column,), 30) for row, column in sorted(cells)]

    def test_a_cell_that_may_not_be_told_takes_another_one_with_it(self) -> None:
        """Phones of a single licensee would follow from the sum less the two other products."""
        cells = {
            ("box", "CN"): {"A": 10, "B": 10, "C": 10},
            ("phone", "CN"): {"A": 5},
            ("tv", "CN"): {"A": 100, "B": 100, "C": 100},
        }
        assert cut(cells, RULE) == [Atom(("box", "phone"), ("CN",), 35), Atom(("tv",), ("CN",), 300)]

    def test_columns_do_not_give_away_what_rows_hide(self) -> None:
        """Rows and columns that may each be told would together tell what A sells in DE."""
        even = {"A": 10, "B": 10, "C": 10}
        cells = {("phone", "DE"): {"A": 10}, ("phone", "CN"): even, ("tv", "CN"): even, ("tv", "DE"): even}
        atoms = cut(cells, RULE)
        assert isinstance(atoms, list)
        assert len(atoms) == 2
        assert sum(atom.amount for atom in atoms) == 100

    def test_one_licensees_country_is_merged_and_the_sum_stays(self) -> None:
        cells = {("tv", "CN"): {"A": 50, "B": 40, "C": 40}, ("tv", "DE"): {"A": 7}}
        assert cut(cells, RULE) == [Atom(("tv",), ("CN", "DE"), 137)]


class TestBlocks:
    even = {("tv", "CN"): {"A": 10, "B": 10, "C": 10}}

    def test_periods_that_may_not_be_told_wait_for_the_next(self) -> None:
        few: Cells = {("tv", "CN"): {"A": 10, "B": 10}}
        made = blocks([Step("Q1", self.even), Step("Q2", few), Step("Q3", self.even), Step("Q4", few)], RULE)
        assert [(block.keys, sum(atom.amount for atom in block.atoms)) for block in made.told] == [
            (("Q1",), 30),
            (("Q2", "Q3"), 50),
        ]
        assert (made.waiting, made.reason) == (("Q4",), Withheld.TOO_FEW)

    def test_a_correction_of_one_is_folded_into_the_current_figure(self) -> None:
        corrected = {("tv", "CN"): {"A": 90, "B": 10, "C": 10}}
        change = difference(corrected, self.even)
        assert change == {("tv", "CN"): {"A": 80}}
        made = blocks([Step("Q1", self.even), Step("Q1 corrected", change)], RULE)
        assert (len(made.told), made.waiting) == (1, ("Q1 corrected",))
        large = {("tv", "CN"): {"A": 10, "B": 100, "C": 100}}
        made = blocks([Step("Q1", self.even), Step("Q1 corrected", change), Step("Q2", large)], RULE)
        assert [block.keys for block in made.told] == [("Q1",), ("Q1 corrected", "Q2")]
        assert made.told[1].atoms == (Atom(("tv",), ("CN",), 290),)

    def test_what_comes_later_changes_no_block_that_was_told(self) -> None:
        steps = [Step(number, self.even if number % 3 else {("tv", "CN"): {"A": 1}}) for number in range(9)]
        whole = blocks(steps, RULE).told
        for length in range(9):
            told = blocks(steps[:length], RULE).told
            assert told == whole[: len(told)]


CONTRIBUTORS = ("A", "B", "C", "D", "E", "own")
OWN = frozenset({"own"})
ROWS, COLUMNS = ("box", "phone", "tv"), ("CN", "DE", "US")

amounts_of_a_cell = st.dictionaries(st.sampled_from(CONTRIBUTORS), st.integers(1, 50), max_size=6)
tables = st.dictionaries(st.tuples(st.sampled_from(ROWS), st.sampled_from(COLUMNS)), amounts_of_a_cell, max_size=9)


def figures_of(steps: Sequence[Step[int]]) -> dict[Variable, int]:
    """What the reader does not know: every figure but its own."""
    return {
        ((step.key, *place), name): amount
        for step in steps
        for place, amounts in step.cells.items()
        for name, amount in amounts.items()
        if name not in OWN
    }


def published(made: Blocks[int], steps: Sequence[Step[int]]) -> list[Told]:
    """Every table of every window: sums by period, by row and by column, less what the reader has itself."""
    owned: defaultdict[object, int] = defaultdict(int)
    figures = figures_of(steps)
    for step in steps:
        for place, amounts in step.cells.items():
            owned[step.key, *place] += sum(amount for name, amount in amounts.items() if name in OWN)

    def told(parts: Sequence[tuple[int, Group, Group]]) -> Told:
        places = {
            (key, row, column)
            for number, rows, columns in parts
            for key in made.told[number].keys
            for row in rows
            for column in columns
        }
        amount = sum(
            atom.amount
            for number, rows, columns in parts
            for atom in made.told[number].atoms
            if (atom.rows, atom.columns) == (rows, columns)
        )
        inside = frozenset(variable for variable in figures if variable[0] in places)
        return Told(inside, amount - sum(owned[place] for place in places))

    found: dict[frozenset[Variable], Told] = {}
    count = len(made.told)
    for first in range(count):
        for last in range(first, count):
            parts = [(n, atom.rows, atom.columns) for n in range(first, last + 1) for atom in made.told[n].atoms]
            for group in (
                [parts],
                *(
                    [[part for part in parts if part[way] == label]]
                    for way in (1, 2)
                    for label in {p[way] for p in parts}
                ),
            ):
                one = told(group[0])
                found[one.of] = one
    return list(found.values())


@given(st.lists(tables, min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_no_reader_learns_what_one_or_two_have_by_adding_and_subtracting(
    found: list[dict[tuple[str, str], dict[str, int]]],
) -> None:
    steps = [Step(number, cells) for number, cells in enumerate(found)]
    told, figures = published(blocks(steps, RULE, own=OWN), steps), figures_of(steps)
    for one in told:
        assert one.amount == sum(figures[variable] for variable in one.of)
    assert coalitions_learnt(told, figures) == []
    for part in sums_learnt(told):
        assert RULE.refusal(by_contributor(part.of, figures)) is None
    for (name, _), (least, most, is_really) in bounds(sums_learnt(told), figures).items():
        assert least == 0, f"{name} has at least {least}"
        assert 100 * is_really <= RULE.percent * most, f"{name} has at most {most}, and has {is_really}"


@given(st.lists(tables, min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_nothing_is_lost_and_every_atom_may_be_told(found: list[dict[tuple[str, str], dict[str, int]]]) -> None:
    steps = [Step(number, cells) for number, cells in enumerate(found)]
    made = blocks(steps, RULE, own=OWN)
    assert [key for block in made.told for key in block.keys] + list(made.waiting) == [step.key for step in steps]
    for block in made.told:
        inside = [step for step in steps if step.key in block.keys]
        assert sum(atom.amount for atom in block.atoms) == sum(sum(total_of(step.cells).values()) for step in inside)
        for atom in block.atoms:
            amounts: defaultdict[str, int] = defaultdict(int)
            for step in inside:
                for (row, column), cell in step.cells.items():
                    if row in atom.rows and column in atom.columns:
                        for name, amount in cell.items():
                            amounts[name] += amount
            assert sum(amounts.values()) == atom.amount
            assert RULE.refusal(amounts, own=OWN) is None


def test_the_attacker_takes_apart_what_was_judged_cell_by_cell() -> None:
    """So that the tests above mean something: tables that only withhold what breaks the rule do not stand."""
    figures: Mapping[Variable, int] = {
        (("tv",), "A"): 30, (("tv",), "B"): 30, (("tv",), "C"): 30, (("phone",), "A"): 30,
    }  # fmt: skip
    tv, whole = frozenset(v for v in figures if v[0] == ("tv",)), frozenset(figures)
    told = [Told(tv, 90), Told(whole, 120)]
    assert coalitions_learnt(told, figures)[0] == ("A",)
    assert Told(frozenset({(("phone",), "A")}), 30) in sums_learnt(told)
    assert (30, 30, 30) in bounds(sums_learnt(told), figures).values()
    assert coalitions_learnt([Told(whole, 120)], figures) == []


def test_the_attacker_takes_apart_rows_and_columns_told_side_by_side() -> None:
    """Products and countries that may each be told: the box in DE is A's alone, and follows as DE less what is not."""
    places = {("tv", "DE"): "ABC", ("box", "CN"): "ABC", ("box", "DE"): "A"}
    figures: dict[Variable, int] = {(place, name): 10 for place, names in places.items() for name in names}

    def sum_of(way: int, label: str) -> Told:
        cells = [place for place in places if place[way] == label]
        part = frozenset(variable for variable in figures if variable[0] in cells)
        return Told(part, sum(figures[one] for one in part))

    told = [sum_of(0, "tv"), sum_of(0, "box"), sum_of(1, "DE"), sum_of(1, "CN")]
    assert all(RULE.refusal(by_contributor(one.of, figures)) is None for one in told)
    assert ("A",) in coalitions_learnt(told, figures)
