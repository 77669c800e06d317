"""Whether an alliance has two independent people for each decision that takes two, and what is refused without them.

Independent are two different people whose roles count today and who are not tied to the same party of the alliance.
"""

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from django.db.models import Q

from platform_core.access.acting import actors_in_seats
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.clock import Clock, FixedClock
from platform_core.identity.models import Alliance, OperatingEntity, RoleAssignment, Seat, User
from platform_core.identity.policies import READ_ROLE_PLAN
from platform_core.identity.roles import Purpose, Role
from platform_core.problems import NotAllowed, Problem

Ties = Mapping[UUID, Collection[UUID]]
"""The parties of an alliance that people are tied to, by person."""
TieFinder = Callable[[Collection[UUID], "Place", Clock], Ties]


class SecondPersonMissing(Problem):
    """A decision of two people has not two independent people."""

    code: ClassVar[str] = "second_person_missing"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "A decision of two people lacks a second one"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of two people, in the alliance or at each operating entity: one who prepares, one who decides."""

    name: str
    roles: tuple[Role, ...]
    """Who may prepare it, and may be the second person as well."""
    second: tuple[Role, ...] = ()
    """Who may be the second person only."""
    at_entity: bool = False
    purpose: Purpose | None = None
    """What money finance looks after whose people count; None: that of all money."""
    waived: Callable[["Place"], bool] = lambda place: False
    """Whether the rules of the place let one person decide."""
    in_use: Callable[["Place"], bool] = lambda place: True
    """Whether there is anything yet to be decided at the place."""

    @property
    def everybody(self) -> tuple[Role, ...]:
        """Every role that counts."""
        return (*self.roles, *self.second)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a decision is taken: an alliance, or one operating entity of it."""

    alliance_id: UUID
    entity: OperatingEntity | None = None

    @classmethod
    def of(cls, entity: OperatingEntity) -> "Place":
        """Return the place that an operating entity is."""
        return cls(entity.alliance_id, entity)

    @property
    def scope_id(self) -> UUID:
        """What the roles that count name."""
        return self.alliance_id if self.entity is None else self.entity.pk

    @property
    def organisation_ids(self) -> set[UUID]:
        """The organisations that do the office's work there, to which all of its people are tied."""
        association: UUID | None = Alliance.objects.values_list("association", flat=True).get(pk=self.alliance_id)
        firms = [association, None if self.entity is None else self.entity.organisation_id]
        return {pk for pk in firms if pk is not None}


@dataclass(frozen=True, slots=True)
class Planned:
    """A decision at one place, and the people who could take it today."""

    decision: str
    operating_entity: OperatingEntity | None
    people: list[User]
    enough: bool
    """Whether two of them are independent of each other, and one of the two may prepare it; or one may decide alone."""
    roles: tuple[Role, ...] = ()
    """The roles of which somebody else would be the second person."""

    @property
    def tied(self) -> bool:
        """Whether there are people enough, and yet no two that are independent."""
        return not self.enough and len(self.people) > 1


_decisions: Final[dict[str, Decision]] = {}
_finders: Final[list[TieFinder]] = []


def declare_decision(decision: Decision) -> None:
    """Declare a decision that takes two people; the room that has it does."""
    _decisions[decision.name] = decision


def find_ties_by(finder: TieFinder) -> None:
    """Have somebody asked to which parties of an alliance people are tied."""
    if finder not in _finders:
        _finders.append(finder)


def role_plan(alliance: Alliance, *, actor: Actor) -> list[Planned]:
    """List for each two-person decision of an alliance the different people whose roles count for it now."""
    require(actor, READ_ROLE_PLAN, alliance)
    entities = list(OperatingEntity.objects.filter(alliance=alliance).order_by("code"))
    places = {True: [Place(alliance.pk, entity) for entity in entities], False: [Place(alliance.pk)]}
    return [
        _planned(_decisions[name], place, actor.clock, named=True)
        for name in sorted(_decisions)
        for place in places[_decisions[name].at_entity]
    ]


def require_two_people(name: str, place: Place, *, clock: Clock) -> None:
    """Refuse to begin or to take a decision for which there are no two independent people."""
    planned = _planned(_decisions[name], place, clock)
    if not planned.enough:
        raise _missing([planned], "Nothing is begun or decided before.")


def require_whole_plan(place: Place, *, clock: Clock) -> None:
    """Refuse to set up work at a place while some decision taken there has no two independent people."""
    taken = [decision for decision in decisions() if decision.at_entity is (place.entity is not None)]
    lacking = [planned for decision in taken if not (planned := _planned(decision, place, clock)).enough]
    if lacking:
        raise _missing(lacking, "Give the missing roles first.")


def independent_of(actor: Actor, others: Collection[UUID], place: Place) -> set[UUID]:
    """Return beside whom of these people whoever acts may be the second person; ties are asked for once for them all.

    It may beside a different one who is not tied to the same party.
    """
    different = set(others) - {actor.person_id}
    if actor.screen is None or not different:
        return different
    ties = _ties_of({actor.person_id, *different}, place, actor.clock)
    own = {*ties.get(actor.person_id, ())}
    return {other for other in different if not own & {*ties.get(other, ())}}


def require_second_person(name: str, *, actor: Actor, beside: Iterable[UUID | None], place: Place) -> None:
    """Refuse whoever may not decide beside those who prepared it: one of them, or somebody tied to the same party.

    It takes two independent people at the place to begin with. None stands for the system: anybody decides beside it.
    """
    require_two_people(name, place, clock=actor.clock)
    before = {person for person in beside if person is not None}
    if before - independent_of(actor, before, place):
        raise NotAllowed(
            "You prepared this yourself, or you and whoever did are tied to the same member or licensee: somebody "
            "independent has to decide."
        )


@contextmanager
def keeping_two_people(
    actor: Actor, assignments: Iterable[RoleAssignment], *, at: datetime, urgent: bool
) -> Iterator[list[Planned]]:
    """Refuse the end of roles by which a decision in use loses its second person, unless it cannot wait.

    What was lost is told in the list that is yielded. Access can always be withdrawn: then nothing is decided there
    until the plan is whole again.
    """
    places = _places_of(assignments)
    # Two ends at once must not each count on the other person.
    for model, ids in (
        (Alliance, {place.alliance_id for _, place in places if place.entity is None}),
        (OperatingEntity, {place.entity.pk for _, place in places if place.entity is not None}),
    ):
        list(model.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    whole = [
        (decision, place)
        for decision, place in places
        if decision.in_use(place) and _planned(decision, place, actor.clock).enough
    ]
    lost: list[Planned] = []
    yield lost
    then = FixedClock(at)
    lost += [planned for decision, place in whole if not (planned := _planned(decision, place, then)).enough]
    if lost and not urgent:
        raise _missing(
            lost, "Give the role to somebody else first; if access has to be withdrawn now, say why it is urgent."
        )


def _missing(lost: Collection[Planned], what_to_do: str) -> SecondPersonMissing:
    told = []
    for planned in lost:
        where = f" at {planned.operating_entity.code}" if planned.operating_entity else ""
        people = ", ".join(person.name for person in planned.people) or "nobody"
        why = "who are tied to the same party" if planned.tied else "and nobody else"
        roles = " or ".join(role.label.lower() for role in planned.roles)
        told.append(f"{planned.decision}{where}: {people}, {why}; an independent person as {roles} is missing")
    return SecondPersonMissing(
        f"Two independent people have to take part in {'. '.join(told)}. {what_to_do}",
        decisions=[
            {
                "decision": planned.decision,
                "operating_entity": str(planned.operating_entity.pk) if planned.operating_entity else None,
                "roles": [role.value for role in planned.roles],
                "tied": planned.tied,
            }
            for planned in lost
        ],
    )


def _places_of(assignments: Iterable[RoleAssignment]) -> list[tuple[Decision, Place]]:
    """Return the decisions for which roles count, each with its place, in a fixed order."""
    found: dict[tuple[str, UUID], tuple[Decision, Place]] = {}
    for row in assignments:
        for decision in _decisions.values():
            if row.role not in decision.everybody:
                continue
            if decision.at_entity and row.operating_entity is not None:
                place = Place(row.operating_entity.alliance_id, row.operating_entity)
            elif not decision.at_entity and row.alliance_id is not None:
                place = Place(row.alliance_id)
            else:
                continue
            found[decision.name, place.scope_id] = (decision, place)
    return [found[key] for key in sorted(found)]


@dataclass(slots=True)
class _Person:
    """Somebody whose roles count for a decision."""

    prepares: bool
    bound: bool
    """Whether they work under an undertaking: whoever has a tie to a party, and a role that counts, does."""


def _planned(decision: Decision, place: Place, clock: Clock, *, named: bool = False) -> Planned:
    people = _people(decision, place, clock)
    bound = [pk for pk, person in people.items() if person.bound]
    ties = _ties_of(bound, place, clock) if len(bound) > 1 else {}
    enough = decision.waived(place) or any(
        people[one].prepares and not {*ties.get(one, ())} & {*ties.get(other, ())}
        for one, other in itertools.permutations(people, 2)
    )
    prepared = any(person.prepares for person in people.values())
    return Planned(
        decision.name,
        place.entity,
        # Whom nobody asks for by name is not fetched: decisions are looked at far more often than plans.
        [] if enough and not named else sorted(User.objects.filter(pk__in=people), key=lambda one: (one.name, one.pk)),
        enough,
        decision.everybody if prepared else decision.roles,
    )


def _people(decision: Decision, place: Place, clock: Clock) -> dict[UUID, _Person]:
    """Return whose roles count at an instant, by person; one person with two seats is one."""
    column = "alliance" if place.entity is None else "operating_entity"
    # The finance of other purposes has no part in it.
    finance = Q(role=Role.FINANCE)
    rows = RoleAssignment.objects.filter(
        ~finance | (finance if decision.purpose is None else finance & Q(purpose=decision.purpose)),
        role__in=[role.value for role in decision.everybody],
        **{column: place.scope_id},
    )
    found: dict[UUID, _Person] = {}
    # As they would act, so that a role that a conflict takes away does not count.
    for person in actors_in_seats(Seat.objects.filter(pk__in=rows.order_by().values("seat")), clock=clock):
        prepares = _counts(person, decision.roles, decision, place)
        if prepares or _counts(person, decision.second, decision, place):
            known = found.setdefault(person.person_id, _Person(prepares, person.screen is not None))
            known.prepares = known.prepares or prepares
            known.bound = known.bound or person.screen is not None
    return found


def _counts(person: Actor, roles: Collection[Role], decision: Decision, place: Place) -> bool:
    return any(
        place.scope_id in person.scope_ids(role, purpose=decision.purpose if role is Role.FINANCE else None)
        for role in roles
    )


def _ties_of(people: Collection[UUID], place: Place, clock: Clock) -> Ties:
    ties: dict[UUID, set[UUID]] = {}
    for finder in _finders:
        for person, parties in finder(people, place, clock).items():
            ties.setdefault(person, set()).update(parties)
    return ties


def decisions() -> tuple[Decision, ...]:
    """Return the decisions of two people, by their names."""
    return tuple(_decisions[name] for name in sorted(_decisions))
