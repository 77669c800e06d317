"""One bucket of a finished close is explained from the small tables as the whole close explains it."""

import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from licensing.engine import BundleError
from licensing.engine.explain import StoredBucket, explain_bucket, explain_payee, read_rules
from tests.closes.command import small_bundle
from tests.closes.engine_outputs import engine_close
from tests.closes.oracle import OracleClose
from tests.closes.random_bundles import random_bundle
from tests.closes.random_bundles.trying import SEEDS, tries

KEY = ("licence_id", "product", "made_in", "sold_in", "month", "currency")


def check_bucket(stored: dict[str, Any], whole: dict[str, Any] | None) -> None:
    gave = sum(rule["gave_micros"] for rule in stored["rules"])
    if stored["payee"] not in ("~fee", "~undistributed"):
        assert gave == stored["owed_micros"]
    for rule in stored["rules"]:
        families = rule["families"]
        if rule["by"] == "patents":
            assert sum(family["micros"] for family in families) == rule["gave_micros"]
            assert all(family["patents"] for family in families)
            weights = sum(Fraction(family["weight"]) for family in families)
            own = sum(Fraction(patent["weight"]) for family in families for patent in family["patents"])
            assert weights == own > 0
        if rule["by"] == "coverage":
            assert families
            assert all(family["weight"] is None for family in families)
    if whole is None:
        return
    assert stored["owed_micros"] == whole["owed_micros"]
    expected: dict[str, int] = {}
    for node in whole["nodes"]:
        if "gave_micros" in node:  # through each segment apart
            expected[node["path"]] = expected.get(node["path"], 0) + node["gave_micros"]
    assert {rule["path"]: rule["gave_micros"] for rule in stored["rules"]} == expected
    weighed = {node["path"]: (str(node["weight"]), str(node["weights"])) for node in whole["nodes"] if "weight" in node}
    assert {rule["path"]: (rule["weight"], rule["weights"]) for rule in stored["rules"] if "weight" in rule} == weighed


def check_close(bundle: Path, out: Path, closed: OracleClose) -> int:
    rules = read_rules(bundle)
    rates = {tuple(row[name] for name in KEY): row for row in closed.royalties}
    payees = {str(row["payee"]): explain_payee(out, bundle, str(row["payee"])) for row in closed.payees}
    checked = 0
    weighed: dict[tuple[Any, ...], set[Fraction]] = {}
    for row in closed.allocations:
        bucket = rates[tuple(row[name] for name in KEY)]
        key = {name: str(bucket[name] or "") for name in (*KEY, "rate_id")}
        payee = str(row["payee"])
        stored = explain_bucket(rules, StoredBucket(**key, billed_micros=int(bucket["billed_micros"])), payee)
        if not rules.terms.collected or payee.startswith("~credit:"):
            assert stored["owed_micros"] == row["micros"]
        told = payees.get(payee)
        found = [each for each in told["buckets"] if all(each[name] == bucket[name] for name in KEY)] if told else []
        check_bucket(stored, found[0] if found else None)
        for rule in stored["rules"]:
            if rule["by"] == "patents":
                # Between members, weights are in the proportion in which the close weighed them.
                own = sum((Fraction(family["weight"]) for family in rule["families"]), Fraction(0))
                place = (*key.values(), rule["path"], rule["weights"])
                weighed.setdefault(place, set()).add(own / int(rule["weight"]))
        checked += 1
    assert all(len(scales) == 1 for scales in weighed.values())
    return checked


@tries(25)
@given(seed=SEEDS)
def test_a_bucket_alone_is_explained_as_within_its_close(seed: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        bundle = random_bundle(seed).write(Path(scratch) / "bundle")
        out = Path(scratch) / "out"
        closed = engine_close(bundle, out)
        if closed.closed:
            check_close(bundle, out, closed)


def test_families_name_their_patents_with_weights_and_dates(tmp_path: Path) -> None:
    bundle = small_bundle(tmp_path / "small")
    out = tmp_path / "out"
    assert check_close(bundle, out, engine_close(bundle, out)) > 0


def test_a_bundle_without_terms_is_not_explained(tmp_path: Path) -> None:
    with pytest.raises(BundleError):
        read_rules(tmp_path)
