"""People, organisations and roles for tests, made without ceremony; amounts of time are as short as can be."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.audit.services import record_event
from platform_core.clock import Clock, FixedClock
from platform_core.identity.models import (
    Alliance,
    NameKind,
    OperatingEntity,
    Organisation,
    OrganisationName,
    RoleAssignment,
    Seat,
    User,
)
from platform_core.identity.roles import ROLE_SCOPES, Purpose, Role, RoleScope
from platform_core.jobs.models import Job

if TYPE_CHECKING:
    from tests.factories.world import World

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""Noon in Shanghai on a Monday, when most tests happen."""

_numbers = count(1)


def clock_at(instant: datetime = NOON) -> FixedClock:
    return FixedClock(instant)


def command_line(clock: Clock | None = None) -> Actor:
    """The actor of set-up, who may make anything."""
    return Actor.system(COMMAND_LINE, clock=clock or clock_at(), request_id="test-request")


def make_user(name: str = "", **columns: Any) -> User:
    number = next(_numbers)
    name = name or f"Person {number}"
    return User.objects.create_user(f"person{number}@example.com", name=name, created_at=NOON - timedelta(days=30))


def make_organisation(name: str = "", **columns: Any) -> Organisation:
    return Organisation.objects.create(
        **{"name_zh": name or f"第{next(_numbers)}公司", "created_at": NOON - timedelta(days=30), **columns}
    )


def make_alliance(code: str = "", **columns: Any) -> Alliance:
    code = code or f"alliance-{next(_numbers)}"
    return Alliance.objects.create(**{"code": code, "name_zh": f"联盟 {code}", "created_at": NOON, **columns})


def make_entity(alliance: Alliance | None = None, **columns: Any) -> OperatingEntity:
    code = f"entity-{next(_numbers)}"
    return OperatingEntity.objects.create(
        **{
            "alliance": alliance or make_alliance(),
            "organisation": columns.get("organisation") or make_organisation(),
            "code": code,
            "name_zh": f"运营 {code}",
            "created_at": NOON,
            **columns,
        }
    )


def make_seat(user: User | None = None, organisation: Organisation | None = None) -> Seat:
    return Seat.objects.create(
        user=user or make_user(),
        organisation=organisation or make_organisation(),
        created_at=NOON - timedelta(days=30),
    )


def give_role(
    seat: Seat,
    role: Role,
    *,
    alliance: Alliance | None = None,
    entity: OperatingEntity | None = None,
    starts_at: datetime = NOON - timedelta(days=30),
    ends_at: datetime | None = None,
    purpose: Purpose | None = None,
) -> RoleAssignment:
    """Give a seat a role where it fits: in an alliance or entity of its own if none is named."""
    scope = ROLE_SCOPES[role]
    if scope is RoleScope.ALLIANCE and alliance is None:
        alliance = make_alliance()
    if scope is RoleScope.OPERATING_ENTITY and entity is None:
        entity = make_entity()
    if scope is RoleScope.ALLIANCE_OR_ENTITY and alliance is None and entity is None:
        alliance = make_alliance()
    if role is Role.FINANCE and purpose is None:
        purpose = Purpose.ROYALTIES
    return RoleAssignment.objects.create(
        seat=seat,
        role=role,
        alliance=alliance,
        operating_entity=entity,
        purpose=purpose or "",
        starts_at=starts_at,
        ends_at=ends_at,
        created_at=NOON - timedelta(days=30),
    )


def actor_of_seat(seat: Seat, *, clock: Clock | None = None) -> Actor:
    return actor_in_seat(seat.pk, clock=clock or clock_at(), request_id="test-request")


def acting(
    role: Role,
    *,
    organisation: Organisation | None = None,
    alliance: Alliance | None = None,
    entity: OperatingEntity | None = None,
    purpose: Purpose | None = None,
    clock: Clock | None = None,
) -> Actor:
    """An actor with one role, in a new seat of a new person."""
    seat = make_seat(organisation=organisation)
    give_role(seat, role, alliance=alliance, entity=entity, purpose=purpose)
    return actor_of_seat(seat, clock=clock)


def seat_of(actor: Actor) -> UUID:
    assert actor.seat_id is not None
    return actor.seat_id


@transaction.atomic
def populate(world: "World") -> None:
    """Add events and jobs of both sides, and what they read."""
    for alliance, entity in zip(world.alliances, world.entities, strict=True):
        record_event("alliance.edited", actor=command_line(world.clock), subject=alliance, changes={"zone": ("a", "b")})
        record_event("operating_entity.opened", actor=command_line(world.clock), subject=entity)
    for kept in world.organisations:
        merged = make_organisation(f"{kept} twice", merged_into=kept, merged_at=NOON)
        OrganisationName.objects.create(organisation=kept, name=str(merged), kind=NameKind.MERGED, noted_at=NOON)
    for seat in world.seats.values():
        actor = actor_of_seat(seat, clock=world.clock)
        record_event("seat.opened", actor=actor, subject=seat)
        make_job(actor)


def make_job(actor: Actor, **columns: Any) -> Job:
    """A waiting job that no queue carries."""
    return Job.objects.create(
        **{
            "task": "test",
            "user_id": actor.user_id,
            "seat_id": actor.seat_id,
            "organisation_id": actor.organisation_id,
            "created_at": actor.clock.now(),
            **columns,
        }
    )
