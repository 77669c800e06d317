"""An owner with a patent, and a buyer who sees nothing of it."""

import pytest

from platform_core.identity.roles import Role
from tests.factories.core import (
    acting,
    clock_at,
    make_alliance,
    make_organisation,
)
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent
from tests.integration.grants.case import Case


@pytest.fixture
def case() -> Case:
    alliance, clock = make_alliance(), clock_at()
    owner_company, buyer_company = make_organisation("业主"), make_organisation("买方")
    for code, company in (("A", owner_company), ("B", buyer_company)):
        make_membership(alliance, company, code)
    return Case(
        alliance=alliance,
        owner_company=owner_company,
        buyer_company=buyer_company,
        patent=make_patent(alliance, "CN1B", owner_company),
        owner=acting(Role.MEMBER_ADMIN, organisation=owner_company, clock=clock),
        buyer=acting(Role.MEMBER_STAFF, organisation=buyer_company, clock=clock),
        clock=clock,
    )
