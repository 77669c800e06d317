"""What must hold for every bundle, whatever its terms: money is neither lost nor made, order means nothing."""

import copy
import random
import tempfile
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.closes.engine_outputs import engine_close
from tests.closes.oracle import OracleClose
from tests.closes.oracle.close import Cell
from tests.closes.random_bundles import RandomBundle, Shape, decimal_text, random_bundle
from tests.closes.random_bundles.trying import SEEDS, tries

MICRO = 10**6

law = tries(12)


def close(bundle: RandomBundle) -> OracleClose:
    """Close a random bundle with the engine."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = bundle.write(Path(scratch) / "bundle")
        return engine_close(folder, Path(scratch) / "out")


def number(row: dict[str, Cell], column: str) -> int:
    cell = row[column]
    assert isinstance(cell, int)
    return cell


def bucket_of(row: dict[str, Cell]) -> tuple[Cell, ...]:
    return tuple(row[name] for name in ("licence_id", "product", "made_in", "sold_in", "month", "currency"))


def amounts(closed: OracleClose) -> dict[Cell, int]:
    return {row["payee"]: number(row, "amount_minor") for row in closed.payees}


def due_to(closed: OracleClose, member: str) -> int:
    """What a member is due, withheld or not."""
    found = amounts(closed)
    return found.get(member, 0) + found.get(f"~held:{member}", 0)


def round_half_up(micros: int) -> int:
    return (micros + MICRO // 2) // MICRO


@law
@given(seed=SEEDS)
def test_nothing_is_lost_and_nothing_is_made(seed: int) -> None:
    bundle = random_bundle(seed)
    closed = close(bundle)
    collected = bundle.terms["programme"].get("basis") == "collected"

    royalties: dict[Cell, int] = defaultdict(int)
    billed: dict[Cell, int] = defaultdict(int)
    billed_of_bucket: dict[tuple[Cell, ...], int] = {}
    for row in closed.royalties:
        royalties[row["licence_id"]] += number(row, "royalty_micros")
        billed[row["licence_id"]] += number(row, "billed_micros")
        billed_of_bucket[bucket_of(row)] = number(row, "billed_micros")
    credits: dict[Cell, int] = defaultdict(int)
    payable: dict[Cell, int] = defaultdict(int)
    of_bucket: dict[tuple[Cell, ...], int] = defaultdict(int)
    for row in closed.allocations:
        of_bucket[bucket_of(row)] += number(row, "micros")
        is_credit = str(row["payee"]).startswith("~credit:")
        (credits if is_credit else payable)[row["licence_id"]] += number(row, "micros")

    for row in closed.invoices:
        licence_id = row["licence_id"]
        assert row["royalty_minor"] == round_half_up(royalties[licence_id])
        assert billed[licence_id] == number(row, "royalty_minor") * MICRO
        assert row["credit_minor"] == round_half_up(credits[licence_id])
        assert row["due_minor"] == number(row, "royalty_minor") - number(row, "credit_minor")
        assert payable[licence_id] % MICRO == 0 or not collected
        assert payable[licence_id] <= number(row, "due_minor") * MICRO or not collected
    if not collected:
        assert dict(of_bucket) == {key: micros for key, micros in billed_of_bucket.items() if micros}
    paid = sum(payable.values()) // MICRO if collected else closed.totals["due_minor"]
    assert sum(amounts(closed).values()) == closed.totals["distributed_minor"] == paid
    assert closed.totals["due_minor"] == sum(number(row, "due_minor") for row in closed.invoices)
    assert all(amount >= 0 for amount in amounts(closed).values())


@law
@given(seed=SEEDS, shuffle=SEEDS)
def test_the_order_of_lines_files_and_rows_changes_no_amount(seed: int, shuffle: int) -> None:
    bundle = random_bundle(seed)
    other = copy.deepcopy(bundle)
    rng = random.Random(shuffle)
    other.seed = shuffle
    other.layout = rng.choice([["sales.csv"], ["sales/x.csv", "sales/y.csv"], ["sales/x.parquet", "sales/10.csv"]])
    rng.shuffle(other.sales)
    for rows in other.tables.values():
        rng.shuffle(rows)

    assert close(other) == close(bundle)


@law
@given(seed=SEEDS)
def test_splitting_a_line_in_two_changes_nothing_without_floors_and_ceilings(seed: int) -> None:
    bundle = random_bundle(seed, Shape(floors=False))
    other = copy.deepcopy(bundle)
    rng = random.Random(seed)
    whole_lines = list(other.sales)
    other.sales.clear()
    for line in whole_lines:
        first, second = dict(line), dict(line)
        units = int(line["units"])
        part = rng.randint(min(0, units), max(0, units))
        first["units"], second["units"] = str(part), str(units - part)
        if line["net_amount"]:
            millionths = int(Fraction(line["net_amount"]) * MICRO)
            portion = rng.randint(min(0, millionths), max(0, millionths))
            first["net_amount"] = decimal_text(Fraction(portion, MICRO), 6)
            second["net_amount"] = decimal_text(Fraction(millionths - portion, MICRO), 6)
        other.sales += [first, second]

    split, whole = close(other), close(bundle)
    assert split.totals.pop("lines") == 2 * whole.totals.pop("lines")
    assert split == whole


@law
@given(seed=SEEDS)
def test_a_further_patent_never_lowers_its_owner_by_more_than_a_minor_unit(seed: int) -> None:
    shape = Shape(bearing=("always",), percent_per_patent=False, allocation=("patents",), bilaterals=False)
    bundle = random_bundle(seed, shape)
    rng = random.Random(seed)
    owner = rng.choice(bundle.tables["members.csv"])["member_id"]
    family = rng.choice([row["family"] for row in bundle.tables["patents.csv"]] or ["F-new"])
    richer = copy.deepcopy(bundle)
    richer.tables["patents.csv"].append(
        {
            "publication": "P-new",
            "family": rng.choice([family, ""]),
            "owner": owner,
            "country": rng.choice(["CN", "US", "DE", "JP"]),
            "granted": rng.choice(["2000-01-01", "2025-03-05"]),
            "class": rng.choice(["A", "B", ""]),
            "share": rng.choice(["", "0.5"]),
        }
    )

    assert due_to(close(richer), owner) >= due_to(close(bundle), owner) - 1


@law
@given(seed=SEEDS, most=st.integers(min_value=0, max_value=20_000))
def test_a_cap_appended_last_raises_no_bucket(seed: int, most: int) -> None:
    bundle = random_bundle(seed, Shape(minimums=False))
    capped = copy.deepcopy(bundle)
    scope = random.Random(seed).choice(["licence", "enterprise"])
    capped.terms["caps"].append({"id": "last", "per_year": most, "scope": scope})

    before = {bucket_of(row): number(row, "royalty_micros") for row in close(bundle).royalties}
    after = {bucket_of(row): number(row, "royalty_micros") for row in close(capped).royalties}
    assert after.keys() == before.keys()
    assert all(after[key] <= before[key] for key in before)


@law
@given(seed=SEEDS)
def test_four_quarters_bear_what_their_year_bears_before_rounding(seed: int) -> None:
    bundle = random_bundle(seed, Shape(bases=("accrued",)))

    def bearing(period: str) -> list[dict[str, Cell]]:
        of_period = copy.deepcopy(bundle)
        of_period.terms["programme"]["period"] = period
        rows = close(of_period).royalties
        return [{name: cell for name, cell in row.items() if name != "billed_micros"} for row in rows]

    year = int(bundle.terms["programme"]["period"][:4])
    quarters = [row for number in (1, 2, 3, 4) for row in bearing(f"{year}Q{number}")]
    assert sorted(quarters, key=bucket_of) == bearing(str(year))


@law
@given(seed=SEEDS)
def test_members_who_share_equally_differ_by_at_most_one_minor_unit(seed: int) -> None:
    shape = replace(Shape(), allocation=("equal",), bilaterals=False, member_dates=False)
    bundle = random_bundle(seed, shape)
    closed = close(bundle)

    shares = [due_to(closed, row["member_id"]) for row in bundle.tables["members.csv"]]
    assert max(shares) - min(shares) <= 1


@law
@given(seed=SEEDS)
def test_equal_inputs_give_equal_bytes(seed: int) -> None:
    bundle = random_bundle(seed)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        contents = []
        for scratch in (one, two):
            engine_close(bundle.write(Path(scratch) / "bundle"), Path(scratch) / "out")
            files = sorted((Path(scratch) / "out").iterdir())
            contents.append({file.name: file.read_bytes() for file in files})
    assert contents[0] == contents[1]
