"""Clauses of licences, and notices of better terms."""

from datetime import date
from typing import TYPE_CHECKING

from licensing.agreements.models import Licence
from licensing.clauses.lifecycle import EndingState
from licensing.clauses.models import FavourEnding, FavourNotice, LicenceClauses
from platform_core.identity.models import User
from tests.factories.core import NOON, make_user

if TYPE_CHECKING:
    from tests.factories.world import World


def make_clauses(licence: Licence, **columns: object) -> LicenceClauses:
    """Clauses with a most-favoured one."""
    return LicenceClauses.objects.create(**{"licence": licence, "most_favoured": True, "recorded_at": NOON, **columns})


def make_favour_notice(licence: Licence, from_on: date = date(2025, 7, 1)) -> FavourNotice:
    """That the licensee was told of a better rate."""
    return FavourNotice.objects.create(licence=licence, from_on=from_on, told_at=NOON)


def make_favour_ending(licence: Licence, person: User | None = None, **columns: object) -> FavourEnding:
    """A proposal to end a most-favoured clause, which waits for a second person unless a state is given."""
    decided = columns.get("state", EndingState.PROPOSED) != EndingState.PROPOSED
    return FavourEnding.objects.create(
        **{
            "licence": licence,
            "reason": "replaced by a lower rate",
            "proposed_at": NOON,
            "proposed_by": person or make_user(),
            "decided_at": NOON if decided else None,
            "decided_by": make_user() if decided else None,
            **columns,
        }
    )


def populate(world: "World") -> None:
    for licence in Licence.objects.filter(code__in=("L1", "L2")).order_by("pk"):
        make_clauses(licence)
        make_favour_notice(licence)
        make_favour_ending(licence)
        make_favour_ending(licence, state=EndingState.APPROVED)
