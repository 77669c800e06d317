"""Reading what a statement is made of: what each group of licensees brought, and what the member gets of it."""

from collections import defaultdict
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from licensing.close.models import CloseBucket, CloseCell, CloseShare, PayeeKind, Statement
from licensing.close.policies import CLOSE_WORK
from licensing.close.totals.models import TotalsRelease
from licensing.close.totals.selectors import Groups, affiliates_of, own_groups
from licensing.close.workings.calculation import Cell, Line
from licensing.close.workings.models import WorkingsRelease
from platform_core.access.actors import Actor

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


def totals_told_of(statement: Statement, reader_id: UUID) -> TotalsRelease | None:
    """Return the totals in which an organisation was told of a statement's close."""
    return TotalsRelease.objects.filter(
        programme=statement.run.programme_id, reader=reader_id, run_ids__contains=[statement.run_id]
    ).first()


def others_read_by(reader_id: UUID, statement: Statement) -> list[Statement]:
    """Return the other statements of a close that a reader may know: an office all, a member those of affiliates."""
    others = Statement.objects.visible_to(Actor.system(CLOSE_WORK)).filter(run=statement.run_id)
    others = others.exclude(pk=statement.pk).select_related("membership").order_by("pk")
    if statement.membership.organisation_id != reader_id:
        return list(others)
    affiliates, own = affiliates_of(reader_id), own_groups(reader_id)
    return [
        other
        for other in others
        if other.membership.organisation_id in affiliates or own & own_groups(other.membership.organisation_id)
    ]


def _buckets(statement: Statement) -> QuerySet[CloseBucket]:
    return CloseBucket.objects.visible_to(Actor.system(CLOSE_WORK)).filter(run=statement.run_id).order_by()


def _shares(statement: Statement) -> QuerySet[CloseShare]:
    shares = CloseShare.objects.visible_to(Actor.system(CLOSE_WORK))
    return shares.filter(run=statement.run_id, membership=statement.membership_id, kind__in=_EARNED).order_by()
