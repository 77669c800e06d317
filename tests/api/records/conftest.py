"""One alliance with a launched pool, a programme and licences, and people on all sides of it."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client

from licensing.agreements.models import Licence
from licensing.terms.models import Programme
from platform_core.identity.models import Alliance, Organisation
from platform_core.identity.roles import Role
from pools.composition.models import Pool, PoolMember
from tests.api.core.clients import client_of
from tests.factories.agreements import make_licence
from tests.factories.composition import make_entry, make_pool, make_pool_member
from tests.factories.core import give_role, make_alliance, make_entity, make_organisation, make_seat
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent
from tests.factories.terms import make_programme, make_terms


@dataclass
class House:
    """The alliance and who acts in it."""

    alliance: Alliance
    pool: Pool
    programme: Programme
    member: PoolMember
    owner: Organisation
    licensee: Organisation
    licence: Licence
    people: dict[str, Client]


@pytest.fixture
def house(db: None) -> House:
    alliance = make_alliance("house")
    entity = make_entity(alliance)
    owner, licensee, rival = make_organisation("专利权人"), make_organisation("被许可人"), make_organisation("对手")
    pool = make_pool(alliance, "hevc")
    member = make_pool_member(pool, make_membership(alliance, owner, "M1"), figures={"rd_spend": "7"})
    make_pool_member(pool, make_membership(alliance, rival, "M2"))
    make_entry(member, make_patent(alliance, "CN1B", owner))
    programme = make_programme(pool, entity, "hevc-tv")
    make_terms(programme, 1)
    licence = make_licence(programme, licensee, "L1", enterprise="集团")
    make_licence(programme, rival, "L2")

    def person(role: Role, organisation: Organisation | None = None) -> Client:
        seat = make_seat(organisation=organisation)
        give_role(
            seat,
            role,
            alliance=alliance if role is Role.SECRETARIAT else None,
            entity=entity if role is Role.FINANCE else None,
        )
        return client_of(seat)

    make: Callable[..., Client] = person
    people = {
        "secretariat": make(Role.SECRETARIAT),
        "finance": make(Role.FINANCE),
        "owner": make(Role.MEMBER_ADMIN, owner),
        "rival": make(Role.MEMBER_ADMIN, rival),
        "licensee": make(Role.LICENSEE, licensee),
        "outsider": make(Role.MEMBER_ADMIN),
    }
    return House(alliance, pool, programme, member, owner, licensee, licence, people)
