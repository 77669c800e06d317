"""Writing terms as TOML: what is read back is what was written."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.terms.calculation import differences, for_period, toml_text
from tests.closes.test_published_tariffs import CASES

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**62), 2**62) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_any_document_is_read_back_as_it_was(document: dict[str, object]) -> None:
    assert tomllib.loads(toml_text(document)) == document


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_published_terms_are_read_back_with_the_period_of_the_close(case: str) -> None:
    document = tomllib.loads((CASES / case / "programme.toml").read_text(encoding="utf-8"))
    written = toml_text(for_period(document, programme="P", currency="CNY", period="2031Q4"))
    found = dict((path, new) for path, _, new in differences(document, tomllib.loads(written)))
    assert found.pop("programme.id") == "P"
    assert found.pop("programme.period") == "2031Q4"
    assert found in ({}, {"programme.currency": "CNY"})


def test_differences_name_the_path_of_each_place() -> None:
    recorded = {"rates": [{"id": "a", "per_unit": "1"}], "allocation": {"by": "equal"}}
    given_now = {"rates": [{"id": "a", "per_unit": "2"}, {"id": "b"}], "allocation": {"by": "equal"}}
    assert list(differences(recorded, given_now)) == [
        ("rates[0].per_unit", "1", "2"),
        ("rates[1]", None, {"id": "b"}),
    ]
