"""Notices of every seat, about something it sees and something it does not."""

from platform_core.notices.models import Notice
from tests.factories.core import NOON
from tests.factories.world import World


def populate(world: World) -> None:
    """Tell everybody of both alliances."""
    for seat in world.seats.values():
        for alliance in world.alliances:
            Notice.objects.create(
                seat=seat, kind="alliance.edited", subject_type="identity.alliance", subject_id=alliance.pk, at=NOON
            )
