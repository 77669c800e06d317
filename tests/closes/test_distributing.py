"""What came in is given out by the shares of its close, however it comes in: all of it is what the close says."""

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given

from licensing.distribution.calculation import Received, new_shares, payments_table, totals_by_payee
from licensing.engine import load_document
from licensing.terms.calculation import toml_text
from platform_core.csv_text import csv_bytes
from platform_core.money import exponent
from tests.closes.engine_outputs import engine_close
from tests.closes.oracle import OracleClose
from tests.closes.random_bundles import random_bundle
from tests.closes.random_bundles.trying import SEEDS, tries

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())


def with_money(bundle: Path, received: dict[str, int] | None) -> Path:
    """Let a bundle share out what was received under each licence; None: what is owed."""
    document = load_document((bundle / "programme.toml").read_text("utf-8"))
    basis = "accrued" if received is None else "collected"
    document["programme"] = {**document["programme"], "basis": basis}
    (bundle / "programme.toml").write_text(toml_text(document), "utf-8")
    (bundle / "payments.csv").unlink(missing_ok=True)
    if received is not None:
        rows = payments_table(
            [Received(licence, amount) for licence, amount in received.items()],
            digits=exponent(document["programme"]["currency"]),
        )
        (bundle / "payments.csv").write_bytes(csv_bytes(("licence_id", "amount"), rows))
    return bundle


def due(closed: OracleClose) -> dict[str, int]:
    """Return what each payee is due, where it is something."""
    found = {str(row["payee"]): row["amount_minor"] for row in closed.payees}
    return {payee: amount for payee, amount in found.items() if isinstance(amount, int) and amount}


def owed(closed: OracleClose) -> dict[str, int]:
    """Return what is owed under each licence, where it is something."""
    found = {str(row["licence_id"]): row["due_minor"] for row in closed.invoices}
    return {licence: amount for licence, amount in found.items() if isinstance(amount, int) and amount}


def steps(owing: dict[str, int], draw: random.Random) -> list[tuple[str, int]]:
    """Cut what is owed into payments, of a random size each, in a random order."""
    cut = []
    for licence, amount in owing.items():
        first = draw.randint(0, amount)
        cut += [(licence, first), (licence, amount - first)]
    draw.shuffle(cut)
    return cut


def distribute(bundle: Path, scratch: Path, draw: random.Random, *, runs: int) -> None:
    """Pay everything in part payments, distribute now and then, and compare what was given with the close."""
    closed = engine_close(with_money(bundle, None), scratch / "out")
    owing = owed(closed)
    if not closed.closed or any(amount < 0 for amount in owing.values()):
        return
    received: Counter[str] = Counter()
    given_out: Counter[str] = Counter()
    paid = steps(owing, draw)
    for number in range(runs):
        part = paid[len(paid) * number // runs : len(paid) * (number + 1) // runs]
        for licence, amount in part:
            received[licence] += amount
        now = due(engine_close(with_money(bundle, dict(received)), scratch / f"out-{number}"))
        new = totals_by_payee(new_shares(now, given_out))
        # Each gives out what arrived since, to the cent.
        assert sum(new.values()) == sum(amount for _licence, amount in part)
        for payee, amount in new.items():
            given_out[payee] += amount
    assert {payee: amount for payee, amount in given_out.items() if amount} == due(closed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_all_that_is_owed_gives_what_the_close_says_in_one_payment_or_many(case: Path, tmp_path: Path) -> None:
    for runs in (1, 3):
        bundle = shutil.copytree(case, tmp_path / f"bundle-{runs}")
        scratch = tmp_path / f"runs-{runs}"
        scratch.mkdir()
        distribute(bundle, scratch, random.Random(case.name), runs=runs)


@tries(10)
@given(seed=SEEDS)
def test_part_payments_of_any_size_in_any_order_add_up_to_the_close(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    scratch = tmp_path_factory.mktemp("paid")
    distribute(random_bundle(seed).write(scratch / "bundle"), scratch, random.Random(seed), runs=3)
