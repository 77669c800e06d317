"""Telling the workings of a statement: finance exactly, others once and for all as far as they tell of nobody.

What others are told is released when a close is posted, and not when somebody reads: nobody waits for it, and it does
not depend on who looks when.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun, Statement
from licensing.close.policies import CLOSE_WORK, READ_EXACT_WORKINGS, READ_STATEMENT_WORKINGS
from licensing.close.services.queueing import queue_workings_again
from licensing.close.totals.models import TotalsRelease
from licensing.close.totals.selectors import Background
from licensing.close.totals.services import release_totals, rule_in_force
from licensing.close.workings.calculation import (
    Cell,
    Line,
    Why,
    Workings,
    cells_told,
    follows_from_totals,
    lay_out,
)
from licensing.close.workings.models import WorkingsRelease
from licensing.close.workings.selectors import (
    earned_of,
    exact_cells,
    lines_of,
    of_affiliates,
    offices_reading,
    released_to,
    statements_of,
    totals_told_of,
    workings_release,
)
from platform_core.access.actors import Actor
from platform_core.access.aggregates.calculation import Atom
from platform_core.access.kernel import can, get_visible, require
from platform_core.access.log import log_access
from platform_core.audit.services import record_event
from platform_core.problems import NotAllowed
from platform_core.realtime.services import announce


def statement_workings(*, actor: Actor, statement_id: UUID) -> Workings:
    """Tell what a statement's amount is made of, by product and country; the reading is logged.

    Finance reads it exactly. A member and the office are told sums that may each be told, which were released when the
    close was posted and stay as they are; of a close that was told together with others, and of a correction, nothing
    but the amount.
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
    """Return what was released of a statement's workings to an organisation, or that it is being prepared."""
    run, earned = statement.run, earned_of(statement)
    if run.corrects_id is not None:
        return _withheld(statement, Why.CORRECTION)
    released = workings_release(statement, reader_id)
    if released is None:
        # Posting has it prepared. For whoever came later, or where that failed, it is begun again.
        queue_workings_again(actor=actor, run=run)
        return _withheld(statement, Why.BEING_PREPARED)
    if released.totals_id is None and totals_told_of(run, reader_id) is not None:
        return _withheld(statement, Why.TOGETHER)
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


# -- releasing ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Reader:
    """An organisation that is to be told of a close: of which statements still, and beside which totals."""

    organisation: UUID
    missing: set[UUID]
    totals: TotalsRelease
    own: frozenset[str]
    is_office: bool
    found: list["_Told"] = field(default_factory=list)
    plainly: bool = True
    """Whether every statement looked at so far follows from the totals."""

    @property
    def atoms(self) -> list[Atom]:
        return [Atom(tuple(rows), tuple(columns), int(micros)) for rows, columns, micros in self.totals.atoms]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a reader is to be told of a statement, and what its member earns of all cells in micros."""

    statement: Statement
    told: list[Cell] | Why
    earned: int
    several: bool


def _no_note(done: int, of: int) -> None:
    """Tell nobody how far the work is."""


def release_workings(*, actor: Actor, run_id: UUID, progress: Callable[[int, int], None] = _no_note) -> None:
    """Release to everybody who may read statements of a posted close what these are made of; it stays as it is.

    What was released before is not looked at again, so that this may be done as often as wanted. `progress` is told
    how many of how many statements are done, and may end the work.
    """
    run = get_visible(CloseRun, run_id, actor=actor)
    # That something is told is the platform's doing, whoever posted the close or looked first.
    actor = Actor.system(CLOSE_WORK, clock=actor.clock, request_id=actor.request_id)
    if run.status != RunStatus.POSTED or run.corrects_id is not None:
        return
    statements = statements_of(run)
    background = Background(run.programme)
    kept: list[WorkingsRelease] = []
    readers = _readers(run, statements, background, kept, actor=actor)
    for done, statement in enumerate(statements):
        progress(done, len(statements))
        asking = [reader for reader in readers if _is_needed(reader, statement)]
        if not asking:
            continue
        lines = lines_of(statement, background.groups)
        for reader in asking:
            if reader.is_office:
                _look_for_office(reader, statement, lines, several=len(statements) > 1)
            else:
                others = of_affiliates(statement, statements, background)
                told = cells_told(
                    reader.atoms,
                    lines,
                    rule_in_force(),
                    own=reader.own,
                    others=(lines_of(other, background.groups) for other in others),
                )
                kept.append(_release(reader, _Told(statement, told, _earned(lines), bool(others)), actor=actor))
    for reader in readers:
        if reader.is_office:
            kept += _release_to_office(reader, statements, actor=actor)
    _keep(kept, actor=actor)
    progress(len(statements), len(statements))


def _readers(
    run: CloseRun,
    statements: Sequence[Statement],
    background: Background,
    kept: list[WorkingsRelease],
    *,
    actor: Actor,
) -> list[_Reader]:
    """Return whom something is to be told of a close; to whom nothing can be told, that is added to what is kept."""
    offices = offices_reading(run, actor=actor)
    reading: dict[UUID, list[Statement]] = {office: list(statements) for office in offices}
    for statement in statements:
        # An office that is a member too reads all statements, its own among them.
        reading.setdefault(statement.membership.organisation_id, [statement])
    readers = []
    for organisation, of in sorted(reading.items()):
        released = released_to(run, organisation)
        missing = [statement for statement in of if statement.pk not in released]
        if not missing:
            continue
        waiting = release_totals(
            actor=actor, programme=run.programme, reader_id=organisation, shown=False, background=background
        )
        totals = totals_told_of(run, organisation)
        # What was left out when the totals were told was left out for good: the reader knew it then.
        own = background.own_groups(organisation) | frozenset(totals.left_out if totals is not None else ())
        if totals is None or totals.run_ids != [run.pk]:
            why = Why.TOGETHER if totals is not None else Why(waiting.reason.value) if waiting else Why.TOO_FEW
            kept += [
                _made(statement, organisation, totals, actor=actor, why=why, own=own, several=len(of) > 1)
                for statement in missing
            ]
            continue
        keys = {statement.pk for statement in missing}
        readers.append(_Reader(organisation, keys, totals, own, organisation in offices))
    return readers


def _is_needed(reader: _Reader, statement: Statement) -> bool:
    """Whether a statement has a say in what a reader is told: for an office each, until one does not follow."""
    return reader.plainly if reader.is_office else statement.pk in reader.missing


def _look_for_office(reader: _Reader, statement: Statement, lines: Sequence[Line], *, several: bool) -> None:
    """Work out what an office is told of a statement, as long as all it reads follow from the totals."""
    reader.plainly = not several or follows_from_totals(reader.atoms, lines, own=reader.own)
    if reader.plainly and statement.pk in reader.missing:
        told = cells_told(reader.atoms, lines, rule_in_force(), own=reader.own)
        reader.found.append(_Told(statement, told, _earned(lines), several))


def _release_to_office(reader: _Reader, statements: Sequence[Statement], *, actor: Actor) -> list[WorkingsRelease]:
    """Release what was worked out for an office; nothing, where one of the statements does not follow from totals."""
    withheld = (_Told(statement, Why.SEVERAL, 0, several=True) for statement in statements)
    told = reader.found if reader.plainly else (one for one in withheld if one.statement.pk in reader.missing)
    return [_release(reader, one, actor=actor) for one in told]


def _earned(lines: Sequence[Line]) -> int:
    return sum(line.earned for line in lines)


def _release(reader: _Reader, one: _Told, *, actor: Actor) -> WorkingsRelease:
    cells = [] if isinstance(one.told, Why) else one.told
    return _made(
        one.statement,
        reader.organisation,
        reader.totals,
        actor=actor,
        why=one.told if isinstance(one.told, Why) else None,
        own=reader.own,
        several=one.several,
        cells=cells,
        untold=one.earned - sum(cell.earned or 0 for cell in cells) if cells else 0,
    )


def _made(
    statement: Statement,
    reader_id: UUID,
    totals: TotalsRelease | None,
    *,
    actor: Actor,
    why: Why | None,
    own: frozenset[str],
    several: bool,
    cells: Sequence[Cell] = (),
    untold: int = 0,
) -> WorkingsRelease:
    rule = rule_in_force()
    return WorkingsRelease(
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
        untold_micros=untold,
        why=why or "",
        left_out=sorted(own),
        several=several,
        reporters=rule.reporters,
        percent=rule.percent,
        released_at=actor.clock.now(),
    )


@transaction.atomic
def _keep(releases: Sequence[WorkingsRelease], *, actor: Actor) -> None:
    """Put releases on record, all at once; what a worker that was taken for dead released meanwhile holds."""
    WorkingsRelease.objects.bulk_create(releases, ignore_conflicts=True)
    ours = set(WorkingsRelease.objects.filter(pk__in=[one.pk for one in releases]).values_list("pk", flat=True))
    for release in releases:
        if release.pk in ours:
            record_event(
                "workings_release.made", actor=actor, subject=release, changes={"reader": (None, release.reader_id)}
            )
            announce(release.statement, part=release)


def _withheld(statement: Statement, why: Why) -> Workings:
    return Workings(statement.run.currency, exact=False, earned_minor=earned_of(statement), why=why)


def _organisation_of(actor: Actor) -> UUID:
    if actor.organisation_id is None:
        raise NotAllowed("Workings are told to organisations: choose a seat at one.")
    return actor.organisation_id
