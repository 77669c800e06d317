"""What tests of licences outside a programme share: what stands against one, and a patent that everybody sees."""

from typing import Any

from licensing.direct.checking import findings_shown
from licensing.direct.models import DirectLicence
from platform_core.access.actors import Actor
from tests.factories.composition import make_entry, make_pool, make_pool_member
from tests.factories.patents import make_patent
from tests.integration.direct.conftest import House


def codes(licence: DirectLicence, actor: Actor) -> list[str]:
    return [finding.code for finding in findings_shown(licence, actor=actor)]


def public_patent(house: House, **entry: Any) -> Any:
    """A rival's patent that everybody sees, since it is in a launched pool."""
    patent = make_patent(house.alliance, "CN7B", house.rival)
    pool = make_pool(house.alliance, "public")
    make_entry(make_pool_member(pool, house.rival.memberships.get()), patent, **entry)
    return patent
