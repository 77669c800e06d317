"""Patents and their owners."""

from datetime import date
from typing import TYPE_CHECKING

from members.memberships.models import Membership
from platform_core.identity.models import Alliance, Organisation
from pools.patents.models import Ownership, Patent, PatentFamily

if TYPE_CHECKING:
    from tests.factories.world import World


def make_patent(
    alliance: Alliance,
    publication: str,
    *owners: Organisation,
    country: str = "CN",
    family: str = "",
    **columns: object,
) -> Patent:
    """A patent in force since 2020, owned by these organisations jointly."""
    of_family, _ = PatentFamily.objects.get_or_create(alliance=alliance, code=family or publication)
    patent = Patent.objects.create(
        **{
            "alliance": alliance,
            "family": of_family,
            "publication": publication,
            "country": country,
            "granted_on": date(2020, 1, 1),
            **columns,
        }
    )
    for owner in owners:
        Ownership.objects.create(patent=patent, alliance=patent.alliance, owner=owner)
    return patent


def populate(world: "World") -> None:
    for alliance in world.alliances:
        for membership in Membership.objects.filter(alliance=alliance, code__in=["DOWN", "UP"]).order_by("code"):
            for number in (1, 2):
                make_patent(alliance, f"CN{membership.code}{number}B", membership.organisation, family=membership.code)
