"""Words of patents: letters that stand together, words by their beginning, classes with all below them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.patents.words import CLASSES, TEXT, TITLE, class_query, query, vector


def test_what_stands_together_is_indexed_with_its_place_and_what_it_is_of() -> None:
    made = vector([(TITLE, "显示装置 LCD-Panel"), (TEXT, "显示"), (CLASSES, "G06F 17/30")])

    assert made == ("'显示':1A,8B '示装':2A '装置':3A '置':4A 'lcd':5A 'panel':6A '示':9B 'g06f17/30':11D")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("显示", "('显示')"),
        ("显示装置", "('显示' <-> '示装' <-> '装置')"),
        ("显", "('显':*)"),
        ("LCD panel", "('lcd':*) & ('panel':*)"),
        ("ＬＣＤ", "('lcd':*)"),
        ("','; drop --", "('drop':*)"),
        (" -', ", ""),
    ],
)
def test_what_is_asked_for(text: str, asked: str) -> None:
    assert query(text) == asked


def test_words_of_one_thing_are_asked_for_with_its_weight() -> None:
    assert query("华为技术 co", "C") == "('华为':C <-> '为技':C <-> '技术':C) & ('co':*C)"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("h04n", "'h04n':*D"),
        ("G06F 17", "('g06f17':D | 'g06f17/':*D)"),
        ("G06F 17/30", "'g06f17/30':*D"),
        ("G06", ""),
        ("显示", ""),
    ],
)
def test_a_class_is_asked_for_with_all_below_it(text: str, asked: str) -> None:
    assert class_query(text) == asked


@given(st.lists(st.tuples(st.sampled_from([TITLE, TEXT, CLASSES]), st.text(max_size=40)), max_size=4))
def test_nothing_that_is_written_breaks_out_of_its_quotes(parts: list[tuple[str, str]]) -> None:
    made = vector(parts)
    assert made.count("'") % 2 == 0
    assert "\\" not in made
    for weight, text in parts:
        if weight == TITLE and query(text).startswith("('"):
            assert query(text).count("'") % 2 == 0
