"""Which day it is, is the alliance's to say, not Greenwich's."""

from datetime import UTC, date, datetime

import pytest

from platform_core.access.kernel import can
from platform_core.clock import FixedClock
from platform_core.identity.roles import Role
from pools.patents.models import Ownership
from pools.patents.policies import EDIT_PATENT
from tests.factories.core import acting, make_alliance, make_organisation
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("hour", "still"), [(15, True), (16, False)])
def test_an_owner_of_yesterday_in_shanghai_edits_no_longer(hour: int, still: bool) -> None:
    alliance, owner = make_alliance(), make_organisation()
    make_membership(alliance, owner, "M1")
    patent = make_patent(alliance, "CN1B")
    Ownership.objects.create(patent=patent, alliance=patent.alliance, owner=owner, to_on=date(2026, 3, 4))
    midnight = datetime(2026, 3, 3, hour, 30, tzinfo=UTC)
    actor = acting(Role.MEMBER_STAFF, organisation=owner, clock=FixedClock(midnight))
    assert can(actor, EDIT_PATENT, patent) is still
