"""What a conflict of interest takes away from a person: roles that nothing covers, and what an undertaking names."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q

from platform_core.access.acting import Limits
from platform_core.access.actors import Actor, Screen
from platform_core.clock import today
from platform_core.conflicts.models import Undertaking
from platform_core.conflicts.parties import APART, ASSIGNED_APART, ZONE, conflicts_of
from platform_core.identity.events import RIGHTS_CHANGED
from platform_core.identity.models import RoleAssignment, Seat, User
from platform_core.identity.roles import Role
from platform_core.problems import Conflict

_ANYWHERE = frozenset({*ASSIGNED_APART, Role.EVALUATOR, Role.EXPERT})
"""Roles that name no alliance, and open by assignment what any of them keeps."""


def limits_of(seat: Seat, assignments: Sequence[RoleAssignment], now: datetime, in_session: bool) -> Limits | None:
    """Say which of a seat's roles do not count at an instant, and what the person may not see in this seat.

    Nothing is stored: a tie that arises later takes the role away by itself, and one that ends gives it back. An
    undertaking binds in every seat of the person that works for the alliance; those who are assigned to single
    objects, and those who have a staff session open, may work for any.
    """
    placed = [(row, alliance) for row in assignments if (alliance := alliance_of(row)) is not None]
    anywhere = in_session or any(row.role in _ANYWHERE for row in assignments)
    if not placed and not anywhere:
        return None
    day = now.astimezone(ZONE).date()
    apart = {alliance for row, alliance in placed if row.role in APART}
    conflicts = conflicts_of(seat.user_id, apart, day)
    others = {alliance for row, alliance in placed if row.role not in APART}
    bound = undertakings_in_force(seat.user_id, day, None if anywhere else {*conflicts, *others})
    covered = {row.alliance_id for row in bound}
    screen = Screen(
        organisations=frozenset(hidden for row in bound for hidden in row.hidden_organisations),
        kinds=frozenset(kind for row in bound for kind in row.hidden_kinds),
    )
    return Limits(
        blocked=frozenset(
            row.pk
            for row, alliance in placed
            if row.role in APART and alliance in conflicts and alliance not in covered
        ),
        screen=screen if bound else None,
        # Ties, members and licences begin and end with a day, so who listens is asked again when one begins.
        until=datetime.combine(day + timedelta(days=1), time(), ZONE).astimezone(UTC),
    )


def undertakings_in_force(user_id: UUID, day: date, alliances: Collection[UUID] | None) -> list[Undertaking]:
    """Return the confirmed undertakings of a person in force on a day, in these alliances or in any."""
    if alliances is not None and not alliances:
        return []
    rows = Undertaking.objects.filter(user=user_id, confirmed_at__isnull=False, starts_on__lte=day, ends_on__gt=day)
    if alliances is not None:
        rows = rows.filter(alliance__in=list(alliances))
    return list(rows.order_by("pk"))


def refuse_conflicting_role(actor: Actor, assignment: RoleAssignment) -> None:
    """Refuse a role that its holder's ties forbid; the person's row is locked, so that no tie arises meanwhile."""
    if assignment.role not in APART:
        return
    alliance = alliance_of(assignment)
    # Auditors and neutrals name no alliance: what counts is whose office brings them in.
    alliances = {alliance} if alliance else set(actor.scope_ids(Role.SECRETARIAT))
    day = today(actor.clock, ZONE)
    conflicts = conflicts_of(assignment.seat.user_id, alliances, day)
    covered = {row.alliance_id for row in undertakings_in_force(assignment.seat.user_id, day, conflicts)}
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
