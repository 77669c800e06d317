"""Two independent people for each decision of two: counted by person, and only where their role counts."""

from datetime import timedelta

import pytest

from licensing.close.models import CloseRun
from licensing.close.services import start_close_run
from members.memberships.models import MembershipRules
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.conflicts.parties import APART
from platform_core.identity.role_plan import (
    Place,
    SecondPersonMissing,
    decisions,
    independent_of,
    role_plan,
)
from platform_core.identity.roles import Purpose, Role
from platform_core.identity.seating import end_role, end_seat
from platform_core.problems import NotAllowed, NotFound
from tests.factories.conflicts import make_affiliation, make_declared_tie, make_undertaking
from tests.factories.core import acting, give_role, make_entity, make_organisation, make_seat
from tests.factories.memberships import make_membership
from tests.factories.royalties import SmallWorld, make_small_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return make_small_world()


OF_THE_OFFICE = ("membership.admission", "favour_ending.decision", "seal_request.decision", "termination.decision")
"""What the office of an alliance with licences decides by two people."""


def plan(world: SmallWorld, actor: Actor | None = None) -> dict[str, list[str]]:
    found = role_plan(world.alliance, actor=actor or world.acting("secretariat"))
    return {row.decision: [person.name for person in row.people] for row in found if not row.enough}


def test_a_decision_with_one_person_lacks_another(world: SmallWorld) -> None:
    assert plan(world) == {key: ["uhd-secretariat"] for key in OF_THE_OFFICE}


def test_one_person_with_two_seats_is_one_person(world: SmallWorld) -> None:
    again = make_seat(user=world.seats["secretariat"].user, organisation=make_organisation())
    give_role(again, Role.SECRETARIAT, alliance=world.alliance)
    assert plan(world) == {key: ["uhd-secretariat"] for key in OF_THE_OFFICE}


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
    assert plan(world, acting(Role.SITE_ADMIN)) == {key: ["uhd-secretariat"] for key in OF_THE_OFFICE}


def test_an_approver_of_closes_is_a_second_person_and_no_first_one(world: SmallWorld) -> None:
    for name in ("calculator", "approver"):
        world.seats[name].role_assignments.update(ends_at=world.clock.now())
    for number in (1, 2):
        give_role(make_seat(), Role.CLOSE_APPROVER, entity=world.entity)
        assert "close_run.approval" in plan(world), f"{number} who see the sheet only calculate nothing"
    give_role(make_seat(), Role.FINANCE, entity=world.entity)
    assert "close_run.approval" not in plan(world)


def undertake(world: SmallWorld, who: str, member: str) -> None:
    """Tie somebody to a member, under an undertaking that lets the role count still."""
    make_declared_tie(world.seats[who].user, world.members[member].organisation)
    make_undertaking(world.seats[who].user, world.alliance)


def test_two_people_tied_to_the_same_member_are_not_independent(world: SmallWorld) -> None:
    undertake(world, "calculator", "M1")
    undertake(world, "approver", "M2")
    assert "close_run.approval" not in plan(world)
    make_affiliation(world.members["M1"].organisation, world.members["M2"].organisation)
    assert plan(world)["close_run.approval"] == ["uhd-approver", "uhd-calculator"]
    with pytest.raises(SecondPersonMissing, match="tied to the same party"):
        start(world)


def test_people_of_an_office_that_is_a_member_itself_are_independent_of_each_other(world: SmallWorld) -> None:
    make_membership(world.alliance, world.entity.organisation, "OFFICE")
    for name in ("calculator", "approver"):
        make_undertaking(world.seats[name].user, world.alliance)
    assert "close_run.approval" not in plan(world, acting(Role.SITE_ADMIN))


def test_whoever_takes_part_in_a_decision_of_two_stands_apart_from_members() -> None:
    """So that a tie is known from the undertaking without which the role would not count."""
    assert {role for decision in decisions() for role in decision.everybody} <= APART


def test_who_approves_is_tied_to_nobody_to_whom_the_other_is_tied(world: SmallWorld) -> None:
    undertake(world, "calculator", "M1")
    calculator = world.seats["calculator"].user_id
    place = Place(world.alliance.pk, world.entity)
    assert independent_of(world.acting("approver"), {calculator}, place)
    assert not independent_of(world.acting("calculator"), {calculator}, place)
    undertake(world, "approver", "M1")
    assert not independent_of(world.acting("approver"), {calculator}, place)


def start(world: SmallWorld) -> CloseRun:
    return start_close_run(actor=world.acting("calculator"), programme_id=world.programme.pk, period="2025Q1")


def test_no_close_begins_without_two_people_and_nothing_is_left_of_it(world: SmallWorld) -> None:
    world.seats["approver"].role_assignments.update(ends_at=world.clock.now())
    with pytest.raises(SecondPersonMissing, match=r"close_run\.approval at office: uhd-calculator") as refused:
        start(world)
    assert refused.value.members()["decisions"] == [
        {
            "decision": "close_run.approval",
            "operating_entity": str(world.entity.pk),
            "roles": ["finance", "close_approver"],
            "tied": False,
        }
    ]
    assert not CloseRun.objects.exists()
    give_role(make_seat(), Role.CLOSE_APPROVER, entity=world.entity)
    assert start(world).period == "2025Q1"


def test_the_last_two_keep_their_roles_unless_it_cannot_wait(world: SmallWorld) -> None:
    administrator, approver = acting(Role.SITE_ADMIN, clock=world.clock), world.seats["approver"]
    held = approver.role_assignments.get()
    with pytest.raises(SecondPersonMissing, match="Give the role to somebody else first"):
        end_seat(actor=administrator, seat_id=approver.pk)
    with pytest.raises(SecondPersonMissing):
        end_role(actor=world.acting("secretariat"), assignment_id=held.pk)
    tomorrow = world.clock.now() + timedelta(days=1)
    with pytest.raises(SecondPersonMissing):
        end_role(actor=world.acting("secretariat"), assignment_id=held.pk, ends_at=tomorrow)
    approver.refresh_from_db()
    held.refresh_from_db()
    assert (approver.ended_at, held.ends_at) == (None, None)
    assert not AuditEvent.objects.exists()

    end_seat(actor=administrator, seat_id=approver.pk, urgent_reason="dismissed today")
    event = AuditEvent.objects.get(name="seat.ended")
    assert event.changes["reason"] == {"old": None, "new": "dismissed today"}
    assert event.changes["left_without_two"] == {"old": None, "new": ["close_run.approval"]}
    with pytest.raises(SecondPersonMissing):
        start(world)


def test_who_is_replaced_first_goes_without_a_reason(world: SmallWorld) -> None:
    give_role(make_seat(), Role.CLOSE_APPROVER, entity=world.entity)
    held = world.seats["approver"].role_assignments.get()
    end_role(actor=world.acting("secretariat"), assignment_id=held.pk)
    assert "left_without_two" not in AuditEvent.objects.get(name="role.ended").changes
    with pytest.raises(SecondPersonMissing):
        end_role(actor=world.acting("secretariat"), assignment_id=world.seats["calculator"].role_assignments.get().pk)


def test_where_nothing_is_to_be_decided_yet_anybody_goes(world: SmallWorld) -> None:
    entity = make_entity(world.alliance)
    seats = [make_seat(), make_seat()]
    rows = [give_role(seat, Role.FINANCE, entity=entity) for seat in seats]
    end_role(actor=world.acting("secretariat"), assignment_id=rows[0].pk)


def test_the_platform_s_own_plan_lets_one_person_admit_where_the_rules_say_so(world: SmallWorld) -> None:
    assert "membership.admission" in plan(world)
    MembershipRules.objects.create(
        alliance=world.alliance, admission_needs_second_person=False, reason="a small office"
    )
    assert "membership.admission" not in plan(world)
