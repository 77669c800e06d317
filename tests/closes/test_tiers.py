"""What each band and step brings is what the engine says of it, and comes to what the rate does under its limits."""

from pathlib import Path
from typing import Any

import pytest

from tests.closes.command import lianchi, printed

TIERED = """
[programme]
currency = "CNY"
[[rates]]
id = "banded"
products = ["tv"]
bands = [{above = 0, per_unit = "0.10"}, {above = 100, per_unit = "0.20"}, {above = 250, per_unit = "0.05"}]
[[rates]]
id = "stepped"
products = ["phone"]
steps = [{above = 0, fee = "0"}, {above = 10, fee = "7"}, {above = 50, fee = "30"}]
[[rates]]
id = "priced"
percent = "1"
[allocation]
by = "points"
points = { A = "1" }
"""
LIMITS = """
[[waivers]]
id = "small"
products = ["tv"]
below_per_year = "20"
[[caps]]
id = "most"
products = ["tv"]
per_year = "40"
"""
SALES = (
    "licence_id,month,product,made_in,sold_in,units,net_amount,currency\n"
    "L1,2025-01,tv,CN,CN,60,,CNY\nL1,2025-02,tv,CN,CN,240,,CNY\n"
    "L2,2025-01,tv,CN,CN,90,,CNY\nL2,2025-01,phone,CN,CN,60,,CNY\nL3,2025-03,phone,CN,CN,11,,CNY\n"
    "L3,2025-03,box,CN,CN,5,1234.56,CNY\n"
)


def tried(folder: Path, text: str, against: str | None = None, period: str = "2025Q1") -> dict[str, Any]:
    (folder / "sales.csv").write_text(SALES, "utf-8")
    (folder / "draft.toml").write_text(text, "utf-8")
    more: list[str | Path] = []
    if against is not None:
        (folder / "other.toml").write_text(against, "utf-8")
        more = ["--against", folder / "other.toml"]
    found: dict[str, Any] = printed(
        lianchi("simulate", folder / "draft.toml", folder / "sales.csv", "--period", period, "--json", *more)
    )
    return found


def lines(found: dict[str, Any], side: str = "this") -> dict[tuple[str, str, str], int]:
    return {(line["rate"], line["part"], line["above"]): line["amount_minor"][side] for line in found["tiers"]}


BANDS = {
    # L1: 100 x 0.10, 150 x 0.20, 50 x 0.05; L2: 90 x 0.10.
    ("banded", "tier", "0"): 1900,
    ("banded", "tier", "100"): 3000,
    ("banded", "tier", "250"): 250,
    # L2 reaches the fee of 30, of which 7 by the first step; L3 that of 7.
    ("stepped", "tier", "0"): 0,
    ("stepped", "tier", "10"): 1400,
    ("stepped", "tier", "50"): 2300,
    ("priced", "tier", ""): 1235,
}


def test_each_band_and_step_brings_what_its_units_bear(tmp_path: Path) -> None:
    found = tried(tmp_path, TIERED)
    assert lines(found) == BANDS
    assert sum(BANDS.values()) == found["totals"]["due_minor"][0]


def test_limits_are_lines_of_their_own(tmp_path: Path) -> None:
    found = tried(tmp_path, TIERED.replace("[allocation]", f"{LIMITS}[allocation]"))
    # L2's 9.00 stay below the waiver; L1's 42.50 are cut to 40.
    assert lines(found) == {**BANDS, ("banded", "waived", ""): -900, ("banded", "capped", ""): -250}
    assert sum(lines(found).values()) == found["totals"]["due_minor"][0]


def test_bands_of_other_terms_stand_beside(tmp_path: Path) -> None:
    other = TIERED.replace("above = 100,", "above = 120,")
    found = tried(tmp_path, TIERED, against=other)
    assert lines(found) == {**BANDS, ("banded", "tier", "120"): 0}
    beside = lines(found, "against")
    assert beside["banded", "tier", "100"] == 0
    assert beside["banded", "tier", "120"] == 2600
    assert sum(beside.values()) == found["totals"]["due_minor"][1]


@pytest.mark.parametrize("count", [12, 13, 30])
def test_many_bands_end_in_one_line_and_still_add_up(tmp_path: Path, count: int) -> None:
    bands = ", ".join(f'{{above = {10 * number}, per_unit = "0.{number + 1:02d}"}}' for number in range(count))
    text = TIERED.replace(
        TIERED[TIERED.index("bands = ") : TIERED.index('[[rates]]\nid = "stepped')], f"bands = [{bands}]\n"
    )
    found = tried(tmp_path, text)
    banded = {key: amount for key, amount in lines(found).items() if key[0] == "banded"}
    assert len(banded) == 12
    assert sum(lines(found).values()) == found["totals"]["due_minor"][0]
