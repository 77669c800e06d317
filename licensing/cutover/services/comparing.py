"""Moving a programme from its old workbook: beginning, comparing past periods, and accepting what differs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from licensing.close.models import CloseRun, LicenceResult
from licensing.close.policies import CLOSE_WORK
from licensing.cutover.calculation import Gap, OldInvoice, OldLine, Part, invoice_parts, payee_parts
from licensing.cutover.facts import OurFigures, our_figures
from licensing.cutover.kinds import PERIODS_NEEDED, Side
from licensing.cutover.models import Cutover, ParallelDifference, ParallelRun
from licensing.cutover.policies import (
    ACCEPT_DIFFERENCES,
    BEGIN_CUTOVER,
    COMPARE_PERIOD,
    COMPARISON_DECISION,
    CONFIRM_PARALLEL_RUN,
)
from licensing.cutover.reading import OldFigures, read_figures
from licensing.cutover.selectors import calculated_run, get_parallel_run, live_closes
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import told_as
from platform_core.identity.role_plan import Place, require_second_person
from platform_core.problems import Conflict, NotFound, Problem, WrongState, invalid
from platform_core.realtime.services import announce

LONGEST_REASON: Final = 500


@transaction.atomic
def begin_cutover(*, actor: Actor, programme_id: UUID, on_day: date) -> Cutover:
    """Begin to move a programme from its old workbook; from that day on it is to be closed here alone."""
    programme = get_visible(Programme, programme_id, actor=actor)
    require(actor, BEGIN_CUTOVER, programme)
    if on_day.day != 1:
        raise invalid("/on_day", "bad_value", "A programme is closed here alone from the first day of a month on.")
    if live_closes(programme.pk, on_day).exists():
        raise WrongState("A close from that day on is approved: the programme is closed here alone already.")
    with told_as(_PROBLEMS):
        cutover = Cutover.objects.create(
            programme=programme, on_day=on_day, begun_at=actor.clock.now(), begun_by_id=actor.user_id
        )
    record_event("cutover.begun", actor=actor, subject=cutover, changes={"on_day": (None, on_day.isoformat())})
    announce(cutover)
    return cutover


@transaction.atomic
def compare_period(*, actor: Actor, cutover_id: UUID, period: str, folder: Path) -> ParallelRun:
    """Set what the old workbook came to for a period beside our close of it, every difference with its cause.

    The close need not be posted. What was accepted of an earlier comparison and is still so stays accepted.
    Raises WorkbookRejected with every mistake in the tables, and WrongState where the period has no results yet.
    """
    cutover = get_visible(Cutover, cutover_id, actor=actor, for_change=True)
    require(actor, COMPARE_PERIOD, cutover)
    run = calculated_run(cutover.programme_id, period)
    if run is None:
        raise WrongState(f"{period} has no calculated close here: have it calculated first.")
    if run.last_month >= cutover.on_day:
        raise invalid("/period", "not_past", f"{period} is no period before {cutover.on_day}.")
    old = read_figures(folder, run.currency)
    parallel = _record(actor, cutover, run, old)
    # A sale that one side has a period later is told as such by both periods.
    for other in _neighbours(cutover, run):
        if _moved_between(parallel, other) and (theirs := calculated_run(cutover.programme_id, other.period)):
            _record(actor, cutover, theirs, _told(other))
    record_event(
        "parallel_run.compared",
        actor=actor,
        subject=parallel,
        changes={
            "due_difference_minor": (None, parallel.due_difference_minor),
            "paid_difference_minor": (None, parallel.paid_difference_minor),
        },
    )
    announce(parallel)
    return parallel


@transaction.atomic
def accept_differences(
    *, actor: Actor, parallel_run_id: UUID, difference_ids: Sequence[UUID], reason: str
) -> ParallelRun:
    """Accept open differences of a parallel run for a reason, as a person who answers for it."""
    parallel = get_parallel_run(parallel_run_id, actor=actor, for_change=True)
    require(actor, ACCEPT_DIFFERENCES, parallel)
    why = reason.strip()
    if not why:
        raise invalid("/reason", "required", "Say why the differences are accepted.")
    if len(why) > LONGEST_REASON:
        raise invalid("/reason", "too_long", "Say it in 500 characters.")
    if parallel.superseded_at is not None:
        raise WrongState("The period was compared again: accept differences of the latest comparison.")
    wanted = set(difference_ids)
    if not wanted:
        raise invalid("/difference_ids", "required", "Say which differences are accepted.")
    rows = ParallelDifference.objects.filter(parallel_run=parallel, pk__in=wanted)
    if len(rows) != len(wanted):
        raise NotFound("Some of these differences are not of this comparison.")
    if any(row.accepted_at is not None for row in rows):
        raise Conflict("Some of these differences were accepted before.")
    rows.update(reason=why, accepted_at=actor.clock.now(), accepted_by_id=actor.person_id)
    record_event(
        "parallel_run.differences_accepted",
        actor=actor,
        subject=parallel,
        changes={"accepted": (None, len(wanted)), "reason": (None, why)},
    )
    announce(parallel)
    return parallel


@transaction.atomic
def confirm_parallel_run(*, actor: Actor, parallel_run_id: UUID) -> ParallelRun:
    """Confirm a comparison whose differences are all accepted, as a second person: from then on it counts.

    Where nothing differs there is nothing to accept, and a second person has to look at it all the more.
    """
    parallel = get_parallel_run(parallel_run_id, actor=actor, for_change=True)
    require(actor, CONFIRM_PARALLEL_RUN, parallel)
    if parallel.superseded_at is not None:
        raise WrongState("The period was compared again: confirm the latest comparison.")
    if parallel.confirmed_at is not None:
        raise WrongState("This comparison is confirmed already.")
    accepted: list[UUID | None] = list(parallel.differences.values_list("accepted_by", flat=True).order_by("position"))
    if waiting := accepted.count(None):
        raise WrongState(f"{waiting} differences are not accepted yet: have each accepted for a reason first.")
    programme = parallel.cutover.programme
    place = Place(programme.alliance_id, programme.operating_entity)
    require_second_person(COMPARISON_DECISION, actor=actor, beside=[*accepted, parallel.compared_by_id], place=place)
    parallel.confirmed_at = actor.clock.now()
    parallel.confirmed_by_id = actor.person_id
    parallel.save(update_fields=["confirmed_at", "confirmed_by"])
    record_event("parallel_run.confirmed", actor=actor, subject=parallel)
    announce(parallel)
    return parallel


def require_settled(*, run: CloseRun) -> None:
    """Refuse the first live close of a programme while fewer than two past periods are compared and confirmed.

    A close that only begins before the cut-over day is live: its last months are in no old workbook. A period of which
    neither side has anything shows nothing, and does not count.
    """
    cutover = Cutover.objects.select_for_update(of=("self",), no_key=True).filter(programme=run.programme_id).first()
    if cutover is None or run.last_month < cutover.on_day:
        return
    if live_closes(cutover.programme_id, cutover.on_day).exists():
        return
    compared = ParallelRun.objects.filter(cutover=cutover, superseded_at=None)
    empty = Q(told__invoices={}) & ~Exists(LicenceResult.objects.filter(run=OuterRef("close_run")).order_by())
    current = list(compared.exclude(empty).order_by("period"))
    if len(current) < PERIODS_NEEDED:
        raise WrongState(
            f"{len(current)} of {PERIODS_NEEDED} past periods were compared with the old workbook: compare them first."
        )
    for parallel in current:
        latest = calculated_run(run.programme_id, parallel.period)
        if latest is None or latest.results_sha256 != parallel.results_sha256:
            raise WrongState(f"{parallel.period} was calculated again since it was compared: compare it again.")
    waiting = ParallelDifference.objects.filter(parallel_run__in=current, accepted_at=None).count()
    if waiting:
        raise WrongState(f"{waiting} differences from the old workbook are not accepted yet: settle them first.")
    if open_ := [parallel.period for parallel in current if parallel.confirmed_at is None]:
        raise WrongState(f"{', '.join(open_)} is not confirmed yet: a second person has to confirm what was compared.")


# -- comparing ----------------------------------------------------------------------------------------------------


def _record(actor: Actor, cutover: Cutover, run: CloseRun, old: OldFigures) -> ParallelRun:
    ours = our_figures(run)
    before = ParallelRun.objects.filter(cutover=cutover, period=run.period)
    last = before.order_by("-number").first()
    accepted = _accepted(last)
    before.filter(superseded_at=None).update(superseded_at=actor.clock.now())
    rows = _differences(old, ours, _gaps_of(_neighbours(cutover, run)))
    old_due = sum(invoice.due for invoice in old.invoices.values())
    our_due = sum(invoice.due for invoice in ours.invoices.values())
    old_paid, our_paid = sum(old.payees.values()), sum(ours.payees.values())
    # The database holds that these add up: nothing that differs is left out of the list.
    parallel = ParallelRun.objects.create(
        cutover=cutover,
        close_run=run,
        period=run.period,
        number=last.number + 1 if last else 1,
        results_sha256=run.results_sha256,
        files=old.files,
        told=_telling(old),
        currency=run.currency,
        old_due_minor=old_due,
        due_difference_minor=sum(row.amount_minor for row in rows if row.side == Side.LICENCE),
        our_due_minor=our_due,
        old_paid_minor=old_paid,
        paid_difference_minor=sum(row.amount_minor for row in rows if row.side == Side.PAYEE),
        our_paid_minor=our_paid,
        compared_at=actor.clock.now(),
        compared_by_id=actor.user_id,
    )
    for position, row in enumerate(rows, start=1):
        row.parallel_run, row.position = parallel, position
        if found := accepted.get(_identity(row)):
            row.reason, row.accepted_at, row.accepted_by_id = found.reason, found.accepted_at, found.accepted_by_id
    ParallelDifference.objects.bulk_create(rows)
    return parallel


def _differences(
    old: OldFigures, ours: OurFigures, neighbours: Mapping[str, Mapping[str, int]]
) -> list[ParallelDifference]:
    rows: list[ParallelDifference] = []
    gaps: dict[str, Gap] = {}
    for code in sorted({*old.invoices, *ours.invoices}):
        theirs, own = old.invoices.get(code), ours.invoices.get(code)
        gaps[code] = Gap(
            royalty=(own.royalty if own else 0) - (theirs.royalty if theirs else 0),
            credit=(own.credit if own else 0) - (theirs.credit if theirs else 0),
        )
        near = {period: found[code] for period, found in neighbours.items() if code in found}
        rows += _rows(
            Side.LICENCE,
            code,
            None if theirs is None else theirs.due,
            None if own is None else own.due,
            invoice_parts(theirs, own, ours.known, near),
            licence_id=ours.licences.get(code),
        )
    for payee, parts in payee_parts(old.payees, ours.payees, ours.shared, gaps).items():
        rows += _rows(
            Side.PAYEE,
            payee,
            old.payees.get(payee),
            ours.payees.get(payee),
            parts,
            membership_id=ours.memberships.get(payee),
        )
    return rows


def _rows(
    side: Side, name: str, old: int | None, ours: int | None, parts: Iterable[Part], **of: UUID | None
) -> list[ParallelDifference]:
    return [
        ParallelDifference(
            side=side,
            name=name,
            old_minor=old,
            our_minor=ours,
            cause=part.cause,
            amount_minor=part.amount,
            facts=dict(part.facts),
            **of,
        )
        for part in parts
    ]


def _identity(row: ParallelDifference) -> tuple[object, ...]:
    """What makes a difference the same one when a period is compared again."""
    return row.side, row.name, row.cause, row.amount_minor, row.old_minor, row.our_minor


def _accepted(last: ParallelRun | None) -> dict[tuple[object, ...], ParallelDifference]:
    if last is None:
        return {}
    return {_identity(row): row for row in last.differences.exclude(accepted_at=None)}


def _neighbours(cutover: Cutover, run: CloseRun) -> list[ParallelRun]:
    """The comparisons of the periods just before and just after."""
    current = ParallelRun.objects.filter(cutover=cutover, superseded_at=None).select_related("close_run")
    return [
        other
        for other in current
        if _next(other.close_run.last_month) == run.first_month or _next(run.last_month) == other.close_run.first_month
    ]


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _gaps_of(runs: Iterable[ParallelRun]) -> dict[str, dict[str, int]]:
    """Return the differences in the royalty of licences that both sides have, by period."""
    return {run.period: _gaps(run) for run in runs}


def _gaps(parallel: ParallelRun) -> dict[str, int]:
    old = _told(parallel).invoices
    results = LicenceResult.objects.visible_to(Actor.system(CLOSE_WORK)).filter(run=parallel.close_run_id)
    ours = dict(results.values_list("licence__code", "royalty_minor"))
    return {code: ours[code] - old[code].royalty for code in sorted(ours.keys() & old.keys())}


def _moved_between(one: ParallelRun, other: ParallelRun) -> bool:
    here, there = _gaps(one), _gaps(other)
    return any(here[code] and here[code] == -there.get(code, 0) for code in here)


def _telling(old: OldFigures) -> dict[str, Any]:
    """Write the old figures down, so that a later neighbour can be set beside them."""
    return {
        "invoices": {
            code: {
                "credit": invoice.credit,
                "due": invoice.due,
                "lines": [[line.product, line.royalty, line.units, line.rate] for line in invoice.lines],
            }
            for code, invoice in old.invoices.items()
        },
        "payees": old.payees,
    }


def _told(parallel: ParallelRun) -> OldFigures:
    invoices = {
        code: OldInvoice(each["credit"], each["due"], tuple(OldLine(*line) for line in each["lines"]))
        for code, each in parallel.told["invoices"].items()
    }
    return OldFigures(invoices, dict(parallel.told["payees"]), parallel.files)


_PROBLEMS: Final[Mapping[str, Problem]] = {
    "cutover_cutover_programme_id_key": Conflict("The cut-over of this programme was begun before."),
}
