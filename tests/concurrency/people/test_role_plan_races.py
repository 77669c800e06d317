"""Two people lose their roles at the same moment, where either could go, but not both: the second one stays."""

from collections.abc import Callable

import pytest

from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import RoleAssignment, Seat
from platform_core.identity.role_plan import role_plan
from platform_core.identity.roles import Purpose, Role
from platform_core.identity.seating import end_role, end_seat
from tests.concurrency.core.test_races import outcome
from tests.concurrency.waiting import while_it_waits
from tests.factories.core import acting, give_role, make_seat
from tests.factories.royalties import SmallWorld, make_small_world

pytestmark = pytest.mark.django_db(transaction=True)

End = Callable[[Actor, Seat], object]


def ends_its_role(actor: Actor, seat: Seat) -> object:
    return end_role(actor=actor, assignment_id=seat.role_assignments.get().pk)


def ends_its_seat(actor: Actor, seat: Seat) -> object:
    return end_seat(actor=actor, seat_id=seat.pk)


@pytest.fixture
def world() -> SmallWorld:
    return make_small_world()


def lacking(world: SmallWorld) -> set[str]:
    plan = role_plan(world.alliance, actor=acting(Role.SITE_ADMIN, clock=world.clock))
    return {planned.decision for planned in plan if not planned.enough}


WAYS = [(ends_its_role, ends_its_role), (ends_its_role, ends_its_seat), (ends_its_seat, ends_its_role)]


@pytest.mark.parametrize(("first", "second"), WAYS)
@pytest.mark.parametrize("decision", ["close_run.approval", "membership.admission"])
def test_of_three_people_two_do_not_go_at_once(world: SmallWorld, decision: str, first: End, second: End) -> None:
    """Whether the place of the decision is an operating entity or the alliance as a whole."""
    if decision == "close_run.approval":
        people = [world.seats["calculator"], world.seats["approver"], make_seat()]
        give_role(people[2], Role.FINANCE, entity=world.entity, purpose=Purpose.ROYALTIES)
    else:
        people = [world.seats["secretariat"], make_seat(), make_seat()]
        for seat in people[1:]:
            give_role(seat, Role.SECRETARIAT, alliance=world.alliance)
    administrator = acting(Role.SITE_ADMIN, clock=world.clock)
    assert decision not in lacking(world)

    refused = while_it_waits(
        lambda: first(administrator, people[0]), lambda: outcome(lambda: second(administrator, people[1]))
    )

    assert refused == "second_person_missing"
    assert decision not in lacking(world)
    left = RoleAssignment.objects.filter(seat__in=people, seat__ended_at=None, ends_at=None)
    assert set(left.values_list("seat", flat=True)) == {people[1].pk, people[2].pk}
    assert AuditEvent.objects.filter(name__in=["role.ended", "seat.ended"]).count() == 1
