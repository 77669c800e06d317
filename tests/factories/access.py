"""Entries of the access log."""

from platform_core.access.log import log_access
from tests.factories.core import actor_of_seat
from tests.factories.world import World


def populate(world: World) -> None:
    """Let everybody have looked at their own organisation."""
    for seat in world.seats.values():
        log_access("organisation.viewed", actor=actor_of_seat(seat, clock=world.clock), subject=seat.organisation)
