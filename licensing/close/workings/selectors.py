"""Reading what a statement is made of: what each group of licensees brought, and what the member gets of it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum

from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseBucket, CloseCell, CloseRun, CloseShare, PayeeKind, Statement
from licensing.close.policies import CLOSE_WORK
from licensing.close.totals.models import TotalsRelease
from licensing.close.totals.selectors import Background, Groups
from licensing.close.workings.calculation import Cell, Line
from licensing.close.workings.models import WorkingsRelease
from platform_core.access.actors import Actor
from platform_core.identity.models import Seat
from platform_core.identity.roles import Role
from platform_core.notices.selectors import seats_holding

_EARNED = (PayeeKind.MEMBER, PayeeKind.HELD)
"""What a member is due, withheld or not; what is credited to licensees in its place is not."""

_KEY = ("licence_id", "month", "product", "sold_in", "made_in")


def earned_of(statement: Statement) -> int:
    """Return what a statement's member earned in minor units, withheld for now or not."""
    return statement.amount_minor + statement.held_minor


def lines_of(statement: Statement, groups: Groups) -> list[Line]:
    """Return what each group of licensees sold by product, countries and month, and what the member gets of it."""
    earned: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for *key, micros in (
        _shares(statement)
        .values(*(f"bucket__{name}" for name in _KEY))
        .annotate(micros=Sum("micros"))
        .values_list(*(f"bucket__{name}" for name in _KEY), "micros")
    ):
        earned[tuple(key)] = int(micros)
    rows = (
        _buckets(statement)
        .values(*_KEY)
        .annotate(all_billed=Sum("billed_micros"), all_royalty=Sum("royalty_micros"), all_units=Sum("units"))
        .annotate(buckets=Count("id"))
        .values_list(*_KEY, "all_billed", "all_royalty", "all_units", "buckets")
    )
    return [
        Line(
            name=groups.of(licence, month),
            place=(product, sold_in),
            billed=int(billed),
            earned=earned.get((licence, month, product, sold_in, made_in), 0),
            units=int(units),
            royalty=int(royalty),
            buckets=buckets,
        )
        for licence, month, product, sold_in, made_in, billed, royalty, units, buckets in rows
    ]


def exact_cells(statement: Statement) -> list[Cell]:
    """Return the workings of a statement exactly, a cell for each product and country."""
    cells = CloseCell.objects.visible_to(Actor.system(CLOSE_WORK)).filter(
        run=statement.run_id, membership=statement.membership_id, kind__in=_EARNED
    )
    by_place = cells.order_by().values("product", "sold_in").annotate(micros=Sum("micros"))
    earned = {(row["product"], row["sold_in"]): int(row["micros"]) for row in by_place}
    sold = (
        _buckets(statement)
        .values("product", "sold_in")
        .annotate(all_billed=Sum("billed_micros"), all_units=Sum("units"))
        .order_by("product", "sold_in")
    )
    return [
        Cell(
            products=(row["product"],),
            countries=(row["sold_in"],),
            royalty=int(row["all_billed"]),
            earned=earned.get((row["product"], row["sold_in"]), 0),
            units=int(row["all_units"]) or None,
        )
        for row in sold
    ]


def workings_release(statement: Statement, reader_id: UUID) -> WorkingsRelease | None:
    """Return what of a statement's workings was told to an organisation, if anything was."""
    return WorkingsRelease.objects.filter(statement=statement, reader=reader_id).first()


def cells_told_to_members(run_id: UUID) -> dict[UUID, list[list[Any]]]:
    """Return the cells of a close's statements as each was told to its own member, by membership."""
    rows = WorkingsRelease.objects.filter(statement__run=run_id, reader=F("statement__membership__organisation"))
    return dict(rows.order_by().values_list("statement__membership", "cells"))


def released_to(run: CloseRun, reader_id: UUID) -> set[UUID]:
    """Return the statements of a close of which an organisation was told what it is to know."""
    rows = WorkingsRelease.objects.filter(statement__run=run, reader=reader_id)
    return set(rows.order_by().values_list("statement", flat=True))


def totals_told_of(run: CloseRun, reader_id: UUID) -> TotalsRelease | None:
    """Return the totals in which an organisation was told of a close."""
    return TotalsRelease.objects.filter(
        programme=run.programme_id, reader=reader_id, run_ids__contains=[run.pk]
    ).first()


def statements_of(run: CloseRun) -> list[Statement]:
    """Return all statements of a close."""
    statements = Statement.objects.visible_to(Actor.system(CLOSE_WORK)).filter(run=run)
    return list(statements.select_related("membership", "run__programme").order_by("pk"))


def offices_reading(run: CloseRun, *, actor: Actor) -> list[UUID]:
    """Return the organisations whose people read the statements of all members of a close, as the office does."""
    seats = seats_holding(Role.SECRETARIAT, actor=actor, alliance=run.programme.alliance_id)
    return sorted(set(Seat.objects.filter(pk__in=seats).order_by().values_list("organisation", flat=True)))


def of_affiliates(statement: Statement, others: Iterable[Statement], background: Background) -> list[Statement]:
    """Return the other statements of a close that a member may know: those of members it belongs together with."""
    reader_id = statement.membership.organisation_id
    affiliates, own = background.affiliates_of(reader_id), background.own_groups(reader_id)

    def is_known(organisation_id: UUID) -> bool:
        return organisation_id in affiliates or bool(own & background.own_groups(organisation_id))

    return [other for other in others if other.pk != statement.pk and is_known(other.membership.organisation_id)]


def runs_without_workings() -> list[CloseRun]:
    """Return the posted closes of which some member's statement has no workings released to that member yet."""
    work = Actor.system(CLOSE_WORK)
    released = WorkingsRelease.objects.filter(statement=OuterRef("pk"), reader=OuterRef("membership__organisation"))
    missing = Statement.objects.visible_to(work).filter(~Exists(released)).order_by().values("run")
    runs = CloseRun.objects.visible_to(work).filter(status=RunStatus.POSTED, corrects=None, pk__in=missing)
    return list(runs.order_by("posted_at", "pk"))


def _buckets(statement: Statement) -> QuerySet[CloseBucket]:
    return CloseBucket.objects.visible_to(Actor.system(CLOSE_WORK)).filter(run=statement.run_id).order_by()


def _shares(statement: Statement) -> QuerySet[CloseShare]:
    shares = CloseShare.objects.visible_to(Actor.system(CLOSE_WORK))
    return shares.filter(run=statement.run_id, membership=statement.membership_id, kind__in=_EARNED).order_by()
