"""Calculating a run: from the records to a bundle, through the engine, back into tables; whole or not at all."""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import Error as DatabaseProblem
from django.db import transaction

from licensing.agreements.models import Licence
from licensing.close import storage
from licensing.close.engine_child import CalculationFailed, Engine, engine_closes, one_view_of_the_records
from licensing.close.export import ExportError, export_bundle, sales_name
from licensing.close.lifecycle import CALCULATION_LIFECYCLE, CLOSE_RUN_LIFECYCLE, IN_HAND, Calculation, RunStatus
from licensing.close.models import CloseRun
from licensing.close.policies import CALCULATE_CLOSE_RUN
from licensing.close.results import ResultsError, clear_rejects, clear_results, load_rejects, load_results
from licensing.close.selectors import get_close_run
from licensing.close.services.queueing import end_calculation
from licensing.close.services.telling import tell_approvers, tell_finance, tell_late_licensees, tell_refused_licensees
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.ids import new_id
from platform_core.jobs.processes import TimeUp
from platform_core.jobs.running import Running
from platform_core.realtime.services import announce

logger = logging.getLogger(__name__)

_OVERTAKEN: Final[Mapping[str, Any]] = {"status": "overtaken"}


class _OvertakenError(Exception):
    """The run no longer waits for this result: it was cancelled, or is being calculated by another worker."""


@dataclass(frozen=True, slots=True)
class _Work:
    """One worker's hold on the calculation of a run."""

    run_id: UUID
    claim: UUID
    actor: Actor


View = Callable[[], AbstractContextManager[None]]
"""Reads the records as of one instant."""


def calculate(
    running: Running, *, run_id: UUID, attempt: int, engine: Engine | None = None, view: View | None = None
) -> Mapping[str, Any]:
    """Calculate a run as it was asked for the `attempt`th time, and say how it ended.

    Any number of workers may be told to: only the one that claimed the run last may load its results, which happens
    in one transaction. A run that was cancelled, calculated or asked for again meanwhile is left alone. A worker
    that dies leaves nothing behind but its claim and a folder, and the run is taken up anew by the next. Raises
    CalculationFailed, in words for the people waiting, where there is no result. The engine works in a child process
    and the records are read in a transaction of their own, unless another way is given.
    """
    work = _begin(running, run_id, attempt)
    if work is None:
        return _OVERTAKEN
    try:
        return _calculate(running, work, engine or engine_closes, view or one_view_of_the_records)
    except _OvertakenError:
        return _OVERTAKEN
    except (ExportError, ResultsError, TimeUp) as error:
        raise CalculationFailed(str(error)) from error
    finally:
        _forget_unless_loaded(work)


def _forget_unless_loaded(work: _Work) -> None:
    """Remove the files of a calculation, unless they are those of the run's results.

    Only the row tells: a commit may have succeeded although its answer was lost. The lock waits for one that is
    still under way. Where the database does not answer, the files stay, for the tidying to judge.
    """
    try:
        with transaction.atomic():
            run = CloseRun.objects.select_for_update().only("results_claim").get(pk=work.run_id)
            if run.results_claim != work.claim:
                storage.forget_claim(work.run_id, work.claim)
    except DatabaseProblem:
        logger.warning("the files of calculation %s are kept: whether it was loaded is unknown", work.claim)


def _calculate(running: Running, work: _Work, engine: Engine, view: View) -> Mapping[str, Any]:
    bundle = storage.new_bundle_folder(work.run_id, work.claim)
    output = storage.output_folder(work.run_id, work.claim)
    running.progress(0, 0, "Writing the bundle")
    with view():
        run = get_close_run(work.run_id, actor=work.actor)
        reports = export_bundle(run, bundle, actor=work.actor)
    if engine(running, bundle, output):
        running.progress(0, 0, "Loading the results")
        storage.make_durable(work.run_id, work.claim)
        return _load(work, reports)
    return _reject(work, reports)


@transaction.atomic
def _begin(running: Running, run_id: UUID, attempt: int) -> _Work | None:
    actor = running.actor
    run = get_close_run(run_id, actor=actor, for_change=True)
    # Who was given the work later may hold the run by now: whoever lost it must not take it back and then stop.
    running.ask()
    require(actor, CALCULATE_CLOSE_RUN, run)
    if run.attempt != attempt or not run.is_changeable or run.calculation not in IN_HAND:
        return None
    claim = new_id()
    run.calculation = CALCULATION_LIFECYCLE.after("begin", current=Calculation(run.calculation))
    run.claim = claim
    run.save(update_fields=["calculation", "claim"])
    announce(run)
    return _Work(run.pk, claim, actor)


def _claimed(work: _Work) -> CloseRun:
    """Lock the run for loading, if this work's results are still what it waits for."""
    run = get_close_run(work.run_id, actor=work.actor, for_change=True)
    if run.claim != work.claim or run.calculation != Calculation.RUNNING or not run.is_changeable:
        raise _OvertakenError
    require(work.actor, CALCULATE_CLOSE_RUN, run)
    return run


@transaction.atomic
def _load(work: _Work, reports: Sequence[UUID]) -> Mapping[str, Any]:
    run = _claimed(work)
    output = storage.output_folder(run.pk, work.claim)
    clear_results(run)
    totals = load_results(run, output, licences=_licences(run), members=_members(run), reports=reports)

    before = RunStatus(run.status)
    run.status = CLOSE_RUN_LIFECYCLE.after("calculate", current=before)
    run.calculation = CALCULATION_LIFECYCLE.after("finish", current=Calculation(run.calculation))
    run.message = ""
    run.results_claim = work.claim
    run.results_sha256 = hashlib.sha256((output / "run.json").read_bytes()).hexdigest()
    run.engine_version = totals.engine_version
    run.currency = totals.currency
    run.line_count = totals.lines
    run.bucket_count = totals.buckets
    run.royalty_minor = totals.royalty_minor
    run.credit_minor = totals.credit_minor
    run.due_minor = totals.due_minor
    run.distributed_minor = totals.distributed_minor
    run.calculated_by_id = run.asked_by_id
    run.calculated_at = work.actor.clock.now()
    run.save()

    record_event(
        "close_run.calculated",
        actor=work.actor,
        subject=run,
        changes={"status": (before, run.status), "results_sha256": (None, run.results_sha256)},
    )
    # The second person is asked; whoever had it calculated follows it anyway.
    tell_approvers(actor=work.actor, run=run, but_not=run.asked_by_id)
    announce(run)
    transaction.on_commit(lambda: storage.forget_earlier(run.pk, work.claim), robust=True)
    return {"status": "calculated", "buckets": totals.buckets}


@transaction.atomic
def _reject(work: _Work, reports: Sequence[UUID]) -> Mapping[str, Any]:
    run = _claimed(work)
    clear_rejects(run)
    counts = load_rejects(
        run,
        storage.output_folder(run.pk, work.claim),
        reports={sales_name(report): report for report in reports},
    )
    told = ", ".join(f"{code}: {count}" for code, count in counts.items())
    run.calculation = CALCULATION_LIFECYCLE.after("reject", current=Calculation(run.calculation))
    run.message = f"The input was rejected ({told}). Correct it, then have the run calculated again."
    run.save(update_fields=["calculation", "message"])

    record_event("close_run.input_rejected", actor=work.actor, subject=run, changes={"rejected": (None, counts)})
    tell_finance(actor=work.actor, run=run, kind="close_run.input_rejected")
    tell_refused_licensees(actor=work.actor, run=run)
    # An estimate that the run cannot be calculated from does not stand in for the late report any more.
    tell_late_licensees(actor=work.actor, run=run)
    announce(run)
    return {"status": "rejected", "rejected": counts}


@transaction.atomic
def note_failed_calculation(*, actor: Actor, run_id: UUID, attempt: int, why: str) -> None:
    """Note on a run that its calculation failed or was cancelled; what it was before, it stays."""
    run = get_close_run(run_id, actor=actor, for_change=True)
    require(actor, CALCULATE_CLOSE_RUN, run)
    if run.attempt != attempt or run.calculation not in IN_HAND or not run.is_changeable:
        return
    end_calculation(run, why)
    run.save(update_fields=["calculation", "message"])

    record_event("close_run.calculation_failed", actor=actor, subject=run, changes={"message": (None, why)})
    announce(run)


def _licences(run: CloseRun) -> Mapping[str, UUID]:
    return dict(Licence.objects.filter(programme=run.programme_id).values_list("code", "pk"))


def _members(run: CloseRun) -> Mapping[str, UUID]:
    members = Membership.objects.filter(pool_parts__pool=run.programme.pool_id)
    return dict(members.values_list("code", "pk"))
