"""Clauses of licences, and notices of better terms."""

from datetime import date
from typing import TYPE_CHECKING

from licensing.agreements.models import Licence
from licensing.clauses.models import FavourNotice, LicenceClauses
from tests.factories.core import NOON

if TYPE_CHECKING:
    from tests.factories.world import World


def make_clauses(licence: Licence, **columns: object) -> LicenceClauses:
    """Clauses with a most-favoured one."""
    return LicenceClauses.objects.create(**{"licence": licence, "most_favoured": True, "recorded_at": NOON, **columns})


def make_favour_notice(licence: Licence, from_on: date = date(2025, 7, 1)) -> FavourNotice:
    """That the licensee was told of a better rate."""
    return FavourNotice.objects.create(licence=licence, from_on=from_on, told_at=NOON)


def populate(world: "World") -> None:
    for licence in Licence.objects.filter(code__in=("L1", "L2")).order_by("pk"):
        make_clauses(licence)
        make_favour_notice(licence)
