"""How a role reaches an object: the ways a rule may tie what an assignment names to rows of a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from platform_core.access.actors import Actor, Assignment

EVERYTHING = Q(pk__isnull=False)
"""All rows. An empty `Q()` would vanish when joined to others by "or", so it is never used for this."""

NOTHING = Q(pk__in=())
"""No row."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A way from an actor, with the assignments that a rule matched, to the rows it reaches."""

    label: str
    reach: Callable[[Actor, Sequence[Assignment]], Q]
    path: str = ""
    """The forward path over foreign keys that is followed, where there is one; it is checked at start."""
    by_assignment: bool = False
    """Whether it reaches what the seat is assigned to by hand."""

    def narrowed(self, condition: Q, label: str) -> "Relation":
        """Return the same relation for those rows only that meet a condition on their own or forward columns."""
        return Relation(
            f"{self.label}, {label}",
            lambda actor, assignments: self.reach(actor, assignments) & condition,
            self.path,
            self.by_assignment,
        )


def everything() -> Relation:
    """Reach every row."""
    return Relation("every one", lambda actor, assignments: EVERYTHING)


def in_alliance(path: str = "alliance") -> Relation:
    """Reach rows whose alliance, found along a path of foreign keys, is one the role is held in."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        ids = {assignment.alliance_id for assignment in assignments if assignment.alliance_id is not None}
        return Q(**{f"{path}__in": sorted(ids)}) if ids else NOTHING

    return Relation("of the alliance", reach, path)


def in_operating_entity(path: str = "operating_entity") -> Relation:
    """Reach rows whose operating entity, found along a path of foreign keys, is one the role is held in."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        ids = {
            assignment.operating_entity_id for assignment in assignments if assignment.operating_entity_id is not None
        }
        return Q(**{f"{path}__in": sorted(ids)}) if ids else NOTHING

    return Relation("of the operating entity", reach, path)


def own_organisation(path: str = "organisation") -> Relation:
    """Reach rows that belong to the organisation of the actor's seat."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        return Q(**{path: actor.organisation_id}) if actor.organisation_id is not None else NOTHING

    return Relation("of the own organisation", reach, path)


def own_user(path: str = "user") -> Relation:
    """Reach rows that belong to the person who acts."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        return Q(**{path: actor.user_id}) if actor.user_id is not None else NOTHING

    return Relation("of oneself", reach, path)


def own_seat(path: str = "seat") -> Relation:
    """Reach rows that belong to the seat that acts."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        return Q(**{path: actor.seat_id}) if actor.seat_id is not None else NOTHING

    return Relation("of the own seat", reach, path)
