"""Cut-overs as bare rows: for tests of who may see them."""

from datetime import date
from typing import TYPE_CHECKING, Any

from licensing.close.models import CloseRun, PayeeKind
from licensing.cutover.kinds import Cause, Side
from licensing.cutover.models import (
    Cutover,
    Opening,
    OpeningDifference,
    OpeningFile,
    ParallelDifference,
    ParallelRun,
)
from licensing.cutover.tying import Tie, TieCause
from licensing.distribution.models import EarlierShare
from licensing.terms.models import Programme
from tests.factories.core import NOON, make_user
from tests.factories.reports import CODE

if TYPE_CHECKING:
    from tests.factories.world import World


def make_cutover(programme: Programme) -> Cutover:
    """A cut-over that keeps no close of these worlds from being approved."""
    return Cutover.objects.create(programme=programme, on_day=date(2040, 1, 1), begun_at=NOON)


def make_parallel_run(cutover: Cutover, close: CloseRun, **columns: Any) -> ParallelRun:
    """A comparison in which the close came to one unit more than the old workbook, on both sides."""
    number = ParallelRun.objects.filter(cutover=cutover, period=close.period).count() + 1
    return ParallelRun.objects.create(
        **{
            "cutover": cutover,
            "close_run": close,
            "period": close.period,
            "number": number,
            "results_sha256": close.results_sha256,
            "files": [],
            "told": {"invoices": {}, "payees": {}},
            "currency": "CNY",
            "old_due_minor": 1,
            "due_difference_minor": 1,
            "our_due_minor": 2,
            "old_paid_minor": 1,
            "paid_difference_minor": 1,
            "our_paid_minor": 2,
            "compared_at": NOON,
            **columns,
        }
    )


def make_difference(parallel: ParallelRun, **columns: Any) -> ParallelDifference:
    """One minor unit of rounding that nobody accepted yet."""
    return ParallelDifference.objects.create(
        **{
            "parallel_run": parallel,
            "position": parallel.differences.count() + 1,
            "side": Side.PAYEE,
            "name": "~fee",
            "old_minor": 1,
            "our_minor": 2,
            "cause": Cause.ROUNDING,
            "amount_minor": 1,
            **columns,
        }
    )


def make_opening(cutover: Cutover, **columns: Any) -> Opening:
    """What is to be carried over, with a file and one figure that does not tie."""
    number = Opening.objects.filter(cutover=cutover).count() + 1
    tables = ("balances", "invoices", "collected", "distributed", "reported")
    opening = Opening.objects.create(
        **{
            "cutover": cutover,
            "number": number,
            "carried": {table: [] for table in tables},
            "sha256": f"{number:064d}",
            "previewed_at": NOON,
            "previewed_by": make_user(),
            **columns,
        }
    )
    OpeningFile.objects.create(opening=opening, position=1, name="old.xlsx", sha256="0" * 64, content=b"PK")
    OpeningDifference.objects.create(
        opening=opening,
        position=1,
        tie=Tie.RECEIVABLE,
        name="L1",
        currency="CNY",
        left_minor=2,
        right_minor=1,
        amount_minor=1,
        cause=TieCause.UNEXPLAINED,
        hinders=True,
    )
    return opening


def make_earlier_share(programme: Programme, **columns: Any) -> EarlierShare:
    """The fee of a period that was given out before."""
    return EarlierShare.objects.create(
        **{
            "programme": programme,
            "period": "2024Q4",
            "payee": "~fee",
            "kind": PayeeKind.FEE,
            "amount_minor": 1,
            "at": NOON,
            **columns,
        }
    )


def populate(world: "World") -> None:
    """Move the programme of each side from its old workbook, and compare one period of it."""
    for alliance in world.alliances:
        programme = Programme.objects.get(alliance=alliance, code=CODE)
        close = CloseRun.objects.filter(programme=programme, status="posted").earliest("pk")
        cutover = make_cutover(programme)
        parallel = make_parallel_run(cutover, close)
        make_opening(cutover)
        make_earlier_share(programme)
        licence = programme.licences.earliest("pk")
        make_difference(parallel, side=Side.LICENCE, licence=licence, name=licence.code)
        make_difference(parallel)
