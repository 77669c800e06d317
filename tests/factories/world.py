"""A small world with some of everything and somebody in every role, for tests that hold for every model.

Each module of this folder that has a function `populate(world)` adds its rows; `world` carries what was made before.
"""

import importlib
import pkgutil
from dataclasses import dataclass, field
from datetime import timedelta

from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.clock import FixedClock
from platform_core.identity.models import Alliance, OperatingEntity, Organisation, Seat
from platform_core.identity.roles import MEMBER_ROLES, ROLE_SCOPES, Purpose, Role, RoleScope
from tests import factories
from tests.factories.core import (
    NOON,
    actor_of_seat,
    give_role,
    make_alliance,
    make_entity,
    make_organisation,
    make_seat,
)

# Lower rooms first: those above build on what they made.
ORDER = (
    *(
        "core",
        "memberships",
        "patents",
        "charts",
        "composition",
        "submissions",
        "asking",
        "terms",
        "agreements",
        "reports",
        "close",
    ),
    *("access", "grants"),
    *("ledger", "treasury", "billing"),
)


@dataclass
class World:
    """Two alliances that share nothing but the installation, and people on all sides of them."""

    clock: FixedClock
    alliances: list[Alliance] = field(default_factory=list)
    entities: list[OperatingEntity] = field(default_factory=list)
    organisations: list[Organisation] = field(default_factory=list)
    """Two for each alliance: an upstream and a downstream company."""
    seats: dict[str, Seat] = field(default_factory=dict)

    def actors(self) -> dict[str, Actor]:
        """Everybody who could ask, by a name that says what they are."""
        people = {name: self.actor(name) for name in self.seats}
        return {
            **people,
            "public": Actor.public(clock=self.clock),
            "command line": Actor.system(COMMAND_LINE, clock=self.clock),
        }

    def actor(self, name: str) -> Actor:
        """Whoever has a seat, by the name of the seat."""
        return actor_of_seat(self.seats[name], clock=self.clock)


def make_world() -> World:
    """Make the world, with the rows that every room adds."""
    world = World(FixedClock(NOON))
    for side in ("first", "second"):
        alliance = make_alliance(f"{side}-alliance")
        association = make_organisation(f"{side} association")
        entity = make_entity(alliance, organisation=association)
        upstream, downstream = make_organisation(f"{side} upstream"), make_organisation(f"{side} downstream")
        outside = make_organisation(f"{side} outside firm")
        world.alliances.append(alliance)
        world.entities.append(entity)
        world.organisations += [upstream, downstream]
        for role in Role:
            scope = ROLE_SCOPES[role]
            inside = scope in (RoleScope.ALLIANCE, RoleScope.OPERATING_ENTITY, RoleScope.ALLIANCE_OR_ENTITY)
            at_member = role in MEMBER_ROLES or role is Role.LICENSEE
            seat = make_seat(organisation=association if inside else upstream if at_member else outside)
            with_alliance = scope in (RoleScope.ALLIANCE, RoleScope.ALLIANCE_OR_ENTITY)
            give_role(
                seat,
                role,
                alliance=alliance if with_alliance else None,
                entity=entity if scope is RoleScope.OPERATING_ENTITY else None,
            )
            world.seats[f"{side} {role}"] = seat
        _edge_cases(world, side, alliance, entity, association, downstream)
    found = {module.name for module in pkgutil.iter_modules(factories.__path__)}
    for name in (*ORDER, *sorted(found - set(ORDER))):
        if name in found:
            module = importlib.import_module(f"tests.factories.{name}")
            if hasattr(module, "populate"):
                module.populate(world)
    return world


def _edge_cases(
    world: World,
    side: str,
    alliance: Alliance,
    entity: OperatingEntity,
    association: Organisation,
    downstream: Organisation,
) -> None:
    world.seats[f"{side} without role"] = make_seat(organisation=downstream)
    world.seats[f"{side} other member"] = make_seat(organisation=downstream)
    give_role(world.seats[f"{side} other member"], Role.MEMBER_ADMIN)
    world.seats[f"{side} former secretariat"] = make_seat(organisation=association)
    give_role(world.seats[f"{side} former secretariat"], Role.SECRETARIAT, alliance=alliance, ends_at=NOON)
    world.seats[f"{side} future finance"] = make_seat(organisation=association)
    give_role(world.seats[f"{side} future finance"], Role.FINANCE, entity=entity, starts_at=NOON + timedelta(seconds=1))
    world.seats[f"{side} deposits finance"] = make_seat(organisation=association)
    give_role(world.seats[f"{side} deposits finance"], Role.FINANCE, entity=entity, purpose=Purpose.CUSTODY_DEPOSITS)
    world.seats[f"{side} many hats"] = make_seat(organisation=association)
    for role, where in ((Role.SECRETARIAT, True), (Role.OPERATOR, True), (Role.MEMBER_ADMIN, False)):
        give_role(world.seats[f"{side} many hats"], role, alliance=alliance if where else None)
