"""What ties an organisation to an alliance: declared by the rooms that do it, asked where an alliance's office acts.

Anybody may see an organisation that is publicly named, and anybody's office may want to deal with it. Seating people
there opens what it has in every alliance, so an office may do that only where no other alliance is concerned.
"""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from platform_core.access.actors import Actor, Assignment
from platform_core.access.relations import NOTHING, Relation
from platform_core.identity.models import Alliance, OperatingEntity, Organisation, RoleAssignment
from platform_core.identity.roles import Role
from platform_core.models import Record


@dataclass(frozen=True, slots=True)
class Tie:
    """Rows that tie an organisation, found along one path of foreign keys, to an alliance, found along another."""

    model: type[Record]
    organisation: str
    alliance: str | None
    """None: the rows do not say which alliance, so that each has to take it for another one."""
    where: Q = field(default_factory=Q)

    def organisations(self) -> QuerySet[Any, Any]:
        """Return the organisations that some row ties to an alliance."""
        return self._organisations(Q())

    def within(self, alliances: Collection[UUID]) -> QuerySet[Any, Any] | None:
        """Return the organisations tied to one of these alliances, or None if the rows do not say to which."""
        return self._organisations(Q(**{f"{self.alliance}__in": alliances})) if self.alliance else None

    def outside(self, alliances: Collection[UUID]) -> QuerySet[Any, Any]:
        """Return the organisations tied to an alliance that is none of these."""
        return self._organisations(_none_of(self.alliance, alliances) if self.alliance else Q())

    def _organisations(self, condition: Q) -> QuerySet[Any, Any]:
        # A null among the values would make "not in" hold for nothing.
        known = Q(**{f"{self.organisation}__isnull": False})
        if self.alliance and self.alliance != "pk":
            known &= Q(**{f"{self.alliance}__isnull": False})
        rows: QuerySet[Any, Any] = self.model.objects.filter(self.where, known, condition)
        tied: QuerySet[Any, Any] = rows.order_by().values(self.organisation)
        return tied


def _none_of(path: str, ids: Collection[UUID]) -> Q:
    """Select rows whose key is none of these: as the spans between them, which an index on the key finds at once."""
    known = sorted(ids)
    condition = Q(**{f"{path}__lt": known[0]}) | Q(**{f"{path}__gt": known[-1]})
    for below, above in itertools.pairwise(known):
        condition |= Q(**{f"{path}__gt": below, f"{path}__lt": above})
    return condition


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows by which an organisation, found along a path, has something that its own people see and others do not."""

    model: type[Record]
    organisation: str
    where: Q = field(default_factory=Q)


_holdings: list[Holding] = []


def declare_holding(holding: Holding) -> None:
    """Declare what gives an organisation something of its own to see; each room does so for its own tables."""
    if holding not in _holdings:
        _holdings.append(holding)


def holds_something(organisation_id: UUID) -> bool:
    """Say whether there is anything that the people of an organisation see because it is theirs (one query)."""
    rows = NOTHING
    for holding in _holdings:
        own = holding.model.objects.filter(holding.where, **{holding.organisation: organisation_id})
        rows |= Q(pk__in=own.order_by().values(holding.organisation))
    return Organisation.objects.filter(rows, pk=organisation_id).exists()


_ties: list[Tie] = [
    Tie(Alliance, "association", "pk"),
    Tie(OperatingEntity, "organisation", "alliance"),
    Tie(RoleAssignment, "seat__organisation", "alliance"),
    Tie(RoleAssignment, "seat__organisation", "operating_entity__alliance"),
    Tie(RoleAssignment, "seat__organisation", None, Q(role=Role.PROSPECT)),
]


def declare_tie(tie: Tie) -> None:
    """Declare what else ties organisations to alliances; each room does so for its own tables."""
    _ties.append(tie)
    _tied_within.cache_clear()
    _untied_outside.cache_clear()


def organisations_of(alliance_id: UUID) -> Q:
    """Return the condition for the organisations that something ties to an alliance."""
    rows = NOTHING
    for tie in _ties:
        if (tied := tie.within([alliance_id])) is not None:
            rows |= Q(pk__in=tied)
    return rows


def tied_to_own_alliance(path: str = "pk") -> Relation:
    """Reach organisations with a tie to an alliance that the role is held in."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        own = _alliances(assignments)
        return _tied_within(own, path) if own else NOTHING

    return Relation("tied to the alliance", reach, path)


# What ties to which alliances is written in a dozen subqueries, and asked of again with every page: making them takes
# longer than finding the rows. They depend on nothing but the alliances, and are not changed where they are put in.
@lru_cache(maxsize=512)
def _tied_within(alliances: tuple[UUID, ...], path: str) -> Q:
    rows = NOTHING
    for tie in _ties:
        if (tied := tie.within(alliances)) is not None:
            rows |= Q(**{f"{path}__in": tied})
    return rows


def tied_to_no_other_alliance(path: str = "pk") -> Relation:
    """Reach organisations with ties to the alliances that the role is held in alone, or to none yet."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        own = _alliances(assignments)
        return untied_outside(own, path) if own else NOTHING

    return Relation("tied to no other alliance", reach, path)


def untied_outside(alliances: Collection[UUID], path: str = "pk") -> Q:
    """Return the condition for organisations, found along a path, that nothing ties to any but these alliances."""
    return _untied_outside(tuple(sorted(alliances)), path)


def organisations_for_office(alliance_id: UUID) -> Q:
    """Return the condition for the organisations that an alliance's office sees: tied to it, or to no other."""
    return organisations_of(alliance_id) | untied_outside([alliance_id])


@lru_cache(maxsize=512)
def _untied_outside(alliances: tuple[UUID, ...], path: str) -> Q:
    rows = Q()
    for tie in _ties:
        rows &= ~Q(**{f"{path}__in": tie.outside(alliances)})
    return rows


def merged_into_own(path: str = "organisation") -> Relation:
    """Reach rows of records that turned out to be the organisation of the actor's seat."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        if actor.organisation_id is None:
            return NOTHING
        before = Organisation.objects.filter(merged_into=actor.organisation_id).order_by().values("pk")
        return Q(**{f"{path}__in": before})

    return Relation("of a record merged into the own organisation", reach, path)


def _alliances(assignments: Sequence[Assignment]) -> tuple[UUID, ...]:
    return tuple(sorted({row.alliance_id for row in assignments if row.alliance_id is not None}))
