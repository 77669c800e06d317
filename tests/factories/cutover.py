"""Cut-overs as bare rows: for tests of who may see them."""

from datetime import date
from typing import TYPE_CHECKING, Any

from licensing.close.models import CloseRun
from licensing.cutover.kinds import Cause, Side
from licensing.cutover.models import Cutover, ParallelDifference, ParallelRun
from licensing.terms.models import Programme
from tests.factories.core import NOON
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


def populate(world: "World") -> None:
    """Move the programme of each side from its old workbook, and compare one period of it."""
    for alliance in world.alliances:
        programme = Programme.objects.get(alliance=alliance, code=CODE)
        close = CloseRun.objects.filter(programme=programme, status="posted").earliest("pk")
        parallel = make_parallel_run(make_cutover(programme), close)
        licence = programme.licences.earliest("pk")
        make_difference(parallel, side=Side.LICENCE, licence=licence, name=licence.code)
        make_difference(parallel)
