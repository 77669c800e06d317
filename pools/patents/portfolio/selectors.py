"""Counting the patents somebody may see: one question to the database for each picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, Count, DecimalField, F, Func, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, ExtractYear, Left
from django.utils import timezone

from platform_core.access.actors import Actor
from platform_core.identity.models import Organisation
from pools.patents.models import Bibliography, Ownership, Patent
from pools.patents.portfolio.calculation import expiry_curve

SUBCLASS: Final = 4
"""Letters of a subclass of IPC, such as H04N."""
MOST: Final = 200
"""Of the most frequent subclasses and owners, so many are told."""

_PART = DecimalField(max_digits=20, decimal_places=12)


@dataclass(frozen=True, slots=True)
class OfYear:
    """How many patents of a year."""

    year: int
    patents: int


@dataclass(frozen=True, slots=True)
class OfSubclass:
    """How many patents of a subclass of IPC."""

    subclass: str
    patents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """How many patents an organisation owns, in how many others have a part, and what its parts add up to."""

    owner_id: UUID
    owner_name: str
    patents: int
    parts: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """The pictures of a portfolio, as numbers."""

    on: date
    patents: int
    filed: Sequence[OfYear]
    granted: Sequence[OfYear]
    in_force: Sequence[OfYear]
    """At the end of each year to come."""
    countries: Sequence[Mapping[str, Any]]
    subclasses: Sequence[OfSubclass]
    owners: Sequence[Owned]


def portfolio(patents: "QuerySet[Patent]", *, actor: Actor) -> Portfolio:
    """Count patents, which the actor sees, by year, country, subclass and owner, as of today."""
    day = timezone.localdate(actor.clock.now())
    stands = Q(granted_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gt=day))
    ended = Q(ends_on__lte=day)
    countries = list(
        patents.order_by()
        .values("country")
        .annotate(
            in_force=Count("pk", filter=stands),
            pending=Count("pk", filter=~stands & ~Q(ends_on__isnull=False, ends_on__lte=day)),
            ended=Count("pk", filter=ended),
        )
        .order_by("-in_force", "country")
    )
    ending = {found.year: found.patents for found in _by_year(patents.filter(stands), "ends_on")}
    standing = sum(row["in_force"] for row in countries)
    return Portfolio(
        on=day,
        patents=sum(row["in_force"] + row["pending"] + row["ended"] for row in countries),
        filed=_by_year(patents, "filed_on"),
        granted=_by_year(patents, "granted_on"),
        in_force=[OfYear(*point) for point in expiry_curve(standing, ending, day.year)],
        countries=countries,
        subclasses=_subclasses(patents, actor),
        owners=_owners(patents, actor, day),
    )


def _by_year(patents: "QuerySet[Patent]", column: str) -> list[OfYear]:
    rows = patents.order_by().filter(**{f"{column}__isnull": False}).annotate(year=ExtractYear(column))
    counted = rows.values("year").annotate(count=Count("pk")).order_by("year")
    return [OfYear(row["year"], row["count"]) for row in counted]


def _subclasses(patents: "QuerySet[Patent]", actor: Actor) -> list[OfSubclass]:
    """Count patents by subclass; one in several counts in each."""
    rows = Bibliography.objects.visible_to(actor).filter(patent__in=patents.order_by().values("pk"))
    told = rows.annotate(subclass=Left(Func(F("ipc"), function="unnest"), SUBCLASS)).values("subclass")
    counted = told.annotate(count=Count("patent", distinct=True)).order_by("-count", "subclass")
    return [OfSubclass(row["subclass"], row["count"]) for row in counted[:MOST]]


def _owners(patents: "QuerySet[Patent]", actor: Actor, day: date) -> list[Owned]:
    """Count what each owns today; where no parts were agreed, owners count in equal ones."""
    now = (Q(from_on__isnull=True) | Q(from_on__lte=day)) & (Q(to_on__isnull=True) | Q(to_on__gt=day))
    together = (
        Ownership.objects.filter(now, patent=OuterRef("patent"))
        .order_by()
        .values("patent")
        .annotate(count=Count("pk"))
        .values("count")
    )
    equal = Value(Decimal(1), output_field=_PART) / Cast(Subquery(together), _PART)
    rows = (
        Ownership.objects.visible_to(actor)
        .filter(now, patent__in=patents.order_by().values("pk"))
        .annotate(part=Case(When(share__isnull=False, then=F("share")), default=equal, output_field=_PART))
        .order_by()
        .values("owner")
        .annotate(patents=Count("patent", distinct=True), parts=Coalesce(Sum("part"), Decimal(0)))
        .order_by("-parts", "owner")[:MOST]
    )
    found = list(rows)
    names = Organisation.objects.in_bulk([row["owner"] for row in found])
    return [
        Owned(
            owner_id=row["owner"],
            owner_name=str(names[row["owner"]]),
            patents=row["patents"],
            parts=row["parts"].quantize(Decimal("0.01")),
        )
        for row in found
    ]
