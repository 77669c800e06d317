"""Saved views for tests."""

from typing import TYPE_CHECKING

from platform_core.lists.models import SavedView
from tests.factories.core import NOON

if TYPE_CHECKING:
    from tests.factories.world import World


def populate(world: "World") -> None:
    for side in ("first", "second"):
        for name in ("secretariat", "member_admin", "licensee"):
            SavedView.objects.create(
                user=world.seats[f"{side} {name}"].user,
                page="patents",
                name="mine",
                query="country=CN",
                created_at=NOON,
            )
