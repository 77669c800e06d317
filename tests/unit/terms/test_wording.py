"""What differs between two versions of terms is told in words: all of it, exactly, and nothing else."""

import copy
import dataclasses
import tomllib
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from licensing.engine.model import (
    Flat,
    Limit,
    Match,
    Minimum,
    Percent,
    Rate,
    SplitNode,
    Steps,
    Terms,
    Tiers,
    When,
    walk,
)
from licensing.engine.terms import TermsError, validate_terms
from licensing.terms.wording import compare_terms
from licensing.terms.wording.said import number
from licensing.terms.wording.tariff import FORMS, LIMIT, MATCH, MINIMUM
from licensing.terms.wording.tree import NODES, WHEN
from tests.closes.random_bundles.dice import Shape
from tests.closes.random_bundles.terms import RandomTerms

seeds = st.integers(0, 10**9)


def drawn(seed: int) -> dict[str, Any]:
    return RandomTerms(seed, Shape()).terms()


def meant(value: Any) -> Any:
    """Terms but for what a close fills in, and for where a node stands in its document."""
    if isinstance(value, When) and value == When():
        return None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        left_out = {"path", "period", "period_start", "period_end"} | (
            {"id", "currency"} if isinstance(value, Terms) else set()
        )
        fields = [field.name for field in dataclasses.fields(value) if field.name not in left_out]
        return type(value).__name__, {name: meant(getattr(value, name)) for name in fields}
    return tuple(map(meant, value)) if isinstance(value, tuple) else value


def told(before: Terms, after: Terms) -> list[tuple[str, str]]:
    return [(difference.said.en, difference.said.zh) for difference in compare_terms(before, after)]


Place = tuple[Any, Any]


def places(inside: Any, above: tuple[str, ...] = ()) -> Iterator[Place]:
    """Every place of a document that holds something: its container and its key there."""
    for key in list(inside) if isinstance(inside, dict) else range(len(inside)):
        if above == ("programme",) and key in ("id", "currency", "period"):
            continue
        yield inside, key
        if isinstance(inside[key], dict | list):
            yield from places(inside[key], (*above, str(key)))


def changed_once(document: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """The same document with one thing of it changed, left out, given twice or moved."""
    other = copy.deepcopy(document)
    inside, key = data.draw(st.sampled_from(list(places(other))))
    value = inside[key]
    ways = ["leave out", "another"]
    if isinstance(inside, list) and len(inside) > 1:
        ways.append("move")
    way = data.draw(st.sampled_from(ways))
    if way == "leave out":
        del inside[key]
    elif way == "move":
        inside.insert(data.draw(st.integers(0, len(inside) - 2)), inside.pop(key))
    elif isinstance(value, dict | list):
        inside[key] = data.draw(st.sampled_from([[], {}, ["CN"], ["L1", "x"], {"A": "2"}, {"by": "equal"}]))
    else:
        words = [
            "collected",
            "in_force",
            "licence",
            "peak",
            "never",
            "compliant",
            "half",
            "any",
            "days",
            "new",
            "2024-03",
        ]
        numbers = st.integers(0, 10**6).map(str) | st.decimals(0, 99, places=12).map(lambda found: f"{found:f}")
        inside[key] = data.draw(numbers | st.sampled_from([*words, "2024-03-31", "publications", "USD", "new", "*"]))
    return other


@given(seeds, st.data())
@settings(max_examples=120, deadline=None)
def test_whatever_is_changed_in_terms_is_told(seed: int, data: st.DataObject) -> None:
    document = drawn(seed)
    before = validate_terms(document)
    try:
        after = validate_terms(changed_once(document, data))
    except TermsError:
        assume(False)
    said = compare_terms(before, after)
    assert bool(said) is (meant(before) != meant(after))
    for difference in said:
        for text in difference.said:
            assert "→" in text or difference.kind in ("added", "removed") or difference.area == "allocation"
    assert bool(told(after, before)) is bool(said)


@given(seeds, seeds, st.data())
@settings(max_examples=120, deadline=None)
def test_two_other_versions_are_never_told_alike(seed: int, base: int, data: st.DataObject) -> None:
    """So nothing is left out even of what is new, gone or replaced as a whole."""
    document = drawn(seed)
    one = validate_terms(document)
    try:
        other = validate_terms(changed_once(document, data))
    except TermsError:
        assume(False)
    assume(meant(one) != meant(other))
    before = validate_terms(drawn(base))
    for language in (0, 1):
        assert [text[language] for text in told(before, one)] != [text[language] for text in told(before, other)]
        assert [text[language] for text in told(one, before)] != [text[language] for text in told(other, before)]


def test_every_field_of_terms_has_its_words() -> None:
    def fields(kind: type, *but: str) -> set[str]:
        return {field.name for field in dataclasses.fields(kind)} - set(but)

    def told_of(traits: Any) -> set[str]:
        return {trait.field for trait in traits}

    assert told_of(MATCH) == fields(Match)
    assert told_of(LIMIT) == fields(Limit, "id", "match")
    assert told_of(MINIMUM) == fields(Minimum, "id")
    assert told_of(WHEN) == fields(When)
    assert fields(Rate) == {"id", "match", "currency", "form"}
    forms: dict[type, set[str]] = {kind: told_of(traits) for kind, traits in FORMS.items()}
    assert forms == {
        Tiers: fields(Tiers, "above", "per_unit"),
        Steps: fields(Steps, "above", "fee"),
        Percent: fields(Percent),
        Flat: fields(Flat),
    }
    hanging = ("path", "when", "otherwise", "within", "branches")
    for kind, (_, traits) in NODES.items():
        # The shares of branches are said with the branches.
        assert told_of(traits) == fields(kind, *hanging, *(["shares"] if kind is SplitNode else []))


def test_random_terms_have_every_form_and_node() -> None:
    """Else the properties above would say little."""
    several = [validate_terms(drawn(seed)) for seed in range(150)]
    assert {type(rate.form) for terms in several for rate in terms.rates} == {Tiers, Steps, Percent, Flat}
    assert {type(node) for terms in several for node in walk(terms.allocation)} == set(NODES)


SMALL: dict[str, Any] = {
    "programme": {"id": "P", "currency": "CNY", "period": "2025"},
    "rates": [
        {
            "id": "phones",
            "products": ["phone"],
            "bands": [{"above": 0, "per_unit": "0.20"}, {"above": 5_000_000, "per_unit": "0.10"}],
        },
        {"id": "early", "signed_to": "2025-06-30", "percent": "1.5"},
        {"id": "rest", "per_unit": "0.40"},
    ],
    "caps": [{"id": "year", "per_year": "1000000"}],
    "allocation": {
        "by": "split",
        "branches": [{"share": 70, "to": {"by": "equal"}}, {"share": 30, "to": {"by": "member", "id": "M1"}}],
    },
}


def _band(document: dict[str, Any]) -> None:
    document["rates"][0]["bands"][1]["per_unit"] = "0.12"


def _new_band(document: dict[str, Any]) -> None:
    document["rates"][0]["bands"].insert(1, {"above": 1000, "per_unit": "0.15"})


def _move(document: dict[str, Any]) -> None:
    document["rates"].insert(0, document["rates"].pop(1))


def _drop(document: dict[str, Any]) -> None:
    document["rates"].pop(1)


def _add(document: dict[str, Any]) -> None:
    document["minimums"] = [{"id": "low", "licences": ["L1"], "per_year": "5000.50", "scope": "licence"}]


def _fee(document: dict[str, Any]) -> None:
    document["programme"]["admin_fee_percent"] = "8.5"


def _signed(document: dict[str, Any]) -> None:
    document["rates"][1]["signed_to"] = "2025-12-31"


def _products(document: dict[str, Any]) -> None:
    document["rates"][0]["products"] = ["phone", "tv"]


def _share(document: dict[str, Any]) -> None:
    document["allocation"]["branches"][1] = {"share": 25, "to": {"by": "member", "id": "M2"}}


CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "a band": _band,
    "a new band": _new_band,
    "a place": _move,
    "a rate less": _drop,
    "a minimum more": _add,
    "the fee": _fee,
    "a day": _signed,
    "products": _products,
    "a share and a member": _share,
}

TOLD: dict[str, list[dict[str, str]]] = tomllib.loads((Path(__file__).parent / "told.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CHANGES)
def test_differences_are_told_in_the_words_of_contracts(name: str) -> None:
    other = copy.deepcopy(SMALL)
    CHANGES[name](other)
    assert told(validate_terms(SMALL), validate_terms(other)) == [(line["en"], line["zh"]) for line in TOLD[name]]


def test_what_is_written_otherwise_and_means_the_same_is_no_difference() -> None:
    other = copy.deepcopy(SMALL)
    other["programme"] |= {"period": "2026Q1", "id": "other", "basis": "accrued"}
    other["rates"][2] = {"id": "rest", "products": "*", "bands": [{"above": "0", "per_unit": "0.4000"}]}
    assert told(validate_terms(SMALL), validate_terms(other)) == []


@given(st.integers(0, 10**18), st.integers(0, 12))
def test_numbers_are_written_exactly(digits: int, places: int) -> None:
    value = Fraction(digits, 10**places)
    assert Fraction(number(value).replace(",", "")) == value
