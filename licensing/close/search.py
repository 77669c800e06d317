"""Finding closes and statements by programme and period."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet

from licensing.close.models import CloseRun, Statement
from platform_core.search.asked import Asked
from platform_core.search.registry import Searched


def _of_period(rows: Any, asked: Asked, run: str) -> Any:
    """Every word is found in the programme's code or is the beginning of the period."""
    for word in asked.text.split():
        rows = rows.filter(
            Q(**{f"{run}programme__code__icontains": word}) | Q(**{f"{run}period__istartswith": word}),
        )
    return rows


def _runs(rows: Any, asked: Asked) -> "Sequence[QuerySet[CloseRun]]":
    found: QuerySet[CloseRun] = (
        _of_period(rows, asked, "").select_related("programme").order_by("-last_month", "-number", "pk")
    )
    return (found,)


def _statements(rows: Any, asked: Asked) -> "Sequence[QuerySet[Statement]]":
    found: QuerySet[Statement] = (
        _of_period(rows, asked, "run__")
        .select_related("run__programme", "membership")
        .order_by("-run__last_month", "-run__number", "pk")
    )
    return (found,)


RUNS: Final = Searched(
    CloseRun,
    _runs,
    lambda run: f"{run.programme.code} {run.period}",
    lambda run: {"number": run.number, "status": run.status},
)
STATEMENTS: Final = Searched(
    Statement,
    _statements,
    lambda statement: f"{statement.run.programme.code} {statement.run.period}",
    lambda statement: {"member": statement.membership.code, "status": statement.run.status},
)
