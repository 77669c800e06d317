"""Members of alliances."""

from datetime import date
from typing import TYPE_CHECKING

from members.memberships.models import Membership
from platform_core.identity.models import Alliance, Organisation

if TYPE_CHECKING:
    from tests.factories.world import World


def make_membership(alliance: Alliance, organisation: Organisation, code: str, **columns: object) -> Membership:
    return Membership.objects.create(
        **{"alliance": alliance, "organisation": organisation, "code": code, "segment": "upstream", **columns}
    )


def populate(world: "World") -> None:
    for side, alliance in enumerate(world.alliances):
        upstream, downstream = world.organisations[2 * side : 2 * side + 2]
        make_membership(alliance, upstream, "UP", enters_on=date(2025, 1, 1))
        make_membership(alliance, downstream, "DOWN", segment="downstream")
