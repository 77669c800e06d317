"""Whom an alliance's office must stand apart from: its members, licensees and counterparts, told by their rooms."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet, UUIDField, Value
from django.db.models.expressions import RawSQL

from platform_core.access.actors import Actor
from platform_core.access.relations import NOTHING
from platform_core.clock import Clock, today
from platform_core.conflicts.models import Affiliation, Undertaking
from platform_core.identity.role_plan import Place
from platform_core.identity.roles import Role
from platform_core.models import Record

ZONE = ZoneInfo("Asia/Shanghai")
"""A day of a conflict is the same for all alliances: that of the country whose offices these are."""

APART = frozenset(
    {
        Role.SECRETARIAT,
        Role.FINANCE,
        Role.CLOSE_APPROVER,
        Role.NEUTRAL,
        Role.OPERATOR,
        Role.OPERATIONS_HEAD,
        Role.COMMITTEE,
        Role.AUDITOR,
        Role.CLOSE_AUDITOR,
    }
)
"""Roles that nobody tied to a party of the alliance holds there without an undertaking."""

ASSIGNED_APART = (Role.AUDITOR, Role.CLOSE_AUDITOR, Role.NEUTRAL)
"""Those of them that name no alliance: they are told from it by the objects they are assigned to."""

# Organisations that people are tied to on a day: by an open seat, by a declared tie, and whatever is affiliated.
_TIED = """
    WITH RECURSIVE tied(person, id) AS (
        SELECT user_id, organisation_id FROM identity_seat WHERE user_id = ANY(%s) AND ended_at IS NULL
        UNION
        SELECT user_id, organisation_id FROM conflicts_declaredtie
        WHERE user_id = ANY(%s) AND starts_on <= %s AND (ends_on IS NULL OR ends_on > %s)
        UNION
        SELECT tied.person, CASE WHEN pair.first_id = tied.id THEN pair.second_id ELSE pair.first_id END
        FROM tied JOIN conflicts_affiliation pair ON tied.id IN (pair.first_id, pair.second_id)
        WHERE pair.starts_on <= %s AND (pair.ends_on IS NULL OR pair.ends_on > %s)
    )
"""


def tied_organisations(user_id: UUID, day: date) -> RawSQL:
    """Return the ids of the organisations that a person is tied to on a day, for use with `in`."""
    return RawSQL(f"{_TIED} SELECT id FROM tied", _tied_on([user_id], day))  # noqa: S608, S611 - constants alone


def _tied_on(people: Collection[UUID], day: date) -> list[Any]:
    return [list(people), list(people), day, day, day, day]


def own_ties(actor: Actor) -> RawSQL:
    """Return the ids of the organisations that the acting person is tied to today, for use with `in`."""
    return tied_organisations(actor.person_id, today(actor.clock, ZONE))


@dataclass(frozen=True, slots=True)
class Party:
    """Rows that make an organisation, found along one path, a party of an alliance, found along another."""

    model: type[Record]
    organisation: str
    alliance: str
    where: Callable[[date], Q]
    """Which of the rows count on a day."""

    def rows(self, alliances: Collection[UUID], day: date) -> QuerySet[Any, Any]:
        """Return pairs of alliance and organisation on a day."""
        found: QuerySet[Any, Any] = self.model.objects.filter(
            self.where(day), **{f"{self.alliance}__in": list(alliances)}
        )
        pairs: QuerySet[Any, Any] = found.order_by().values_list(self.alliance, self.organisation)
        return pairs


_parties: list[Party] = []


def declare_party(party: Party) -> None:
    """Declare what makes organisations parties of alliances; each room does so for its own tables."""
    _parties.append(party)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands to the parties of some alliances on a day."""

    conflicts: dict[UUID, set[UUID]]
    """The parties that the person is tied to, by alliance."""
    undertaken: set[UUID]
    """The alliances in which a confirmed undertaking of the person is in force."""


def standing_of(user_id: UUID, alliances: Collection[UUID], day: date) -> Standing:
    """Return for these alliances to which parties a person is tied, and where an undertaking binds (one query)."""
    found = Standing({}, set())
    if not alliances or not _parties:
        return found
    tied = tied_organisations(user_id, day)
    first, *others = (party.rows(alliances, day).filter(**{f"{party.organisation}__in": tied}) for party in _parties)
    nobody = Value(None, output_field=UUIDField())
    bound = undertakings_in_force([user_id], day).filter(alliance__in=list(alliances)).order_by()
    for alliance_id, organisation_id in first.union(*others, bound.values_list("alliance", nobody)):
        if organisation_id is None:
            found.undertaken.add(alliance_id)
        else:
            found.conflicts.setdefault(alliance_id, set()).add(organisation_id)
    return found


def conflicts_of(user_id: UUID, alliances: Collection[UUID], day: date) -> dict[UUID, set[UUID]]:
    """Return for each of these alliances the parties that a person is tied to on a day (one query)."""
    return standing_of(user_id, alliances, day).conflicts


def undertakings_in_force(people: Collection[UUID], day: date) -> QuerySet[Undertaking]:
    """Return the confirmed undertakings of people in force on a day."""
    return Undertaking.objects.filter(user__in=people, confirmed_at__isnull=False, starts_on__lte=day, ends_on__gt=day)


def ties_between(people: Collection[UUID], place: Place, clock: Clock) -> dict[UUID, set[UUID]]:
    """Return the parties of an alliance that people are tied to, but for those their common office is tied to itself.

    Who works for an association that is a member, or affiliated to one, is no less independent of a colleague.
    """
    day = today(clock, ZONE)
    found = _conflicts_in(place.alliance_id, people, day)
    common = _affiliated(place.organisation_ids, day) if any(found.values()) else set()
    return {person: parties - common for person, parties in found.items()}


def _conflicts_in(alliance_id: UUID, people: Collection[UUID], day: date) -> dict[UUID, set[UUID]]:
    """Return the parties of an alliance that each of these people is tied to on a day (two queries in all)."""
    found: dict[UUID, set[UUID]] = {person: set() for person in people}
    with connection.cursor() as cursor:
        cursor.execute(f"{_TIED} SELECT person, id FROM tied", _tied_on(people, day))  # noqa: S608 - a constant
        ties = cursor.fetchall()
    if not ties or not _parties:
        return found
    tied = {organisation_id for _, organisation_id in ties}
    first, *others = (
        party.rows({alliance_id}, day).filter(**{f"{party.organisation}__in": tied}) for party in _parties
    )
    parties = {organisation_id for _, organisation_id in first.union(*others)}
    for person, organisation_id in ties:
        if organisation_id in parties:
            found[person].add(organisation_id)
    return found


def _affiliated(organisations: Collection[UUID], day: date) -> set[UUID]:
    """Return organisations with all that are affiliated to them on a day, through any number of affiliations."""
    known: set[UUID] = set()
    new = set(organisations)
    while new:
        known |= new
        pairs = Affiliation.objects.filter(
            Q(first__in=new) | Q(second__in=new), Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day
        ).values_list("first", "second")
        new = {organisation for pair in pairs for organisation in pair} - known
    return known


def in_conflicted_alliance(path: str) -> Callable[[Actor], Q]:
    """Make the condition for rows whose alliance, found along a path, has a party the actor's person is tied to.

    It is what those who are assigned to single objects, such as auditors, must not meet; an undertaking covers it.
    """

    def conflicting(actor: Actor) -> Q:
        if actor.user_id is None or not any(actor.holds(role) for role in ASSIGNED_APART):
            return NOTHING
        day = today(actor.clock, ZONE)
        tied = tied_organisations(actor.user_id, day)
        rows = NOTHING
        for party in _parties:
            found = party.model.objects.filter(party.where(day), **{f"{party.organisation}__in": tied})
            rows = rows | Q(**{f"{path}__in": found.order_by().values(party.alliance)})
        covered = undertakings_in_force([actor.user_id], day)
        return rows & ~Q(**{f"{path}__in": covered.order_by().values("alliance")})

    return conflicting
