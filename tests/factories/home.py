"""Looks at home pages."""

from platform_core.home.models import HomeVisit
from tests.factories.core import NOON
from tests.factories.world import World


def populate(world: World) -> None:
    """Let everybody have looked."""
    for seat in world.seats.values():
        HomeVisit.objects.create(seat=seat, seen_at=NOON)
