"""Who acts, and what an actor holds at which instant."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from platform_core.access.actors import Actor, ActorKind, Assignment, SystemWork
from platform_core.access.registry import Audience, Permission, allow
from platform_core.access.relations import everything
from platform_core.clock import FixedClock
from platform_core.identity.roles import ROLE_SCOPES, Purpose, Role
from platform_core.problems import NotAllowed

START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2026, 2, 1, tzinfo=UTC)
HERE, THERE = UUID(int=1), UUID(int=2)


def finance(clock: FixedClock) -> Actor:
    return Actor(
        kind=ActorKind.USER,
        user_id=uuid4(),
        seat_id=uuid4(),
        organisation_id=uuid4(),
        assignments=(
            Assignment(Role.FINANCE, START, END, operating_entity_id=HERE, purpose=Purpose.ROYALTIES),
            Assignment(Role.SECRETARIAT, START, None, alliance_id=THERE),
        ),
        clock=clock,
    )


@pytest.mark.parametrize(
    ("instant", "held"),
    [
        (START - timedelta(microseconds=1), False),
        (START, True),
        (END - timedelta(microseconds=1), True),
        (END, False),
    ],
)
def test_a_role_is_held_from_its_start_until_just_before_its_end(instant: datetime, held: bool) -> None:
    actor = finance(FixedClock(instant))
    assert actor.holds(Role.FINANCE, operating_entity=HERE) is held
    assert (actor.scope_ids(Role.FINANCE) == {HERE}) is held


def test_a_role_ends_for_an_actor_that_was_made_before() -> None:
    clock = FixedClock(START)
    actor = finance(clock)
    rule = allow(Role.FINANCE, Permission("x.read"), everything())
    assert rule.matches(actor) == actor.assignments[:1]

    clock.set(END)
    assert rule.matches(actor) is None


def test_a_role_is_held_where_it_is_held_and_for_its_purpose() -> None:
    actor = finance(FixedClock(START))
    assert not actor.holds(Role.FINANCE, operating_entity=THERE)
    assert not actor.holds(Role.FINANCE, purpose=Purpose.CASE_COSTS)
    assert actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES)
    assert actor.holds(Role.SECRETARIAT, alliance=THERE)
    assert not actor.holds(Role.SECRETARIAT, alliance=HERE)
    assert not actor.holds(Role.LEGAL)


def test_work_on_behalf_of_somebody_keeps_the_person_but_none_of_the_roles() -> None:
    person = finance(FixedClock(START))
    work = Actor.system(SystemWork("closing"), on_behalf_of=person)

    assert (work.user_id, work.seat_id, work.organisation_id) == (
        person.user_id,
        person.seat_id,
        person.organisation_id,
    )
    assert work.clock is person.clock
    assert work.assignments == ()
    assert not work.holds(Role.FINANCE)


def test_roles_slipped_into_work_or_the_public_are_not_held() -> None:
    person = finance(FixedClock(START))
    for kind in (ActorKind.SYSTEM, ActorKind.PUBLIC):
        assert not Actor(kind=kind, assignments=person.assignments, clock=person.clock).holds(Role.SECRETARIAT)


def test_a_rule_speaks_of_those_it_names_only() -> None:
    person, public = finance(FixedClock(START)), Actor.public()
    closing, other = SystemWork("closing"), SystemWork("other")
    work = Actor.system(closing)
    read = Permission("x.read")

    def spoken_of(rule_for: Role | SystemWork | Audience) -> list[bool]:
        rule = allow(rule_for, read, everything())
        return [rule.matches(actor) is not None for actor in (person, work, public)]

    assert spoken_of(Role.FINANCE) == [True, False, False]
    assert spoken_of(Role.LEGAL) == [False, False, False]
    assert spoken_of(closing) == [False, True, False]
    assert spoken_of(other) == [False, False, False]
    assert spoken_of(Audience.SIGNED_IN) == [True, False, False]
    assert spoken_of(Audience.PUBLIC) == [True, False, True]


def test_a_rule_for_one_purpose_does_not_match_another() -> None:
    person = finance(FixedClock(START))
    costs = allow(Role.FINANCE, Permission("x.read"), everything(), purpose=Purpose.CASE_COSTS)
    assert costs.matches(person) is None


def test_only_a_person_can_be_named_as_the_one_who_decided() -> None:
    assert finance(FixedClock(START)).person_id
    with pytest.raises(NotAllowed):
        _ = Actor.system(SystemWork("closing")).person_id


def test_every_role_says_what_it_is_held_in() -> None:
    assert set(ROLE_SCOPES) == set(Role)
