"""An alliance with two members that own patents, and people of them who may sign."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from licensing.direct.models import DirectKind, DirectLicence
from licensing.direct.services import NewDirectLicence, draft_direct_licence
from members.charter.models import BindingAct
from platform_core.access.actors import Actor
from platform_core.clock import FixedClock
from platform_core.identity.models import Alliance, Organisation, Seat
from platform_core.identity.roles import Role
from pools.patents.models import Patent
from tests.factories.charter import make_authority
from tests.factories.core import NOON, actor_of_seat, give_role, make_alliance, make_organisation, make_seat
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent

FIRST, LAST = date(2026, 4, 1), date(2027, 3, 31)


@dataclass
class House:
    """Who takes part, and what is licensed."""

    alliance: Alliance
    owner: Organisation
    rival: Organisation
    patent: Patent

    def seat(self, organisation: Organisation, role: Role = Role.MEMBER_ADMIN, *, signs: bool = True) -> Seat:
        seat = make_seat(organisation=organisation)
        give_role(seat, role)
        membership = organisation.memberships.first()
        if signs and membership is not None:
            make_authority(seat, membership, acts=[BindingAct.CONTRACT.value])
        return seat

    def acting(self, organisation: Organisation, role: Role = Role.MEMBER_ADMIN, *, signs: bool = True) -> Actor:
        return actor_of_seat(self.seat(organisation, role, signs=signs), clock=FixedClock(NOON))

    def draft(self, actor: Actor, licensee: Organisation, **given: Any) -> DirectLicence:
        wanted = {
            "alliance_id": self.alliance.pk,
            "code": f"D{DirectLicence.objects.count() + 1}",
            "kind": DirectKind.ORDINARY,
            "licensee_id": licensee.pk,
            "patent_ids": [self.patent.pk],
            "starts_on": FIRST,
            "ends_on": LAST,
            **given,
        }
        return draft_direct_licence(actor=actor, licence=NewDirectLicence(**wanted))


def make_house() -> House:
    alliance = make_alliance()
    owner, rival = make_organisation("甲"), make_organisation("乙")
    for organisation, code in ((owner, "M1"), (rival, "M2")):
        make_membership(alliance, organisation, code)
    return House(alliance, owner, rival, make_patent(alliance, "CN1B", owner))


@pytest.fixture
def house(db: None) -> House:
    return make_house()


@pytest.fixture
def taker(house: House) -> Callable[[], Organisation]:
    """A further member each time."""

    def make() -> Organisation:
        organisation = make_organisation()
        make_membership(house.alliance, organisation, f"T{organisation.pk.hex[-6:]}")
        return organisation

    return make
