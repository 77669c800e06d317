"""Rules worked out by hand come out of the engine and of the oracle."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.closes.engine_outputs import engine_close
from tests.closes.oracle import OracleClose, oracle_close
from tests.closes.worked.example import Example
from tests.closes.worked.owed import OWED
from tests.closes.worked.shared import SHARED

Close = Callable[[Path, Path], OracleClose]


def by_engine(bundle: Path, out: Path) -> OracleClose:
    return engine_close(bundle, out)


def by_oracle(bundle: Path, _out: Path) -> OracleClose:
    return oracle_close(bundle)


@pytest.mark.parametrize("close", [by_engine, by_oracle], ids=["engine", "oracle"])
@pytest.mark.parametrize("example", [pytest.param(example, id=example.name) for example in OWED + SHARED])
def test_a_rule_gives_what_pencil_and_paper_give(example: Example, close: Close, tmp_path: Path) -> None:
    closed = close(example.write(tmp_path / "bundle"), tmp_path / "out")
    assert closed.rejected == []
    assert {row["licence_id"]: row["royalty_minor"] for row in closed.invoices} == example.invoices
    if example.royalties is not None:
        assert [row["royalty_micros"] for row in closed.royalties] == example.royalties
    if example.due is not None:
        assert {row["licence_id"]: row["due_minor"] for row in closed.invoices} == example.due
    if example.payees is not None:
        assert {row["payee"]: row["amount_minor"] for row in closed.payees} == example.payees
    assert closed.overpaid == example.overpaid
