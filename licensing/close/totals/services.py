"""Telling a programme's totals: what has become tellable since the last time is released, once and for all."""

from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from licensing.close.models import CloseRun
from licensing.close.policies import CLOSE_WORK
from licensing.close.totals.models import TotalsRelease
from licensing.close.totals.policies import READ_EXACT_TOTALS, READ_TOTALS
from licensing.close.totals.selectors import (
    Background,
    Groups,
    cells_of,
    in_span,
    months_of,
    posted_runs,
    releases,
    told_in,
)
from licensing.close.totals.tables import By, Told, Totals, Waiting, lay_out, to_minor
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.aggregates.calculation import AggregateRule, Atom, Withheld, blocks
from platform_core.access.kernel import can, get_visible, require
from platform_core.access.log import log_access
from platform_core.audit.services import record_event
from platform_core.problems import NotAllowed, invalid


def rule_in_force() -> AggregateRule:
    """Return the rule of aggregates as this installation sets it."""
    return AggregateRule(settings.AGGREGATE_REPORTERS, settings.AGGREGATE_PERCENT)


def programme_totals(
    *, actor: Actor, programme_id: UUID, by: By, first: date | None = None, last: date | None = None
) -> Totals:
    """Tell a programme's royalties from month to month: finance exactly, others as far as they tell of nobody.

    What is told to an organisation for the first time is released to it, and stays as it was told.
    """
    programme = get_visible(Programme, programme_id, actor=actor)
    require(actor, READ_TOTALS, programme)
    if first is not None and last is not None and last < first:
        raise invalid("/to", "ends_before_it_begins", "The last month must not be before the first.")
    if can(actor, READ_EXACT_TOTALS, programme):
        log_access("programme.exact_totals_viewed", actor=actor, subject=programme)
        told = _exactly(programme, first=first, last=last)
        return _totals(programme, told, by, exact=True, waiting=None)

    if actor.organisation_id is None:
        raise NotAllowed("Totals are told to organisations: choose a seat at one.")
    waiting = release_totals(actor=actor, programme=programme, reader_id=actor.organisation_id)
    runs = {run.pk: run for run in posted_runs(programme)}
    found = releases(programme, actor.organisation_id, actor=actor)
    told = told_in(found, runs, first=first, last=last)
    if waiting is not None and (
        (first is not None and waiting.last_month < first) or (last is not None and waiting.first_month > last)
    ):
        waiting = None
    return _totals(programme, told, by, exact=False, waiting=waiting)


def release_totals(
    *, actor: Actor, programme: Programme, reader_id: UUID, shown: bool = True, background: Background | None = None
) -> Waiting | None:
    """Release to an organisation the blocks of closes that may be told by now; return what still waits, and why.

    `shown`: the actor is about to see them; otherwise something else is told, which must fit what they are told as.
    `background`: what figures are judged by, where several readers are told of them.
    """
    background = background or Background(programme)
    while True:
        known = TotalsRelease.objects.filter(programme=programme, reader=reader_id).order_by("number")
        released = {run_id for release in known for run_id in release.run_ids}
        runs = {run.pk: run for run in posted_runs(programme) if run.pk not in released}
        if not runs:
            return None
        rule, own = rule_in_force(), background.own_groups(reader_id)
        made = blocks([background.step_of(run) for run in runs.values()], rule, own=own)
        try:
            with transaction.atomic():
                for number, block in enumerate(made.told, start=len(known) + 1):
                    _release(
                        actor, programme, reader_id, number, [runs[key] for key in block.keys], block.atoms, rule, own
                    )
                    if shown:
                        log_access("programme.totals_released", actor=actor, subject=programme)
        except IntegrityError:
            # Somebody of the same organisation asked at the same moment: what was told to them holds for all of it.
            continue
        break
    if not made.waiting:
        return None
    left = [runs[key] for key in made.waiting]
    begins, ends = months_of(left)
    return Waiting(tuple(dict.fromkeys(run.period for run in left)), begins, ends, made.reason or Withheld.TOO_FEW)


def _release(
    actor: Actor,
    programme: Programme,
    reader_id: UUID,
    number: int,
    runs: list[CloseRun],
    atoms: tuple[Atom, ...],
    rule: AggregateRule,
    own: frozenset[str],
) -> None:
    begins, ends = months_of(runs)
    release = TotalsRelease.objects.create(
        programme=programme,
        reader_id=reader_id,
        number=number,
        run_ids=[run.pk for run in runs],
        first_month=begins,
        last_month=ends,
        currency=programme.currency,
        atoms=[[list(atom.rows), list(atom.columns), str(atom.amount)] for atom in atoms],
        left_out=sorted(own),
        reporters=rule.reporters,
        percent=rule.percent,
        released_at=actor.clock.now(),
    )
    # That something was told is the platform's doing: whoever looked first stands in the access log.
    work = Actor.system(CLOSE_WORK, clock=actor.clock, request_id=actor.request_id)
    record_event("totals_release.made", actor=work, subject=release, changes={"reader": (None, reader_id)})


def _exactly(programme: Programme, *, first: date | None, last: date | None) -> list[Told]:
    runs = {run.pk: run for run in posted_runs(programme)}
    superseded = {run.corrects_id for run in runs.values()}
    groups = Groups(programme)
    wanted = CloseRun.objects.filter(in_span(first, last), pk__in=[pk for pk in runs if pk not in superseded])
    told = []
    for run in wanted.order_by("first_month", "pk"):
        atoms = tuple(
            Atom((product,), (country,), sum(amounts.values()))
            for (product, country), amounts in sorted(cells_of(run.pk, groups).items())
        )
        corrected = (run.period,) if run.corrects_id else ()
        told.append(Told((run.period,), corrected, run.first_month, run.last_month, atoms))
    return told


def _totals(programme: Programme, told: list[Told], by: By, *, exact: bool, waiting: Waiting | None) -> Totals:
    total = to_minor(sum(atom.amount for one in told for atom in one.atoms)) if told else None
    return Totals(programme.currency, exact, lay_out(told, by), total, waiting)
