"""An undertaking binds wherever its person works for the alliance, and hides all that is its parties' own."""

import pytest

from licensing.agreements.policies import READ_LICENCE
from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import Actor
from platform_core.access.kernel import can
from platform_core.identity.models import Seat, User
from platform_core.identity.roles import Role
from tests.factories.access import make_staff_session
from tests.factories.conflicts import make_undertaking
from tests.factories.core import NOON, give_role, make_organisation, make_seat, make_user
from tests.factories.grants import make_grant
from tests.factories.royalties import SmallWorld, make_small_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    world = make_small_world()
    world.clock.move(NOON - world.clock.now())
    return world


def seat_with(person: User, role: Role) -> Seat:
    seat = make_seat(user=person, organisation=make_organisation())
    give_role(seat, role)
    return seat


def actor_of(seat: Seat, world: SmallWorld) -> Actor:
    return actor_in_seat(seat.pk, clock=world.clock)


def test_a_staff_session_lifts_no_undertaking(world: SmallWorld) -> None:
    person, licence = make_user(), world.licences["L1"]
    seat = seat_with(person, Role.SITE_ADMIN)
    make_staff_session(seat, world.alliance)
    assert can(actor_of(seat, world), READ_LICENCE, licence)
    make_undertaking(person, world.alliance, hidden_kinds=[], hidden_organisations=[licence.licensee_id])
    assert not can(actor_of(seat, world), READ_LICENCE, licence)
    assert can(actor_of(seat, world), READ_LICENCE, world.licences["L2"])


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.EXPERT])
def test_nothing_that_is_given_by_hand_to_an_outside_person_lifts_an_undertaking(world: SmallWorld, role: Role) -> None:
    person, licence = make_user(), world.licences["L1"]
    seat = seat_with(person, role)
    make_grant(licence, seat, "licence.read_name", "licence.read_dates", "licence.read", by=world.seats["secretariat"])
    assert can(actor_of(seat, world), READ_LICENCE, licence)
    make_undertaking(person, world.alliance, hidden_kinds=[], hidden_organisations=[licence.licensee_id])
    assert not can(actor_of(seat, world), READ_LICENCE, licence)
