"""Whether a licence keeps its price under other terms, and by how much the rates of a renewal rise."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from licensing.engine.model import Terms, month_of
from licensing.engine.terms import validate_terms
from licensing.terms.prices import Licensed, PriceComparison, TooManyCases, price_changes, price_rises
from licensing.terms.prices.cells import OTHER

JANUARY = month_of(2026, 1)
L7 = Licensed("L7", date(2025, 3, 1))
L8 = Licensed("L8", date(2025, 9, 1))


def terms(*rates: dict[str, Any], **more: Any) -> Terms:
    named = [{"id": f"r{number}", **rate} for number, rate in enumerate(rates)]
    head = {"id": "P", "currency": "CNY", "period": "2026", **more.pop("programme", {})}
    return validate_terms({"programme": head, "rates": named, "allocation": {"by": "equal"}, **more})


EARLY = {"signed_to": "2025-06-30", "per_unit": "0.10"}
BANDS: dict[str, Any] = {"bands": [{"above": 0, "per_unit": "0.40"}, {"above": 1000, "per_unit": "0.20"}]}

FEES: list[dict[str, Any]] = [{"above": 0, "fee": "10"}, {"above": 5, "fee": "12"}]


def changes(before: Terms, after: Terms, licensed: Licensed = L7, **more: Any) -> list[tuple[str, str, str]]:
    found = price_changes(before, after, licensed, in_force=JANUARY, **more)
    return [(change.what, change.before, change.after) for change in found]


def test_who_signed_early_keeps_its_rate_while_others_pay_more() -> None:
    before, after = terms(EARLY, {"per_unit": "0.12"}), terms(EARLY, {"per_unit": "0.15"})
    assert changes(before, after) == []
    assert changes(before, after, L8) == [("rate", "r1", "r1")]
    assert changes(before, after, Licensed("L9", None)) == [("rate", "r1", "r1")]


def test_an_entry_for_the_licence_alone_keeps_its_price() -> None:
    before = terms(BANDS)
    assert changes(before, terms({"licences": ["L7"], **BANDS}, {"per_unit": "0.50"})) == []
    assert changes(before, terms({"licences": ["L8"], **BANDS}, {"per_unit": "0.50"})) == [("rate", "r0", "r1")]


def test_units_of_a_group_go_on_to_count_together() -> None:
    before, alone = terms(BANDS), terms({"licences": ["L7"], **BANDS}, {"per_unit": "0.50"})
    assert changes(before, alone, fellows=[L8]) == [("rate_shared", "r0", "r1")]
    assert changes(before, terms({"licences": ["L7", "L8"], **BANDS}, {"per_unit": "0.50"}), fellows=[L8]) == []
    of_each = {**BANDS, "scope": "licence"}
    assert changes(terms(of_each), terms({"licences": ["L7"], **of_each}, {"per_unit": "1"}), fellows=[L8]) == []


def test_products_that_count_together_go_on_to() -> None:
    two = terms({"products": ["tv"], **BANDS}, {"products": ["phone"], **BANDS})
    both = terms({"products": ["tv", "phone"], **BANDS})
    assert changes(both, two) == [("rate", "r0", "r0")]
    plain = {"per_unit": "0.30"}
    assert (
        changes(
            terms({"products": ["tv"], **plain}, {"products": ["phone"], **plain}),
            terms({"products": ["tv", "phone"], **plain}),
        )
        == []
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"made_in": ["CN"]}, [("rate", "r0", "")]),
        ({"from": "2026-07"}, [("rate", "r0", "")]),
        ({"to": "2025-12"}, [("rate", "r0", "")]),
        ({"from": "2025-12"}, []),
        ({"standing": "compliant"}, [("rate", "r0", "")]),
        ({"option": ["a"]}, [("rate", "r0", "")]),
        ({"product_weights": {"tv": "1"}}, []),
        ({"product_weights": {"tv": "0.5"}}, [("rate", "r0", "r0")]),
        ({"currency": "USD"}, [("rate", "r0", "r0")]),
        ({"reset": "never"}, [("rate", "r0", "r0")]),
        ({"bands": [*BANDS["bands"], {"above": 5000, "per_unit": "0.20"}]}, []),
        ({"bands": [{"above": 0, "per_unit": "0.40"}, {"above": 1001, "per_unit": "0.20"}]}, [("rate", "r0", "r0")]),
    ],
)  # fmt: skip
def test_whatever_is_asked_otherwise_is_found(change: dict[str, Any], expected: list[tuple[str, str, str]]) -> None:
    assert changes(terms(BANDS), terms({**BANDS, **change})) == expected


def test_limits_are_kept_where_they_are_written_alike_for_the_licence() -> None:
    cap = {"id": "c", "per_year": "1000", "scope": "licence"}
    before = terms(BANDS, caps=[cap])
    assert changes(before, terms(BANDS, caps=[{**cap, "id": "other"}])) == []
    assert (
        changes(
            before,
            terms(BANDS, caps=[{**cap, "licences": ["L7"]}, {**cap, "id": "d", "licences": ["L8"], "per_year": "9"}]),
        )
        == []
    )
    assert changes(before, terms(BANDS, caps=[{**cap, "per_year": "1001"}])) == [("caps", "", "")]
    assert changes(before, terms(BANDS)) == [("caps", "", "")]
    least = {"id": "m", "per_year": "50"}
    assert changes(terms(BANDS), terms(BANDS, minimums=[least])) == [("minimums", "", "")]
    assert changes(terms(BANDS), terms(BANDS, minimums=[{**least, "licences": ["L8"]}])) == []
    bearing = {"royalty_bearing": "in_force"}
    assert changes(terms(BANDS), terms(BANDS, programme=bearing)) == [("royalty_bearing", "", "")]
    assert changes(terms(BANDS), terms(BANDS, programme={"admin_fee_percent": "10"})) == []


def test_a_limit_of_a_group_keeps_a_bill_only_where_the_others_keep_theirs() -> None:
    cap = {"id": "c", "per_year": "1000"}
    before = terms({"licences": ["L7"], **BANDS}, {"per_unit": "0.30"}, caps=[cap])
    after = terms({"licences": ["L7"], **BANDS}, {"per_unit": "0.35"}, caps=[cap])
    assert changes(before, after) == []
    assert changes(before, after, fellows=[L8]) == [("group", "", "")]


def test_licences_alike_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool may have promised hundreds of licences their price."""
    from licensing.terms.prices import keeping

    looked: list[str] = []
    look = keeping._changes

    def noted(before: Terms, after: Terms, licensed: Licensed, *more: Any) -> Any:
        looked.append(licensed.code)
        return look(before, after, licensed, *more)

    monkeypatch.setattr(keeping, "_changes", noted)
    compared = PriceComparison(terms(EARLY, {"per_unit": "0.12"}), terms(EARLY, {"per_unit": "0.15"}), in_force=JANUARY)
    early = [Licensed(f"E{number}", date(2025, 1, number)) for number in range(1, 20)]
    late = [Licensed(f"F{number}", date(2025, 8, number)) for number in range(1, 20)]
    assert [len(compared.changes(each)) for each in (*early, *late)] == [0] * 19 + [1] * 19
    assert compared.changes(L7, [early[0]]) == compared.changes(L7, [early[1], early[2]]) == []
    assert looked == ["E1", "F1", "L7"]


def test_the_case_says_what_is_meant() -> None:
    found = price_changes(terms(BANDS), terms({"products": ["tv"], "per_unit": "1"}, BANDS), L7, in_force=JANUARY)
    assert [(change.case.product, change.case.sold_in) for change in found if change.case] == [("tv", OTHER)]


def test_terms_with_too_many_cases_are_not_decided() -> None:
    from licensing.terms.prices import cells

    codes = [f"p{number}" for number in range(40)]
    countries = ["CN", "US", "DE", "JP", "KR", "FR", "GB", "IT", "ES", "NL"]
    many = [{"products": [code], "per_unit": "1"} for code in codes]
    made = [{"made_in": [country], "per_unit": "2"} for country in countries]
    sold = [{"sold_in": [country], "per_unit": "3"} for country in countries]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "_MOST_CASES", 100)
        with pytest.raises(TooManyCases):
            price_changes(terms(*made, *sold, *many), terms(*sold, *made, *many), L7, in_force=JANUARY)


def rises(before: dict[str, Any], after: dict[str, Any], percent: str = "20") -> list[bool]:
    found = price_rises(terms(before), terms(after), L7, L8, at_most=Fraction(percent), in_force=JANUARY)
    return [rise.comparable for rise in found]


def test_a_renewal_may_rise_to_the_ceiling_and_no_further() -> None:
    """Test vector T62 of the practice of pools: 0.40 to 0.48 at 20 percent, not to 0.49."""
    assert rises({"per_unit": "0.40"}, {"per_unit": "0.48"}) == []
    assert rises({"per_unit": "0.40"}, {"per_unit": "0.49"}) == [True]
    assert rises({"per_unit": "0.40"}, {"per_unit": "0.480000000001"}) == [True]
    assert rises({"per_unit": "0.40"}, {"per_unit": "0.30"}) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (BANDS, {"bands": [{"above": 0, "per_unit": "0.48"}, {"above": 1000, "per_unit": "0.24"}]}, []),
        (BANDS, {"bands": [{"above": 0, "per_unit": "0.40"}, {"above": 2000, "per_unit": "0.20"}]}, [True]),
        (BANDS, {"bands": [{"above": 0, "per_unit": "0.40"}, {"above": 500, "per_unit": "0.20"}]}, []),
        (BANDS, {"per_unit": "0.24"}, []),
        (BANDS, {"per_unit": "0.25"}, [True]),
        ({"percent": "5"}, {"percent": "6"}, []),
        ({"percent": "5"}, {"percent": "5", "floor_per_unit": "0.01"}, [True]),
        ({"percent": "5", "ceiling_per_unit": "1"}, {"percent": "5"}, [True]),
        ({"percent": "5"}, {"percent": "5", "ceiling_per_unit": "1"}, []),
        ({"percent": "5"}, {"per_unit": "0.1"}, [False]),
        ({"per_unit": "0.4"}, {"per_unit": "0.4", "currency": "USD"}, [False]),
        ({"flat": "1200", "flat_per": "year"}, {"flat": "120", "flat_per": "month"}, []),
        ({"flat": "1200", "flat_per": "year"}, {"flat": "121", "flat_per": "month"}, [True]),
        ({"flat": "100", "flat_per": "month"}, {"flat": "1200", "flat_per": "year"}, [True]),
        ({"per_unit": "1", "to": "2025-12"}, {"per_unit": "9"}, [True]),
        ({"per_unit": "1", "to": "2025-11"}, {"per_unit": "9"}, []),
        ({"steps": FEES[:1]}, {"steps": FEES}, []),
        ({"steps": FEES[:1]}, {"steps": [*FEES, {"above": 9, "fee": "13"}]}, [True]),
        ({"per_unit": "0.4", "product_weights": {"tv": "0.5"}}, {"per_unit": "0.4"}, [True]),
        ({"per_unit": "0"}, {"per_unit": "0.01"}, [True]),
        ({"products": ["tv"], "per_unit": "1"}, {"products": ["phone"], "per_unit": "9"}, []),
    ],
)  # fmt: skip
def test_every_kind_of_rate_is_compared_at_every_quantity(
    before: dict[str, Any], after: dict[str, Any], expected: list[bool]
) -> None:
    assert rises(before, after) == expected


CAP = {"id": "c", "per_year": "100"}
WAIVER = {"id": "w", "below_per_year": "50"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"caps": [CAP]}, {"caps": [{**CAP, "id": "d", "per_year": "120"}]}, []),
        ({"caps": [CAP]}, {"caps": [{**CAP, "per_year": "121"}]}, ["cap"]),
        ({"caps": [CAP]}, {}, ["cap"]),
        ({"caps": [{**CAP, "to": "2025-12"}]}, {}, ["cap"]),
        ({"caps": [CAP]}, {"caps": [{**CAP, "currency": "USD"}]}, ["cap"]),
        ({}, {"caps": [CAP]}, []),
        ({"waivers": [WAIVER]}, {"waivers": [{**WAIVER, "below_per_year": "49"}]}, ["waiver"]),
        ({"waivers": [WAIVER]}, {"waivers": [{**WAIVER, "below_per_year": "60"}]}, []),
        ({"minimums": [CAP]}, {"minimums": [{**CAP, "per_year": "120"}]}, []),
        ({"minimums": [CAP]}, {"minimums": [{**CAP, "per_year": "121"}]}, ["minimum"]),
        ({}, {"minimums": [CAP]}, ["minimum"]),
        ({}, {"minimums": [{**CAP, "licences": ["L9"]}]}, []),
        ({"programme": {"royalty_bearing": "in_force"}}, {}, ["royalty_bearing"]),
    ],
)  # fmt: skip
def test_a_renewal_is_asked_no_more_by_limits_alone(
    before: dict[str, Any], after: dict[str, Any], expected: list[str]
) -> None:
    price = {"per_unit": "1"}
    found = price_rises(terms(price, **before), terms(price, **after), L7, L8, at_most=Fraction(20), in_force=JANUARY)
    assert [rise.what for rise in found] == expected


def test_terms_that_would_take_hours_to_compare_are_not_decided() -> None:
    many = [{"products": [f"p{number}"], "per_unit": "1"} for number in range(3000)]
    with pytest.raises(TooManyCases):
        price_changes(terms(*many), terms(*many[::-1]), L7, in_force=JANUARY)
