"""What a conflict of interest takes away from a person: roles that nothing covers, and what an undertaking names."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q

from platform_core.access.acting import Limits
from platform_core.access.actors import Actor, Screen
from platform_core.clock import today
from platform_core.conflicts.models import Undertaking
from platform_core.conflicts.parties import (
    APART,
    ASSIGNED_APART,
    ZONE,
    conflicts_of,
    standing_of,
    undertakings_in_force,
)
from platform_core.identity.events import RIGHTS_CHANGED
from platform_core.identity.models import RoleAssignment, Seat, User
from platform_core.identity.roles import Role
from platform_core.problems import Conflict

_ANYWHERE = frozenset({*ASSIGNED_APART, Role.EVALUATOR, Role.EXPERT})
"""Roles that name no alliance, and open by assignment what any of them keeps."""


def limits_of(seats: Sequence[Seat], now: datetime, in_session: Collection[UUID]) -> dict[UUID, Limits]:
    """Say which roles of seats do not count at an instant, and what their people may not see in them.

    Nothing is stored: a tie that arises later takes the role away by itself, and one that ends gives it back. An
    undertaking in force binds in every seat of the person that works for the alliance, whether or not there is a tie
    today; those who are assigned to single objects, and those who have a staff session open, may work for any.
    """
    day = now.astimezone(ZONE).date()
    at_work = [found for seat in seats if (found := _work_in(seat, seat.pk in in_session, day)) is not None]
    people = {work.seat.user_id for work in at_work if work.anywhere or work.alliances}
    bound = undertakings_of(people, day)
    return {work.seat.pk: _limits(work, bound, day) for work in at_work}


@dataclass(frozen=True, slots=True)
class _Work:
    """For which alliances a seat works, where its person has a conflict, and whether it may be for any alliance."""

    seat: Seat
    placed: list[tuple[RoleAssignment, UUID]]
    conflicts: Collection[UUID]
    alliances: Collection[UUID]
    """Those in which an undertaking of the person is in force, as far as that is known yet, and those to be asked."""
    anywhere: bool


def _work_in(seat: Seat, in_session: bool, day: date) -> _Work | None:
    rows = list(seat.role_assignments.all())
    placed = [(row, alliance) for row in rows if (alliance := alliance_of(row)) is not None]
    anywhere = in_session or any(row.role in _ANYWHERE for row in rows)
    if not placed and not anywhere:
        return None
    standing = standing_of(seat.user_id, {alliance for row, alliance in placed if row.role in APART}, day)
    others = {alliance for row, alliance in placed if row.role not in APART}
    return _Work(seat, placed, frozenset(standing.conflicts), {*standing.undertaken, *others}, anywhere)


def _limits(work: _Work, undertakings: Collection[Undertaking], day: date) -> Limits:
    bound = [
        row
        for row in undertakings
        if row.user_id == work.seat.user_id and (work.anywhere or row.alliance_id in work.alliances)
    ]
    covered = {row.alliance_id for row in bound}
    screen = Screen(
        organisations=frozenset(hidden for row in bound for hidden in row.hidden_organisations),
        kinds=frozenset(kind for row in bound for kind in row.hidden_kinds),
    )
    return Limits(
        blocked=frozenset(
            row.pk
            for row, alliance in work.placed
            if row.role in APART and alliance in work.conflicts and alliance not in covered
        ),
        screen=screen if bound else None,
        # Ties, members and licences begin and end with a day, so who listens is asked again when one begins.
        until=datetime.combine(day + timedelta(days=1), time(), ZONE).astimezone(UTC),
    )


def undertakings_of(people: Collection[UUID], day: date) -> list[Undertaking]:
    """Return the confirmed undertakings of people in force on a day (one query; none for nobody)."""
    if not people:
        return []
    return list(undertakings_in_force(people, day).order_by("pk"))


def refuse_conflicting_role(actor: Actor, assignment: RoleAssignment) -> None:
    """Refuse a role that its holder's ties forbid; the person's row is locked, so that no tie arises meanwhile."""
    if assignment.role not in APART:
        return
    alliance = alliance_of(assignment)
    # Auditors and neutrals name no alliance: what counts is whose office brings them in.
    alliances = {alliance} if alliance else set(actor.scope_ids(Role.SECRETARIAT))
    day = today(actor.clock, ZONE)
    conflicts = conflicts_of(assignment.seat.user_id, alliances, day)
    covered = {row.alliance_id for row in undertakings_of([assignment.seat.user_id] if conflicts else [], day)}
    if set(conflicts) - covered:
        raise Conflict(
            "This person holds a seat at, or declares a tie to, a member or licensee of the alliance or one of its "
            "affiliates. Record and confirm a clean-team undertaking first; another seat is no separation.",
        )


def tell_of_new_seat(actor: Actor, seat: Seat) -> None:
    """Have all of a person's seats asked again: a seat that was just opened may take a role from another one."""
    tell_person(seat.user_id)


def tell_person(user_id: UUID) -> None:
    """Have a person's open seats asked again what they may do."""
    RIGHTS_CHANGED.tell(list(Seat.objects.filter(user=user_id, ended_at=None).values_list("pk", flat=True)))


def tell_those_apart(alliance_id: UUID | None = None) -> None:
    """Have those asked again who may have a conflict now: everybody whose role stands apart, in an alliance or any."""
    seats = Seat.objects.filter(ended_at=None, role_assignments__role__in=APART)
    if alliance_id is not None:
        seats = seats.filter(
            Q(role_assignments__alliance=alliance_id)
            | Q(role_assignments__operating_entity__alliance=alliance_id)
            | Q(role_assignments__role__in=ASSIGNED_APART)
        )
    RIGHTS_CHANGED.tell(sorted(set(seats.order_by().values_list("pk", flat=True))))


def lock_person(user_id: UUID) -> User:
    """Lock a person's row: ties and roles of one person are given one after the other."""
    return User.objects.select_for_update(no_key=True).get(pk=user_id)


def alliance_of(assignment: RoleAssignment) -> UUID | None:
    """Return the alliance in which a role is held, directly or at an operating entity."""
    if assignment.operating_entity is not None:
        return assignment.operating_entity.alliance_id
    return assignment.alliance_id
