"""Why an old workbook came to something else: one cause each, worked out to the last minor unit, or unexplained."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.cutover.calculation import (
    MICROS,
    Foreign,
    Gap,
    Known,
    OldInvoice,
    OldLine,
    OurInvoice,
    Part,
    Shared,
    invoice_parts,
    payee_parts,
)
from licensing.cutover.kinds import Cause

KNOWN = Known(taxes=[Fraction(6, 100)], exchange={(24_300, "USD"): Fraction("7.1"), (24_301, "USD"): Fraction("7.3")})


def old(*lines: tuple[str, int, int | None], credit: int = 0) -> OldInvoice:
    made = tuple(OldLine(product, royalty, units) for product, royalty, units in lines)
    return OldInvoice(credit, sum(line.royalty for line in made) - credit, made)


def ours(billed: dict[str, tuple[int, int]], *, credit: int = 0, **more: object) -> OurInvoice:
    """Make an invoice of minor units and pieces by product."""
    royalty = sum(amount for amount, _ in billed.values())
    invoice = OurInvoice(royalty=royalty, credit=credit, lines_minor=royalty)
    invoice.units = {product: units for product, (_, units) in billed.items()}
    invoice.billed = {product: amount * MICROS for product, (amount, _) in billed.items()}
    for name, value in more.items():
        setattr(invoice, name, value)
    return invoice


@pytest.mark.parametrize(
    ("theirs", "own", "expected"),
    [
        pytest.param(old(("", 100, 10)), ours({"tv": (100, 10)}), {}, id="nothing differs"),
        pytest.param(old(("", 101, None)), ours({"tv": (100, 10)}), {"rounding": -1}, id="one minor unit"),
        pytest.param(
            old(("tv", 101, None), ("box", 52, None), ("pc", 11, None)),
            ours({"tv": (100, 1), "box": (51, 1), "pc": (10, 1)}),
            {"rounding": -3},
            id="one minor unit a line",
        ),
        pytest.param(
            old(("", 95, None)), ours({"tv": (100, 1)}, lines_minor=95), {"rounding": 5}, id="lines rounded each"
        ),
        pytest.param(old(("", 900, 9)), ours({"tv": (1_000, 10)}), {"units": 100}, id="units"),
        pytest.param(old(("", 1_200, 10)), ours({"tv": (1_000, 10)}), {"rate": -200}, id="rate"),
        pytest.param(
            old(("", 1_080, 9)), ours({"tv": (1_000, 10)}), {"units": 120, "rate": -200}, id="units and another rate"
        ),
        pytest.param(
            old(("tv", 500, 5)),
            ours({"tv": (500, 5), "box": (300, 3)}),
            {"units": 300},
            id="a product that the old workbook has not",
        ),
        pytest.param(
            old(("", 1_300, None)),
            ours({"tv": (1_000, 10)}, limits={Cause.CAP: -300 * MICROS}),
            {"cap": -300},
            id="a cap",
        ),
        pytest.param(
            old(("", 700, None)),
            ours({"tv": (1_000, 10)}, limits={Cause.CAP: -300 * MICROS, Cause.MINIMUM: 600 * MICROS}),
            {"cap": -300, "minimum": 600},
            id="a cap and a minimum",
        ),
        pytest.param(
            old(("", 900, None)),
            ours({"tv": (1_000, 10)}, limits={Cause.CHARGE: 100 * MICROS}),
            {"charge": 100},
            id="a charge",
        ),
        pytest.param(old(("", 1_060, 10)), ours({"tv": (1_000, 10)}), {"tax": -60}, id="tax in it"),
        pytest.param(
            old(("", 1_060, 10), credit=50),
            ours({"tv": (1_000, 10)}, credit=80),
            {"tax": -60, "credit": -30},
            id="tax in it, and another credit",
        ),
        pytest.param(
            old(("", 7_300, None)),
            ours({"tv": (7_100, 10)}, foreign=[Foreign("USD", 24_300, Fraction(1_000 * MICROS))]),
            {"exchange": -200},
            id="the next month's exchange",
        ),
        pytest.param(old(("", 1_234, None)), ours({"tv": (1_000, 10)}), {"unexplained": -234}, id="nothing shows why"),
        pytest.param(None, ours({"tv": (1_000, 10)}), {"only_ours": 1_000}, id="only ours"),
        pytest.param(old(("", 1_000, 10)), None, {"only_old": -1_000}, id="only the old workbook"),
        pytest.param(None, ours({"tv": (0, 10)}), {}, id="only ours, and nothing"),
    ],
)
def test_each_difference_has_its_cause(
    theirs: OldInvoice | None, own: OurInvoice | None, expected: dict[str, int]
) -> None:
    assert {part.cause.value: part.amount for part in invoice_parts(theirs, own, KNOWN, {})} == expected


def test_sales_of_a_neighbouring_period_are_told_with_it() -> None:
    parts = invoice_parts(old(("", 700, 7)), ours({"tv": (1_000, 10)}), KNOWN, {"2025-02": -300, "2024-12": 20})
    assert parts == [Part(Cause.SHIFT, 300, {"period": "2025-02"})]


SHARED = Shared(
    billed={"L1": 1_000 * MICROS},
    got={"L1": {"~fee": 100 * MICROS, "M1": 540 * MICROS, "M2": 360 * MICROS}},
)
OURS = {"~fee": 10_000, "M1": 54_000, "M2": 36_000}


@pytest.mark.parametrize(
    ("theirs", "gap", "expected"),
    [
        pytest.param(OURS, 0, {}, id="nothing differs"),
        pytest.param({**OURS, "M1": 54_001}, 0, {"M1": {"rounding": -1}}, id="rounding"),
        pytest.param(
            {"~fee": 11_000, "M1": 59_400, "M2": 39_600},
            -10_000,
            {"~fee": {"invoices": -1_000}, "M1": {"invoices": -5_400}, "M2": {"invoices": -3_600}},
            id="what licences were billed",
        ),
        pytest.param(
            {"~fee": 5_000, "M1": 57_000, "M2": 38_000},
            0,
            {"~fee": {"fee": 5_000}, "M1": {"fee": -3_000}, "M2": {"fee": -2_000}},
            id="the fee",
        ),
        pytest.param(
            {"~fee": 10_000, "M1": 45_000, "M2": 45_000},
            0,
            {"M1": {"weights": 9_000}, "M2": {"weights": -9_000}},
            id="weights",
        ),
        pytest.param(
            {"~fee": 10_000, "~held:M1": 54_000, "M2": 36_000},
            0,
            {"M1": {"held": 54_000}, "~held:M1": {"held": -54_000}},
            id="withheld there only",
        ),
        pytest.param(
            {"~fee": 10_000, "M1": 50_000, "M2": 36_000}, 0, {"M1": {"unexplained": 4_000}}, id="nothing shows why"
        ),
        pytest.param({**OURS, "M9": 70}, 0, {"M9": {"only_old": -70}}, id="only the old workbook"),
    ],
)
def test_what_payees_are_due_otherwise_has_its_cause(
    theirs: dict[str, int], gap: int, expected: dict[str, dict[str, int]]
) -> None:
    found = payee_parts(theirs, OURS, SHARED, {"L1": Gap(gap, 0)})
    assert {payee: {part.cause.value: part.amount for part in parts} for payee, parts in found.items()} == expected


AMOUNTS = st.integers(0, 10**9)
UNITS = st.none() | st.integers(0, 10**6)


@given(
    lines=st.lists(st.tuples(AMOUNTS, UNITS), min_size=1, max_size=3),
    billed=st.lists(st.tuples(AMOUNTS, st.integers(0, 10**6)), min_size=1, max_size=3),
    credits=st.tuples(AMOUNTS, AMOUNTS),
    cut=AMOUNTS,
)
def test_old_and_differences_are_ours_to_the_minor_unit(
    lines: list[tuple[int, int | None]], billed: list[tuple[int, int]], credits: tuple[int, int], cut: int
) -> None:
    products = ("tv", "box", "pc")
    theirs = old(*((products[n], *line) for n, line in enumerate(lines)), credit=credits[0])
    own = ours(
        {products[n]: pair for n, pair in enumerate(billed)}, credit=credits[1], limits={Cause.CAP: -cut * MICROS}
    )
    parts = invoice_parts(theirs, own, KNOWN, {})
    assert theirs.due + sum(part.amount for part in parts) == own.due
    assert all(part.amount for part in parts)


PAYEES = st.dictionaries(st.sampled_from(["~fee", "M1", "M2", "M3", "~held:M3", "~undistributed"]), AMOUNTS)


@given(theirs=PAYEES, own=PAYEES, gap=st.integers(-(10**9), 10**9))
def test_old_payees_and_differences_are_ours_to_the_minor_unit(
    theirs: dict[str, int], own: dict[str, int], gap: int
) -> None:
    found = payee_parts(theirs, own, SHARED, {"L1": Gap(gap, 0), "L2": Gap(-gap, gap)})
    for payee in {*theirs, *own}:
        added = sum(part.amount for part in found.get(payee, []))
        assert theirs.get(payee, 0) + added == own.get(payee, 0)
