"""Values in their one written form: hashes that were kept stay those of the same values."""

import pytest

from platform_core.canonical import canonical, hash_of


def test_a_value_is_written_in_one_way_whatever_the_order_of_its_names() -> None:
    assert canonical({"b": "乙 é", "a": [1, None, True]}) == '{"a":[1,null,true],"b":"乙 é"}'
    assert hash_of({"b": 2, "a": 1}) == hash_of({"a": 1, "b": 2})
    # As `printf '{"a":1,"b":2}' | sha256sum` has it.
    assert hash_of({"a": 1, "b": 2}) == "43258cff783fe7036d8a43033f830adfc60ec037382473548ac742b888292777"


def test_what_json_has_no_place_for_is_refused() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        canonical(float("nan"))
