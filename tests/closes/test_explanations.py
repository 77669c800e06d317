"""What `explain` prints adds up to the amount, for every payee and every licence of random bundles."""

import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import Any

from hypothesis import given

from licensing.engine.explain import explain_licence, explain_licence_alone, explain_payee
from tests.closes.command import lianchi, printed, small_bundle
from tests.closes.engine_outputs import engine_close
from tests.closes.oracle import OracleClose
from tests.closes.oracle.close import Cell
from tests.closes.random_bundles import random_bundle
from tests.closes.random_bundles.trying import SEEDS, tries

MICRO = 10**6
HEADER = "licence_id,month,product,made_in,sold_in,units,net_amount,currency\n"
BANDED = """
[programme]
id = "SMALL"
currency = "CNY"
period = "2025Q1"
[[rates]]
id = "any"
bands = [{above = 0, per_unit = "0"}, {above = 100, per_unit = "0.20"}, {above = 500, per_unit = "0.10"}]
[[caps]]
id = "year"
per_year = "50"
[allocation]
by = "equal"
"""
KEY = ("licence_id", "product", "made_in", "sold_in", "month", "currency")


def bucket_key(row: dict[str, Any]) -> tuple[Cell, ...]:
    return tuple(row[name] for name in KEY)


def check_payee(explained: dict[str, Any], closed: OracleClose) -> None:
    payee = explained["payee"]
    amount = {row["payee"]: row["amount_minor"] for row in closed.payees}.get(payee, 0)
    assert explained["amount_minor"] == amount
    parts = explained["parts"]
    assert parts["buckets_micros"] + parts["rounding_micros"] == explained["amount_minor"] * MICRO
    buckets = explained["buckets"]
    assert sum(bucket["micros"] for bucket in buckets) == parts["buckets_micros"]
    assert sum(explained["by_product"].values()) == sum(explained["by_licence"].values()) == parts["buckets_micros"]
    names = (payee, f"~held:{payee}")  # what is withheld may be less than a minor unit
    allocated = {bucket_key(row): row["micros"] for row in closed.allocations if row["payee"] in names}
    assert {bucket_key(bucket): bucket["micros"] for bucket in buckets if bucket["micros"]} == allocated
    for bucket in buckets:
        if not payee.startswith(("~fee", "~undistributed")):
            assert sum(node.get("gave_micros", 0) for node in bucket["nodes"]) == bucket["owed_micros"]
        for node in bucket["nodes"]:
            if "patents" in node:
                assert explained["patents"][node["patents"]]


def check_licence(explained: dict[str, Any], closed: OracleClose) -> None:
    invoice = next(row for row in closed.invoices if row["licence_id"] == explained["licence"])
    assert {name: explained[name] for name in ("royalty_minor", "credit_minor", "due_minor")} == {
        name: invoice[name] for name in ("royalty_minor", "credit_minor", "due_minor")
    }
    buckets = explained["buckets"]
    for total, parts in (("royalty_minor", explained["parts"]), ("credit_minor", explained["credit_parts"])):
        assert parts["buckets_micros"] + parts["rounding_micros"] == explained[total] * MICRO
        assert abs(parts["rounding_micros"]) <= MICRO // 2
    assert sum(bucket["royalty_micros"] for bucket in buckets) == explained["parts"]["buckets_micros"]
    credited = sum(sum(bucket["credited_micros"].values()) for bucket in buckets)
    assert credited == explained["credit_parts"]["buckets_micros"]
    names = (*KEY, "rate_id", "units", "royalty_micros", "billed_micros", "reason")
    mine = [row for row in closed.royalties if row["licence_id"] == explained["licence"]]
    assert [{name: bucket[name] for name in names} for bucket in buckets] == mine
    for bucket in buckets:
        if not str(bucket["product"]).startswith("~"):
            changes = sum(limit["change_micros"] for limit in bucket["limits"])
            assert bucket["rated_micros"] + changes == bucket["royalty_micros"]


@tries(12)
@given(seed=SEEDS)
def test_the_parts_add_up_to_the_amount(seed: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        bundle = random_bundle(seed).write(Path(scratch) / "bundle")
        out = Path(scratch) / "out"
        closed = engine_close(bundle, out)
        for payee in closed.payees:
            check_payee(explain_payee(out, bundle, str(payee["payee"])), closed)
        for licence in closed.invoices:
            explained = explain_licence(out, bundle, str(licence["licence_id"]))
            check_licence(explained, closed)
        if closed.invoices:
            # One licence told without sharing the period out comes to the same, credits apart.
            alone = explain_licence_alone(bundle, str(explained["licence"]))
            assert [bucket | {"credited_micros": {}} for bucket in alone] == [
                bucket | {"credited_micros": {}} for bucket in explained["buckets"]
            ]


def test_explaining_takes_time_in_line_with_the_rows(tmp_path: Path) -> None:
    few, many = (_steps_of_explaining(tmp_path / str(products), products) for products in (50, 200))
    assert many < 5 * few


def _steps_of_explaining(folder: Path, products: int) -> int:
    """Count the calls that explaining takes of so many products in each of three months, with bands and a cap."""
    bundle = small_bundle(folder)
    (bundle / "programme.toml").write_text(BANDED, encoding="utf-8")
    rows = (f"L1,2025-0{month},p{place},CN,CN,7,,CNY\n" for month in (1, 2, 3) for place in range(products))
    (bundle / "sales.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    calls = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        explained = explain_licence_alone(bundle, "L1")
    finally:
        sys.setprofile(None)
    assert len(explained) == 3 * products
    return calls


def test_the_command_explains_as_text_and_as_json(tmp_path: Path) -> None:
    bundle = small_bundle(tmp_path / "small")
    out = tmp_path / "out"
    closed = engine_close(bundle, out)
    for who, name, check in (("--payee", "M1", check_payee), ("--licence", "L2", check_licence)):
        completed = lianchi("explain", out, bundle, who, name, "--json")
        assert completed.returncode == 0, completed.stderr
        check(printed(completed), closed)
    text = lianchi("explain", out, bundle, "--payee", "M1").stdout
    amount = next(row["amount_minor"] for row in closed.payees if row["payee"] == "M1")
    assert f"{int(amount) // 100}.{int(amount) % 100:02d}" in text.replace(",", "")
    assert "CN1" in text


def test_nobody_and_changed_inputs_are_not_explained(tmp_path: Path) -> None:
    bundle = small_bundle(tmp_path / "small")
    out = tmp_path / "out"
    engine_close(bundle, out)
    for who, name in (("--payee", "M9"), ("--licence", "L9")):
        completed = lianchi("explain", out, bundle, who, name)
        assert completed.returncode == 1
        assert name in completed.stderr
        assert "Traceback" not in completed.stderr
    with (bundle / "sales.csv").open("a", encoding="utf-8", newline="") as sales:
        sales.write("L1,2025-01,tv,CN,CN,1,5,CNY\n")
    completed = lianchi("explain", out, bundle, "--payee", "M1")
    assert completed.returncode == 1
    assert "sales.csv" in completed.stderr
