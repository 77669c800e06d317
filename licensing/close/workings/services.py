"""Telling the workings of a statement: finance exactly, others once and for all as far as they tell of nobody."""

from uuid import UUID

from django.db import IntegrityError, transaction

from licensing.close.models import Statement
from licensing.close.policies import CLOSE_WORK, READ_EXACT_WORKINGS, READ_STATEMENT_WORKINGS
from licensing.close.totals.models import TotalsRelease
from licensing.close.totals.selectors import Groups, own_groups
from licensing.close.totals.services import release_totals, rule_in_force
from licensing.close.workings.calculation import Cell, Why, Workings, cells_told, lay_out
from licensing.close.workings.models import WorkingsRelease
from licensing.close.workings.selectors import (
    earned_of,
    exact_cells,
    lines_of,
    others_read_by,
    totals_told_of,
    workings_release,
)
from platform_core.access.actors import Actor
from platform_core.access.aggregates.calculation import Atom
from platform_core.access.kernel import can, get_visible, require
from platform_core.access.log import log_access
from platform_core.audit.services import record_event
from platform_core.problems import NotAllowed


def statement_workings(*, actor: Actor, statement_id: UUID) -> Workings:
    """Tell what a statement's amount is made of, by product and country; the reading is logged.

    Finance reads it exactly. A member and the office are told sums that may each be told, which stay as they were
    told; of a close that was told together with others, and of a correction, nothing but the amount.
    """
    statement = get_visible(Statement, statement_id, actor=actor)
    require(actor, READ_STATEMENT_WORKINGS, statement)
    if can(actor, READ_EXACT_WORKINGS, statement):
        workings = lay_out(exact_cells(statement), earned_of(statement), 0, currency=statement.run.currency, exact=True)
    else:
        workings = workings_told_to(actor=actor, reader_id=_organisation_of(actor), statement=statement)
    log_access("statement.workings_viewed", actor=actor, subject=statement)
    return workings


def workings_on_paper(*, actor: Actor, statement: Statement) -> Workings | None:
    """Return the workings that stand on a statement's paper: what its taker may know, and no more than its member."""
    if not can(actor, READ_STATEMENT_WORKINGS, statement):
        return None
    if not can(actor, READ_EXACT_WORKINGS, statement):
        return workings_told_to(actor=actor, reader_id=_organisation_of(actor), statement=statement)
    if statement.run.posted_at is None:
        return None
    return workings_told_to(actor=actor, reader_id=statement.membership.organisation_id, statement=statement)


def workings_told_to(*, actor: Actor, reader_id: UUID, statement: Statement) -> Workings:
    """Return what an organisation is told of a statement's workings, releasing it when it is asked for first."""
    run, earned = statement.run, earned_of(statement)
    if run.corrects_id is not None:
        return _withheld(statement, Why.CORRECTION)
    released = workings_release(statement, reader_id)
    if released is None:
        waiting = release_totals(actor=actor, programme=run.programme, reader_id=reader_id, shown=False)
        totals = totals_told_of(statement, reader_id)
        if totals is None:
            return _withheld(statement, Why(waiting.reason.value) if waiting else Why.TOO_FEW)
        if totals.run_ids != [run.pk]:
            return _withheld(statement, Why.TOGETHER)
        released = _release(statement, reader_id, totals, actor=actor)
    if released.why:
        return _withheld(statement, Why(released.why))
    cells = [
        Cell(
            tuple(products),
            tuple(countries),
            int(royalty),
            None if amount is None else int(amount),
            None if units is None else int(units),
            Why(why) if why else None,
        )
        for products, countries, royalty, amount, units, why in released.cells
    ]
    return lay_out(cells, earned, int(released.untold_micros), currency=run.currency, exact=False)


def _release(statement: Statement, reader_id: UUID, totals: TotalsRelease, *, actor: Actor) -> WorkingsRelease:
    rule, own = rule_in_force(), own_groups(reader_id)
    groups = Groups(statement.run.programme)
    lines = lines_of(statement, groups)
    others = others_read_by(reader_id, statement)
    atoms = [Atom(tuple(rows), tuple(columns), int(micros)) for rows, columns, micros in totals.atoms]
    # What was left out when the totals were told was left out for good: the reader knew it then.
    own |= frozenset(totals.left_out)
    told = cells_told(atoms, lines, rule, own=own, others=(lines_of(other, groups) for other in others))
    cells = [] if isinstance(told, Why) else told
    whole = sum(line.earned for line in lines)
    try:
        with transaction.atomic():
            release = WorkingsRelease.objects.create(
                statement=statement,
                reader_id=reader_id,
                totals=totals,
                cells=[
                    [
                        list(cell.products),
                        list(cell.countries),
                        str(cell.royalty),
                        None if cell.earned is None else str(cell.earned),
                        None if cell.units is None else str(cell.units),
                        cell.why or "",
                    ]
                    for cell in cells
                ],
                untold_micros=whole - sum(cell.earned or 0 for cell in cells),
                why=told.value if isinstance(told, Why) else "",
                left_out=sorted(own),
                several=bool(others),
                reporters=rule.reporters,
                percent=rule.percent,
                released_at=actor.clock.now(),
            )
            # That something was told is the platform's doing: whoever looked first stands in the access log.
            work = Actor.system(CLOSE_WORK, clock=actor.clock, request_id=actor.request_id)
            record_event("workings_release.made", actor=work, subject=release, changes={"reader": (None, reader_id)})
    except IntegrityError:
        # Somebody of the same organisation asked at the same moment: what was told to them holds for all of it.
        known = workings_release(statement, reader_id)
        if known is None:
            raise
        return known
    return release


def _withheld(statement: Statement, why: Why) -> Workings:
    return Workings(statement.run.currency, exact=False, earned_minor=earned_of(statement), why=why)


def _organisation_of(actor: Actor) -> UUID:
    if actor.organisation_id is None:
        raise NotAllowed("Workings are told to organisations: choose a seat at one.")
    return actor.organisation_id
