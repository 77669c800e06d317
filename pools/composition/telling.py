"""Whom it is told that something happened to a patent on a list."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from platform_core.access.actors import Actor
from platform_core.clock import today
from platform_core.identity.roles import Role
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import notify_seats
from pools.composition.models import PoolEntry, PoolMember
from pools.patents.models import Ownership, Patent
from pools.patents.policies import PATENT_DESK


def tell_of_end(actor: Actor, patent: Patent, before: date | None) -> None:
    """Tell the office and the owners that a listed patent is over: it lapsed, or is taken as never granted."""
    end = patent.ends_on
    if end is None or end == before or end > today(actor.clock, patent.alliance.zone):
        return
    invalid = patent.granted_on is not None and end <= patent.granted_on
    entries = _listed(patent).filter(Q(leaves_on=None) | Q(leaves_on__gt=end))
    _tell(actor, patent, list(entries), "patent.invalidated_in_pool" if invalid else "patent.lapsed_in_pool")


def tell_of_missing_accession(actor: Actor, ownership: Ownership, on: date) -> None:
    """Tell the office and the former owner that a listed patent passed to somebody who takes no part in its pool."""
    patent = ownership.patent
    owners = set(
        Ownership.objects.filter(Q(to_on=None) | Q(to_on__gt=on), patent=patent, from_on=on).values_list(
            "owner", flat=True
        )
    )
    left = list(_listed(patent).filter(member__membership__organisation=ownership.owner_id, leaves_on=on))
    acceded = set(
        PoolMember.objects.filter(
            Q(leaves_on=None) | Q(leaves_on__gt=on),
            pool__in=[entry.member.pool_id for entry in left],
            membership__organisation__in=owners,
        ).values_list("pool", flat=True)
    )
    missing = [entry for entry in left if entry.member.pool_id not in acceded]
    _tell(actor, patent, missing, "patent.transferred_without_accession")


def _listed(patent: Patent) -> QuerySet[PoolEntry]:
    return PoolEntry.objects.filter(patent=patent).select_related("member__pool", "member__membership").order_by("pk")


def _tell(actor: Actor, patent: Patent, entries: list[PoolEntry], kind: str) -> None:
    """Tell of each pool once; whoever is told sees the patent, and fetches what became of it."""
    owners: defaultdict[UUID, set[UUID]] = defaultdict(set)
    names: dict[UUID, str] = {}
    for entry in entries:
        names[entry.member.pool_id] = entry.member.pool.name
        owners[entry.member.pool_id].add(entry.member.membership.organisation_id)
    for pool_id, name in names.items():
        seats = set(seats_holding(Role.SECRETARIAT, actor=actor, alliance=patent.alliance_id))
        for organisation_id in owners[pool_id]:
            for role in PATENT_DESK:
                seats |= set(seats_holding(role, actor=actor, organisation=organisation_id))
        values = {"label": patent.publication, "name": name}
        notify_seats(actor=actor, seats=sorted(seats), kind=kind, subject=patent, values=values)
