"""Whether an alliance has two independent people for each decision that takes two."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.identity.models import Alliance, OperatingEntity, RoleAssignment, User
from platform_core.identity.policies import READ_ROLE_PLAN
from platform_core.identity.roles import Purpose, Role

ENOUGH = 2
"""How many different people a decision of two takes; one person with two seats is one."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that two people take: both of these roles, in the alliance or at each operating entity."""

    name: str
    roles: tuple[Role, ...]
    at_entity: bool = False
    purpose: Purpose | None = None


_decisions: dict[str, Decision] = {}


def declare_decision(decision: Decision) -> None:
    """Declare a decision that takes two people; the room that has it does."""
    _decisions[decision.name] = decision


@dataclass(frozen=True, slots=True)
class Planned:
    """A decision at one place, and the people who could take it today."""

    decision: str
    operating_entity: OperatingEntity | None
    people: list[User]

    @property
    def enough(self) -> bool:
        """Whether they are two at least."""
        return len(self.people) >= ENOUGH


def role_plan(alliance: Alliance, *, actor: Actor) -> list[Planned]:
    """List for each two-person decision of an alliance the different people whose roles count for it now."""
    require(actor, READ_ROLE_PLAN, alliance)
    entities = list(OperatingEntity.objects.filter(alliance=alliance).order_by("code"))
    planned: list[Planned] = []
    for name in sorted(_decisions):
        decision = _decisions[name]
        for entity in entities if decision.at_entity else [None]:
            planned.append(Planned(name, entity, _people(decision, alliance.pk, entity, actor)))
    return planned


def _people(decision: Decision, alliance_id: UUID, entity: OperatingEntity | None, actor: Actor) -> list[User]:
    place = {"operating_entity": entity.pk} if entity is not None else {"alliance": alliance_id}
    rows = RoleAssignment.objects.filter(
        role__in=[role.value for role in decision.roles], seat__ended_at=None, seat__user__is_active=True, **place
    ).select_related("seat__user")
    found: dict[UUID, User] = {}
    for row in rows.order_by("seat__user__name", "pk"):
        if row.seat.user_id not in found and _counts(row.seat_id, decision, place.values(), actor):
            found[row.seat.user_id] = row.seat.user
    return list(found.values())


def _counts(seat_id: UUID, decision: Decision, places: Iterable[UUID], actor: Actor) -> bool:
    """Ask as the person would act, so that a role that a conflict takes away does not count."""
    person = actor_in_seat(seat_id, clock=actor.clock)
    return any({*places} <= person.scope_ids(role, purpose=decision.purpose) for role in decision.roles)
