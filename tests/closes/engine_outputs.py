"""Run the engine on a bundle and read its output files back as the oracle states its own."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from licensing.engine import close_bundle
from tests.closes.oracle import OracleClose, Reject
from tests.closes.oracle.close import Cell

NUMBERS = {"units", "royalty_micros", "billed_micros", "royalty_minor", "credit_minor", "due_minor", "amount_minor"}
OUTPUTS = {"royalties.csv", "invoices.csv", "payees.csv", "allocations.parquet", "run.json"}
TOTALS = ["lines", "buckets", "royalty_minor", "credit_minor", "due_minor", "distributed_minor"]


def engine_close(bundle: Path, out: Path, *, skip_rejected: bool = False) -> OracleClose:
    """Close a bundle with the engine and read everything it wrote."""
    outcome = close_bundle(bundle, out, skip_rejected=skip_rejected)
    written = {path.name for path in out.iterdir()}
    rejected = read_rejects(out) if "rejected.csv" in written else []
    assert bool(rejected) == ("rejected.csv" in written)
    if outcome.status == "rejected":
        assert written == {"rejected.csv"}
        return OracleClose(closed=False, rejected=rejected)
    assert outcome.status == "closed"
    assert written - {"rejected.csv"} == OUTPUTS
    assert skip_rejected or not rejected
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert run["totals"] == outcome.totals
    assert hashes_in(run) == hashes_of(bundle)
    return OracleClose(
        closed=True,
        rejected=rejected,
        royalties=read_rows(out / "royalties.csv"),
        invoices=read_rows(out / "invoices.csv"),
        payees=read_rows(out / "payees.csv"),
        allocations=read_allocations(out / "allocations.parquet"),
        totals={name: run["totals"][name] for name in TOTALS},
        overpaid=overpaid_in(run),
    )


def read_rows(path: Path) -> list[dict[str, Cell]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return [{name: int(cell) if name in NUMBERS else cell for name, cell in row.items()} for row in reader]


def read_rejects(out: Path) -> list[Reject]:
    with (out / "rejected.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["message"] for row in rows)
    return [Reject(row["file"], int(row["line"]), row["column"], row["code"], row["value"]) for row in rows]


def read_allocations(path: Path) -> list[dict[str, Cell]]:
    table = pq.read_table(path)
    assert table.schema.field("micros").type == pa.decimal128(38, 0)
    rows: list[dict[str, Any]] = table.to_pylist()
    for row in rows:
        row["micros"] = int(row["micros"])
    return rows


def hashes_in(run: dict[str, Any]) -> dict[str, str]:
    inputs: dict[str, str] = run["inputs"]
    return inputs


def hashes_of(bundle: Path) -> dict[str, str]:
    """The sha256 of every file that takes part in the close."""
    return {
        path.relative_to(bundle).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(bundle.rglob("*"))
        if path.is_file() and path.name != "expected.json"
    }


def overpaid_in(run: dict[str, Any]) -> dict[str, int]:
    overpaid: dict[str, int] = run.get("overpaid_minor", {})
    return overpaid


STOPPING = ("missing_file", "missing_column", "bad_terms")


def assert_same(engine: OracleClose, oracle: OracleClose) -> None:
    """Every output of the engine is the oracle's, to the micro and to the order of rows."""
    if any(reject.code in STOPPING for reject in oracle.rejected):
        # How much is looked at in a bundle that lacks a column or a file is left open.
        found = [reject for reject in engine.rejected if reject.code in STOPPING]
        assert found
        assert set(found) <= set(oracle.rejected)
        assert not engine.closed
        return
    assert engine.rejected == oracle.rejected
    assert engine.closed == oracle.closed
    assert engine.royalties == oracle.royalties
    assert engine.invoices == oracle.invoices
    assert engine.allocations == oracle.allocations
    assert engine.payees == oracle.payees
    assert engine.totals == oracle.totals
    assert engine.overpaid == oracle.overpaid
