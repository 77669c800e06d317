"""Two independent people for each decision of two: counted by person, and only where their role counts."""

import pytest

from platform_core.access.actors import Actor
from platform_core.identity.role_plan import role_plan
from platform_core.identity.roles import Purpose, Role
from platform_core.problems import NotAllowed, NotFound
from tests.factories.conflicts import make_declared_tie
from tests.factories.core import acting, give_role, make_organisation, make_seat
from tests.factories.royalties import SmallWorld, make_small_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return make_small_world()


def plan(world: SmallWorld, actor: Actor | None = None) -> dict[str, list[str]]:
    found = role_plan(world.alliance, actor=actor or world.acting("secretariat"))
    return {row.decision: [person.name for person in row.people] for row in found if not row.enough}


def test_a_decision_with_one_person_lacks_another(world: SmallWorld) -> None:
    assert plan(world) == {"membership.admission": ["uhd-secretariat"]}


def test_one_person_with_two_seats_is_one_person(world: SmallWorld) -> None:
    again = make_seat(user=world.seats["secretariat"].user, organisation=make_organisation())
    give_role(again, Role.SECRETARIAT, alliance=world.alliance)
    assert plan(world) == {"membership.admission": ["uhd-secretariat"]}


def test_a_role_that_a_conflict_takes_away_does_not_count(world: SmallWorld) -> None:
    make_declared_tie(world.seats["approver"].user, world.members["M1"].organisation)
    assert plan(world)["close_run.approval"] == ["uhd-calculator"]


def test_finance_of_another_purpose_does_not_count(world: SmallWorld) -> None:
    world.seats["approver"].role_assignments.update(ends_at=world.clock.now())
    other = make_seat(organisation=make_organisation())
    give_role(other, Role.FINANCE, entity=world.entity, purpose=Purpose.CASE_COSTS)
    assert plan(world)["close_run.approval"] == ["uhd-calculator"]


def test_the_plan_is_the_office_s(world: SmallWorld) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        role_plan(world.alliance, actor=world.acting("M1"))
    assert plan(world, acting(Role.SITE_ADMIN)) == {"membership.admission": ["uhd-secretariat"]}
