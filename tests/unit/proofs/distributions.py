"""A small distribution to prove, and its files to spoil."""

import json
from collections.abc import Callable
from typing import Any

from licensing.distribution.proofs import ProvenStatement, Published, Statement, commit_run, statement_file

AMOUNTS = {"M1": 1_234_567, "M2": 0, "M3": -4_200, "~reserve:诉讼": 98_765_432_100}


def made(amounts: dict[str, int] = AMOUNTS) -> tuple[Published, tuple[ProvenStatement, ...]]:
    return commit_run(
        run="run-1",
        currency="CNY",
        periods=["2025Q1", "2025Q2"],
        statements=[Statement(payee, amount, details(payee)) for payee, amount in amounts.items()],
    )


def details(payee: str) -> dict[str, Any]:
    return {"lines": [{"product": "tv", "units": 12}], "note": f"致 {payee}", "paid": None}


def spoiled(proven: ProvenStatement, spoil: Callable[[dict[str, Any]], object]) -> bytes:
    """The file of a statement after somebody worked on it."""
    document = json.loads(statement_file(proven))
    spoil(document)
    return json.dumps(document, ensure_ascii=False).encode()
