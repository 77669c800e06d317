"""What invoices come to, what payments of them mean, and references that catch slips: by examples and by law."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.agreements.interest import InterestKind, InterestTerms, late_interest
from licensing.billing.ageing import Open, age
from licensing.billing.calculation import (
    CREDIT,
    Amounts,
    Bearer,
    Meaning,
    Rounded,
    Settled,
    Vat,
    Withholding,
    amounts_of,
    is_reference,
    lines_of,
    meaning_of,
    number_text,
    reference_code,
    references_in,
)
from platform_core.ids import new_id

VAT6 = Vat(Fraction(6), included=False, rounded=Rounded.TAX)


def holding(rounded: Rounded) -> Vat:
    return Vat(Fraction(6), included=True, rounded=rounded)


@pytest.mark.parametrize(
    ("priced", "vat", "withholding", "expected"),
    [
        (1_000_000, None, None, Amounts(1_000_000, 0, 0)),
        (1_000_000, VAT6, None, Amounts(1_000_000, 60_000, 0)),
        # 6 % of 0.25 is 0.015: half a fen goes away from zero.
        (25, VAT6, None, Amounts(25, 2, 0)),
        # 100.00 with tax: 100 · 6/106 is 5.660377…, 100/1.06 is 94.339622…
        (10_000, holding(Rounded.TAX), None, Amounts(9434, 566, 0)),
        # 7.95 with tax is 7.50 and 0.45 to the fen; 0.53 is 0.50 and 0.03.
        (795, holding(Rounded.NET), None, Amounts(750, 45, 0)),
        # 10 % withheld from the royalty, never from the tax on it.
        (1_000_000, VAT6, Withholding(Fraction(10), Bearer.LICENSOR), Amounts(1_000_000, 60_000, 100_000)),
        # Borne by the licensee: 900.00 are to arrive, so that 1,000.00 are invoiced.
        (90_000, None, Withholding(Fraction(10), Bearer.LICENSEE), Amounts(100_000, 0, 10_000)),
    ],
)
def test_an_invoice_comes_to(priced: int, vat: Vat | None, withholding: Withholding | None, expected: Amounts) -> None:
    assert amounts_of(priced, vat=vat, withholding=withholding) == expected


VATS = st.none() | st.builds(
    Vat,
    st.fractions(0, 30, max_denominator=1000),
    included=st.booleans(),
    rounded=st.sampled_from(Rounded),
)
WITHHOLDINGS = st.none() | st.builds(Withholding, st.fractions(0, 40, max_denominator=1000), st.sampled_from(Bearer))
PRICES = st.integers(0, 10**12)


@given(PRICES, VATS, WITHHOLDINGS)
def test_amounts_add_up_and_a_credit_note_is_its_invoice_turned(
    priced: int, vat: Vat | None, withholding: Withholding | None
) -> None:
    amounts = amounts_of(priced, vat=vat, withholding=withholding)
    assert amounts.gross_minor == amounts.net_minor + amounts.tax_minor
    assert amounts.payable_minor + amounts.withheld_minor == amounts.gross_minor
    assert 0 <= amounts.withheld_minor <= amounts.net_minor
    assert amounts.tax_minor >= 0
    if vat is not None and vat.included and withholding is None:
        assert amounts.gross_minor == priced
    turned = amounts_of(-priced, vat=vat, withholding=withholding)
    assert turned == Amounts(-amounts.net_minor, -amounts.tax_minor, -amounts.withheld_minor)


@given(
    st.integers(0, 10**10),
    st.integers(0, 10**9),
    st.lists(st.tuples(st.text("abc", min_size=1), st.integers(0, 10**15)), max_size=8),
)
def test_lines_add_up_to_what_is_due(royalty: int, credit: int, parts: list[tuple[str, int]]) -> None:
    assert sum(amount for _, amount in lines_of(royalty, credit, parts)) == royalty - credit


def test_a_creditable_part_of_an_entry_fee_takes_off_royalty() -> None:
    # T38: half of an entry fee of 10,000 is creditable; 0.05 each for 100,000 and for 300,000 discs.
    assert lines_of(500_000, 500_000, [("disc", 5)]) == [("disc", 500_000), (CREDIT, -500_000)]
    assert sum(amount for _, amount in lines_of(1_500_000, 500_000, [("disc", 15)])) == 1_000_000


def test_a_lower_rate_credits_what_was_paid_too_much() -> None:
    # T31: a million discs at 0.075 were paid; at 0.06 they come to 60,000, so that 15,000 are credited.
    paid, due = amounts_of(7_500_000, vat=None, withholding=None), 6_000_000
    note = amounts_of(due - paid.net_minor, vat=None, withholding=None)
    assert note == Amounts(-1_500_000, 0, 0)
    assert meaning_of(note, Settled(cash_minor=-1_500_000)) == Meaning(-1_500_000, 0, 0)


# A settlement of an invoice: by what, and how much of what is open then, in thousandths.
PARTS = st.lists(st.tuples(st.sampled_from(("cash", "withheld", "given_up")), st.integers(1, 1000)), max_size=12)


@given(st.integers(1, 10**10), VATS, PARTS, st.sampled_from((1, -1)))
def test_a_settled_invoice_comes_to_its_net_whatever_the_parts(
    priced: int, vat: Vat | None, parts: list[tuple[str, int]], sign: int
) -> None:
    amounts = amounts_of(sign * priced, vat=vat, withholding=None)
    sums = {"cash": 0, "withheld": 0, "given_up": 0}
    opened = abs(amounts.gross_minor)
    for kind, thousandths in [*parts, ("cash", 1000)]:
        most = opened if kind != "withheld" else min(opened, abs(amounts.net_minor) - sums["withheld"])
        part = most * thousandths // 1000
        sums[kind] += part
        opened -= part
        settled = Settled(sign * sums["cash"], sign * sums["withheld"], sign * sums["given_up"])
        meaning = meaning_of(amounts, settled)
        # At every moment all that was settled is told: as royalty that came or is lost, or as tax.
        told = meaning.collected_minor + meaning.lost_minor + meaning.expense_minor
        assert abs(told) <= abs(settled.total_minor)
    assert opened == 0
    assert meaning.collected_minor + meaning.lost_minor == amounts.net_minor
    if not sums["withheld"] and not sums["given_up"]:
        assert meaning == Meaning(amounts.net_minor, 0, 0)


@given(st.permutations([(1, "cash"), (33, "cash"), (9000, "withheld"), (32_366, "cash"), (1000, "given_up")]))
def test_the_order_of_settlements_makes_no_difference(order: list[tuple[int, str]]) -> None:
    amounts = Amounts(40_000, 2400, 0)
    sums = {"cash": 0, "withheld": 0, "given_up": 0}
    for amount, kind in order:
        sums[kind] += amount
    whole = meaning_of(amounts, Settled(sums["cash"], sums["withheld"], sums["given_up"]))
    # 2,400 of tax in 33,400 that were paid or given up: 72 of it in the 1,000 that were given up.
    assert whole == Meaning(collected_minor=30_072, lost_minor=9928, expense_minor=72)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (InterestTerms(InterestKind.YEARLY, Fraction(10)), 246_575),
        (InterestTerms(InterestKind.YEARLY, Fraction(10), 360), 250_000),
        (InterestTerms(InterestKind.DAILY, Fraction(1, 20)), 450_000),
        (InterestTerms(InterestKind.MONTHLY, Fraction(2)), 600_000),
        (InterestTerms(InterestKind.MONTHLY_COMPOUND, Fraction(2)), 612_080),
    ],
)
def test_interest_on_a_hundred_thousand_that_is_ninety_days_late(terms: InterestTerms, expected: int) -> None:
    # T60
    assert late_interest(10_000_000, days=90, terms=terms) == expected


@given(st.integers(-100, 10**12), st.integers(-10, 3000), st.sampled_from(InterestKind))
def test_interest_is_never_negative_and_grows_with_the_days(amount: int, days: int, kind: InterestKind) -> None:
    terms = InterestTerms(kind, Fraction(1, 10))
    assert 0 <= late_interest(amount, days=days, terms=terms) <= late_interest(amount, days=days + 1, terms=terms)
    if amount <= 0 or days <= 0:
        assert late_interest(amount, days=days, terms=terms) == 0


def test_a_year_of_interest_has_one_of_two_lengths() -> None:
    with pytest.raises(ValueError, match="365 or 360"):
        late_interest(100, days=1, terms=InterestTerms(InterestKind.YEARLY, Fraction(1), 364))


LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@given(st.integers(0, 2**40 - 1))
def test_a_reference_catches_every_wrong_character_and_every_swap_of_neighbours(bits: int) -> None:
    code = reference_code(bits)
    assert is_reference(code)
    for place, right in enumerate(code):
        for letter in LETTERS:
            assert is_reference(code[:place] + letter + code[place + 1 :]) == (letter == right)
    for place in range(len(code) - 1):
        first, second = code[place], code[place + 1]
        swapped = code[:place] + second + first + code[place + 2 :]
        assert is_reference(swapped) == (first == second)


@given(st.integers(0, 2**40 - 1))
def test_a_reference_is_found_however_people_write_it(bits: int) -> None:
    code = reference_code(bits)
    for text in (code, code.lower(), f"{code[:5]} {code[5:]}", f"许可费 {code[:2]}-{code[2:]}/2025Q1"):
        assert code in references_in(text)


def test_nothing_is_taken_for_a_reference() -> None:
    assert references_in("") == []
    assert references_in("royalties first quarter") == []
    assert not is_reference("IIIIIIIIII")
    assert number_text("R", 2026, 7) == "R2026-00007"


TODAY = date(2026, 3, 2)
PARTS_BY_AGE = ("not_due", "not_due", "to_30", "to_30", "to_60", "to_60", "to_90", "to_90", "over_90", "over_90")


@pytest.mark.parametrize(
    ("late", "part"),
    list(zip((-9, 0, 1, 30, 31, 60, 61, 90, 91, 4000), PARTS_BY_AGE, strict=True)),
)
def test_what_is_open_is_told_by_its_age(late: int, part: str) -> None:
    row = Open(new_id(), "A", "CNY", TODAY - timedelta(days=late), 700)
    [total], [licensee] = age([row], on=TODAY)
    assert getattr(licensee, f"{part}_minor") == licensee.total_minor == total.total_minor == 700


def test_currencies_are_never_summed_and_credit_notes_stand_apart() -> None:
    first, second = new_id(), new_id()
    rows = [
        Open(first, "A", "CNY", TODAY, 500),
        Open(first, "A", "USD", TODAY, 70),
        Open(second, "B", "CNY", TODAY - timedelta(days=45), 900),
        Open(second, "B", "CNY", TODAY, -200),
    ]
    totals, licensees = age(rows, on=TODAY)
    assert [(row.currency, row.invoices, row.total_minor, row.credit_minor) for row in totals] == [
        ("CNY", 2, 1400, 200),
        ("USD", 1, 70, 0),
    ]
    assert [(row.licensee_name, row.currency, row.total_minor) for row in licensees] == [
        ("B", "CNY", 900),
        ("A", "CNY", 500),
        ("A", "USD", 70),
    ]
