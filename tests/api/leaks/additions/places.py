"""Where rows are added, by what word they are found, and numbers and months that nothing was added for yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count

from licensing.terms.models import Programme
from platform_core.identity.models import Alliance, Organisation, Seat
from pools.composition.models import PoolMember
from tests.factories.world import World

WORD = "Zephyr"
"""What the names of added things hold, and is searched for."""

_numbers = count(900)


@dataclass(frozen=True)
class Elsewhere:
    """Where rows are added: an alliance, one of its companies, and its programme with licences and reports."""

    alliance: Alliance
    company: Organisation
    office: Seat
    programme: Programme

    @property
    def seat(self) -> Seat:
        return Seat.objects.filter(organisation=self.company, ended_at=None).earliest("pk")

    @property
    def licensee(self) -> Organisation:
        return self.programme.licences.exclude(licensee=self.company).earliest("pk").licensee

    @property
    def member(self) -> PoolMember:
        return PoolMember.objects.filter(
            pool__alliance=self.alliance, pool__code="quiet", membership__organisation=self.company
        ).get()


def number() -> int:
    """Return a number that nothing was added with yet."""
    return next(_numbers)


def month() -> date:
    """Return a month that nothing was added for yet."""
    later = number() - 900
    return date(2030 + later // 12, later % 12 + 1, 1)


def places(world: World) -> Iterator[Elsewhere]:
    """Return where rows are added: at the second company of each alliance."""
    for side, alliance in enumerate(world.alliances):
        yield Elsewhere(
            alliance,
            world.organisations[2 * side + 1],
            world.seats[f"{('first', 'second')[side]} secretariat"],
            Programme.objects.get(alliance=alliance, code="reported"),
        )
