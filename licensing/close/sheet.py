"""What the second person looks at before approving a close: totals, checks, differences, and who did what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Sum

from licensing.close.comparison import Comparison, basis_of, compare_runs
from licensing.close.export import tables_changed
from licensing.close.models import CloseCell, CloseInput, CloseRun, LicenceResult, PayeeKind, PayeeResult
from licensing.close.policies import READ_APPROVAL_SHEET, SHEET_WORK
from licensing.close.selectors import FilesMissing, rejected_counts, reports_changed, sees_all_of
from licensing.reports.selectors import unreported_licences
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.problems import NotFound

MOST_ROUNDED = 1
"""Minor units by which what a payee is paid may differ from its exact micros."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold, whether it does, and the numbers behind the answer."""

    key: str
    passed: bool
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The approval sheet of a run."""

    run: CloseRun
    checks: list[Check]
    comparison: Comparison


def approval_sheet(run: CloseRun, *, actor: Actor) -> Sheet:
    """Return the sheet of a calculated run, which the actor may see even where it sees nothing else of the run."""
    if run.results_claim is None:
        raise NotFound("This run has not been calculated, so it has no sheet yet.")
    comparing = _maker_for(actor, run)
    comparison = compare_runs(run, basis_of(run, actor=comparing), actor=comparing)
    # What is checked holds or not whoever reads it: a reader of one close alone sees no licence, report or record.
    checking = Actor.system(SHEET_WORK, on_behalf_of=actor)
    return Sheet(run, [*_sums(run, checking), *_inputs(run, checking)], comparison)


def rejects_on_sheet(run: CloseRun, *, actor: Actor) -> dict[str, int]:
    """Count the rows that the last calculation rejected, per code, for whoever sees the sheet."""
    return rejected_counts(run, actor=_maker_for(actor, run))


def _maker_for(actor: Actor, run: CloseRun) -> Actor:
    """Return in whose name a sheet is made: the reader's, or the platform's for one who sees the sheet only."""
    require(actor, READ_APPROVAL_SHEET, run)
    return actor if sees_all_of(run, actor=actor) else Actor.system(SHEET_WORK, on_behalf_of=actor)


def _sums(run: CloseRun, actor: Actor) -> list[Check]:
    """Whether the stored rows add up to the totals, counted anew."""
    owed = LicenceResult.objects.visible_to(actor).filter(run=run)
    sums = owed.aggregate(royalty=Sum("royalty_minor"), credit=Sum("credit_minor"), due=Sum("due_minor"))
    told = {"royalty": run.royalty_minor, "credit": run.credit_minor, "due": run.due_minor}
    found = {name: int(value or 0) for name, value in sums.items()}
    payees = dict(PayeeResult.objects.visible_to(actor).filter(run=run).values_list("payee", "amount_minor"))
    shared = sum(payees.values())
    cells = CloseCell.objects.visible_to(actor).filter(run=run).exclude(kind=PayeeKind.CREDIT)
    micros = {row["payee"]: int(row["whole"]) for row in cells.values("payee").annotate(whole=Sum("micros"))}
    furthest = max(
        (abs(amount * 10**6 - micros.get(payee, 0)) for payee, amount in payees.items()),
        default=0,
    )
    return [
        Check("invoices_add_up", found == told, {"found": found, "told": told}),
        Check("payees_add_up", shared == run.distributed_minor, {"found": shared, "told": run.distributed_minor}),
        Check("payees_are_their_shares", furthest < (MOST_ROUNDED + 1) * 10**6, {"furthest_micros": str(furthest)}),
    ]


def _inputs(run: CloseRun, actor: Actor) -> list[Check]:
    """Whether everybody reported, and whether the records are still those that were calculated from."""
    lacking = unreported_licences(run.first_month, run.last_month).filter(programme=run.programme)
    missing = list(lacking.order_by("code").values_list("code", flat=True))
    used = CloseInput.objects.visible_to(actor).filter(run=run).count()
    checks = [Check("everybody_reported", not missing, {"missing": missing[:50], "count": len(missing)})]
    try:
        changed = tables_changed(run) if run.is_open else []
        checks.append(Check("records_unchanged", not changed, {"changed": changed}))
    except FilesMissing:
        checks.append(Check("records_unchanged", False, {"changed": ["run.json"]}))
    later = reports_changed(run) if run.is_open else False
    return [*checks, Check("reports_unchanged", not later, {"reports": used})]
