"""Who acts: a person in one seat, a named piece of internal work, or the public."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from django.db.models import Q

from platform_core.clock import Clock, SystemClock
from platform_core.identity.roles import Purpose, Role
from platform_core.problems import NotAllowed


@dataclass(frozen=True, slots=True)
class SystemWork:
    """A named piece of work the platform does by itself; it may do what the policies say of this name, no more."""

    name: str


COMMAND_LINE = SystemWork("command line")
"""Work started by whoever runs commands on the server: importing, demonstration data, set-up."""


class ActorKind(StrEnum):
    """What kind of actor it is."""

    USER = "user"
    SYSTEM = "system"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One role of a seat, where it applies, and between which instants."""

    role: Role
    starts_at: datetime
    ends_at: datetime | None = None
    alliance_id: UUID | None = None
    operating_entity_id: UUID | None = None
    purpose: Purpose | None = None

    def in_force(self, instant: datetime) -> bool:
        """Say whether the assignment holds at an instant (its end is the first instant without it)."""
        return self.starts_at <= instant and (self.ends_at is None or instant < self.ends_at)


@dataclass(frozen=True, slots=True)
class StaffAccess:
    """A staff session of the seat: until it ends, a site administrator may read what one alliance keeps."""

    session_id: UUID
    alliance_id: UUID
    starts_at: datetime
    ends_at: datetime

    def in_force(self, instant: datetime) -> bool:
        """Say whether the session is open at an instant."""
        return self.starts_at <= instant < self.ends_at


@dataclass(frozen=True, slots=True)
class Screen:
    """What a person undertook not to see, whatever their roles: data of organisations, and whole kinds of things."""

    organisations: frozenset[UUID] = frozenset()
    kinds: frozenset[str] = frozenset()

    def leaves(self, *paths: str) -> Q | None:
        """Return the condition for rows that lead to none of the organisations along any path; None if all may."""
        if not self.organisations or not paths:
            return None
        left = Q()
        for path in paths:
            left &= ~Q(**{f"{path}__in": sorted(self.organisations)})
        return left


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks or acts, through one seat at a time, with the clock and the request it happens in."""

    kind: ActorKind
    user_id: UUID | None = None
    seat_id: UUID | None = None
    organisation_id: UUID | None = None
    assignments: tuple[Assignment, ...] = ()
    clock: Clock = field(default_factory=SystemClock, compare=False)
    request_id: str = ""
    work: SystemWork | None = None
    staff: StaffAccess | None = None
    screen: Screen | None = None
    limited_until: datetime | None = None
    """When what limits the roles of a conflicted person runs out, so that they are to be asked for again."""

    @classmethod
    def system(
        cls,
        work: SystemWork,
        *,
        clock: Clock | None = None,
        request_id: str = "",
        on_behalf_of: "Actor | None" = None,
    ) -> Self:
        """Make the actor of a named piece of internal work, which keeps the person and seat it works for, if any."""
        return cls(
            kind=ActorKind.SYSTEM,
            user_id=on_behalf_of.user_id if on_behalf_of else None,
            seat_id=on_behalf_of.seat_id if on_behalf_of else None,
            organisation_id=on_behalf_of.organisation_id if on_behalf_of else None,
            clock=clock or (on_behalf_of.clock if on_behalf_of else SystemClock()),
            request_id=request_id or (on_behalf_of.request_id if on_behalf_of else ""),
            work=work,
        )

    @classmethod
    def public(cls, *, clock: Clock | None = None, request_id: str = "") -> Self:
        """Make the actor for somebody who is not signed in."""
        return cls(kind=ActorKind.PUBLIC, clock=clock or SystemClock(), request_id=request_id)

    def on_record(self) -> dict[str, Any]:
        """Return who acts, when and for which request, in the columns that every record of it has."""
        return {
            "at": self.clock.now(),
            "actor_kind": self.kind.value,
            "user_id": self.user_id,
            "seat_id": self.seat_id,
            "organisation_id": self.organisation_id,
            "work": self.work.name if self.work else "",
            "request_id": self.request_id,
        }

    @property
    def person_id(self) -> UUID:
        """The user who acts; work without a person is refused."""
        if self.user_id is None:
            raise NotAllowed("Only a signed-in person can do this.")
        return self.user_id

    @property
    def open_staff_session(self) -> StaffAccess | None:
        """The staff session that is open at this moment; it goes with the role of whoever opened it."""
        if self.staff is None or not self.staff.in_force(self.clock.now()):
            return None
        return self.staff if self.holds(Role.SITE_ADMIN) else None

    def next_end(self) -> datetime | None:
        """Return the instant at which the next of the actor's roles or its staff session runs out by its date."""
        now = self.clock.now()
        dated = [row.ends_at for row in self.assignments] + ([self.staff.ends_at] if self.staff else [])
        dated.append(self.limited_until)
        return min((end for end in dated if end is not None and end > now), default=None)

    def current(self, role: Role, *, purpose: Purpose | None = None) -> Iterator[Assignment]:
        """Yield the assignments of a role that hold at this moment, for one purpose if given."""
        if self.kind is not ActorKind.USER:
            return
        now = self.clock.now()
        for assignment in self.assignments:
            if (
                assignment.role == role
                and assignment.in_force(now)
                and (purpose is None or assignment.purpose == purpose)
            ):
                yield assignment

    def holds(
        self,
        role: Role,
        *,
        alliance: UUID | None = None,
        operating_entity: UUID | None = None,
        purpose: Purpose | None = None,
    ) -> bool:
        """Say whether the actor holds a role now, in an alliance or operating entity if one is named."""
        return any(
            (alliance is None or assignment.alliance_id == alliance)
            and (operating_entity is None or assignment.operating_entity_id == operating_entity)
            for assignment in self.current(role, purpose=purpose)
        )

    def scope_ids(self, role: Role, *, purpose: Purpose | None = None) -> frozenset[UUID]:
        """Return the alliances and operating entities in which the actor holds a role now."""
        return frozenset(
            scope
            for assignment in self.current(role, purpose=purpose)
            for scope in (assignment.alliance_id, assignment.operating_entity_id)
            if scope is not None
        )
