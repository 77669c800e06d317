"""What a licensee learns of those who were put on its licence: that its auditor comes, and nothing of counsel."""

import pytest

from licensing.agreements.models import Licence
from platform_core.access.grants.selectors import grants
from platform_core.access.sharing.selectors import sharing_of
from platform_core.identity.roles import Role
from tests.factories.core import NOON, give_role, make_seat
from tests.factories.grants import DAY, make_grant
from tests.factories.royalties import SmallWorld, make_small_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    world = make_small_world()
    world.clock.move(NOON - world.clock.now())
    return world


def told(world: SmallWorld, who: str, licence: Licence) -> set[tuple[str, Role | None]]:
    """Return how and in which role each reader of a licence sees it, as somebody is told."""
    found = sharing_of(actor=world.acting(who), subject_type="agreements.licence", subject_id=licence.pk)
    return {(why.kind, why.role) for reader in found.readers for why in reader.why}


def test_a_licensee_learns_nothing_of_counsel_and_operators_and_of_its_auditor_that_there_is_one(
    world: SmallWorld,
) -> None:
    licence, office = world.licences["L1"], world.seats["secretariat"]
    seats = {role: make_seat() for role in (Role.LEGAL, Role.OPERATOR, Role.AUDITOR)}
    give_role(seats[Role.LEGAL], Role.LEGAL, alliance=world.alliance)
    give_role(seats[Role.OPERATOR], Role.OPERATOR, alliance=world.alliance)
    give_role(seats[Role.AUDITOR], Role.AUDITOR)
    before = sharing_of(actor=world.acting("L1"), subject_type="agreements.licence", subject_id=licence.pk).readers
    for role, seat in seats.items():
        make_grant(licence, seat, by=office, role=role, reason="they pay too little")
    make_grant(licence, seats[Role.AUDITOR], by=office, role=Role.AUDITOR, starts_at=NOON + DAY, ends_at=NOON + 2 * DAY)
    shared = make_grant(licence, make_seat(), "licence.read_name", by=world.seats["L1"])

    assert list(grants(actor=world.acting("L1"))) == [shared]
    assert {("assignment", Role.AUDITOR), ("grant", None)} <= told(world, "L1", licence)
    assert not {("assignment", Role.LEGAL), ("assignment", Role.OPERATOR)} & told(world, "L1", licence)
    # Nothing else about those who were put on it differs from what was told before.
    after = sharing_of(actor=world.acting("L1"), subject_type="agreements.licence", subject_id=licence.pk).readers
    new = [reader for reader in after if reader not in before]
    assert {why.kind for reader in new for why in reader.why if why.role is not Role.AUDITOR} <= {"grant", "role"}
    assert all(reader.roles in ((), (Role.AUDITOR,)) for reader in new)
    by_office = {grant.role for grant in grants(actor=world.acting("secretariat"))}
    assert Role.LEGAL in by_office
