"""Pools, their members and their patents."""

from datetime import date
from typing import TYPE_CHECKING

from members.memberships.models import Membership
from platform_core.identity.models import Alliance
from pools.composition.listing import lines_of
from pools.composition.models import ListLine, ListVersion, Pool, PoolEntry, PoolMember, PoolState, Withholding
from pools.patents.models import Patent
from tests.factories.core import NOON

if TYPE_CHECKING:
    from tests.factories.world import World


def make_pool(alliance: Alliance, code: str, state: PoolState = PoolState.LAUNCHED) -> Pool:
    return Pool.objects.create(alliance=alliance, code=code, name=f"Pool {code}", state=state)


def make_pool_member(pool: Pool, membership: Membership, **columns: object) -> PoolMember:
    return PoolMember.objects.create(
        **{"pool": pool, "membership": membership, "segment": membership.segment or "upstream", **columns}
    )


def make_entry(member: PoolMember, patent: Patent, **columns: object) -> PoolEntry:
    return PoolEntry.objects.create(**{"member": member, "patent": patent, "class_label": "main", **columns})


def make_list_version(pool: Pool, **columns: object) -> ListVersion:
    """A version of the list as it stood on the first of March 2026."""
    version = ListVersion(
        **{
            "pool": pool,
            "number": pool.list_versions.count() + 1,
            "effective_on": date(2026, 3, 1),
            "patents": 0,
            "published_at": NOON,
            **columns,
        }
    )
    lines = list(lines_of(version))
    version.patents = len(lines)
    version.save()
    ListLine.objects.bulk_create(lines)
    return version


def populate(world: "World") -> None:
    # Nothing of the second alliance is public, so that there is something nobody outside may see.
    for alliance, open_state in zip(world.alliances, (PoolState.LAUNCHED, PoolState.AGREED), strict=True):
        members = list(Membership.objects.filter(alliance=alliance, code__in=["DOWN", "UP"]).order_by("code"))
        for code, state in (("open", open_state), ("quiet", PoolState.FORMING)):
            pool = make_pool(alliance, code, state)
            for number, membership in enumerate(members, start=1):
                member = make_pool_member(pool, membership, figures={"rd_spend": "12.5"})
                patent = Patent.objects.get(alliance=alliance, publication=f"CN{membership.code}{number}B")
                make_entry(member, patent, enters_on=date(2025, 1, 1))
                Withholding.objects.create(member=member, starts_on=date(2025, 7, 1), reason="suspended")
            make_list_version(pool)
