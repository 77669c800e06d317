"""Giving and ending seats and roles."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from platform_core.access.actors import COMMAND_LINE, Actor, ActorKind
from platform_core.access.kernel import get_visible, require
from platform_core.access.registry import Permission
from platform_core.audit.services import Change, record_event
from platform_core.identity.events import RIGHTS_CHANGED, ROLE_GIVEN, SEAT_OPENED
from platform_core.identity.models import Alliance, OperatingEntity, Organisation, RoleAssignment, Seat, User
from platform_core.identity.policies import (
    ASSIGN_ALLIANCE_ROLE,
    ASSIGN_ENTITY_ROLE,
    ASSIGN_MEMBER_ADMIN,
    ASSIGN_MEMBER_ROLE,
    ASSIGN_OUTSIDE_ROLE,
    ASSIGN_SITE_ROLE,
    END_ROLE_ASSIGNMENT,
    END_SEAT,
    OPEN_SEAT,
)
from platform_core.identity.preparing import preparer_of
from platform_core.identity.role_plan import Planned, keeping_two_people
from platform_core.identity.roles import MEMBER_ROLES, ROLE_SCOPES, Purpose, Role, RoleScope
from platform_core.problems import Conflict, NotAllowed, WrongState, invalid

_NEEDS: Final = {
    RoleScope.ALLIANCE: "This role is held in an alliance: name the alliance, and nothing else.",
    RoleScope.OPERATING_ENTITY: "This role is held at an operating entity: name the entity, and nothing else.",
    RoleScope.ALLIANCE_OR_ENTITY: "This role is held in an alliance or at an operating entity: name one of them.",
    RoleScope.INSTALLATION: "This role is held everywhere: name no alliance and no operating entity.",
    RoleScope.ORGANISATION: "This role is held for the organisation of the seat: name no alliance and no entity.",
    RoleScope.ASSIGNMENT: "This role sees what is assigned to it: name no alliance and no operating entity.",
}


@transaction.atomic
def open_seat(
    *, actor: Actor, user_id: UUID, organisation_id: UUID, title: str = "", in_name_of: Actor | None = None
) -> Seat:
    """Give a user a seat at an organisation; the seat can do nothing before it has a role.

    Given from outside the organisation, it opens nothing of the organisation's own before somebody else confirms it.
    """
    organisation = get_visible(Organisation, organisation_id, actor=actor, for_change=True)
    require(actor, OPEN_SEAT, organisation)
    user = get_visible(User, user_id, actor=actor, for_change=True)
    # A seat opens what its organisation holds, also without a role.
    if actor.kind is ActorKind.USER and user.pk == actor.user_id:
        raise NotAllowed("Nobody gives a seat to themselves: ask somebody else who may.")
    if Seat.objects.filter(user=user, organisation=organisation, ended_at=None).exists():
        raise Conflict("This person has a seat at this organisation already.")
    seat = Seat.objects.create(
        user=user,
        organisation=organisation,
        title=title.strip(),
        created_at=actor.clock.now(),
        prepared_by_id=preparer_of(in_name_of or actor, organisation),
    )
    record_event("seat.opened", actor=actor, subject=seat)
    SEAT_OPENED.tell(actor, seat)
    return seat


@transaction.atomic
def end_seat(*, actor: Actor, seat_id: UUID, urgent_reason: str = "") -> Seat:
    """End a seat at once, and every role it holds.

    A decision of two people that would lose its second one is kept, unless a reason says why this cannot wait.
    """
    seat = get_visible(Seat, seat_id, actor=actor, for_change=True)
    require(actor, END_SEAT, seat)
    if seat.ended_at is not None:
        raise WrongState("This seat has ended already.")
    now = actor.clock.now()
    reason = urgent_reason.strip()
    rows = seat.role_assignments.select_for_update(of=("self",)).select_related("operating_entity")
    held = list(rows.filter(Q(ends_at=None) | Q(ends_at__gt=now)).order_by("pk"))
    with keeping_two_people(actor, held, at=now, urgent=bool(reason)) as lost:
        for assignment in held:
            assignment.ends_at = max(now, assignment.starts_at)
            assignment.save(update_fields=["ends_at"])
        seat.ended_at = now
        seat.save(update_fields=["ended_at"])
    changes = {"ended_at": (None, now), **_told_of(lost, reason)}
    record_event("seat.ended", actor=actor, subject=seat, changes=changes)
    RIGHTS_CHANGED.tell([seat.pk])
    return seat


@transaction.atomic
def assign_role(
    *,
    actor: Actor,
    seat_id: UUID,
    role: Role,
    alliance_id: UUID | None = None,
    operating_entity_id: UUID | None = None,
    purpose: Purpose | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    reason: str = "",
) -> RoleAssignment:
    """Give a seat a role from now or a later instant, in the alliance or operating entity the role is held in."""
    seen = get_visible(Seat, seat_id, actor=actor)
    # The person first, then the seat: what ties a person has, and which roles, is settled one after the other.
    User.objects.select_for_update(no_key=True).get(pk=seen.user_id)
    seat = get_visible(Seat, seat_id, actor=actor, for_change=True)
    require_assigning(actor, seat, role, alliance_id, operating_entity_id)
    now = actor.clock.now()
    starts = starts_at or now
    if seat.ended_at is not None:
        raise WrongState("This seat has ended; open a new one.")
    if (role is Role.FINANCE) is not (purpose is not None):
        raise invalid("/purpose", "purpose", "Finance is held for one purpose; other roles have none.")
    if starts < now and actor.work != COMMAND_LINE:
        # What was seen and done without a right does not become rightful afterwards.
        raise invalid("/starts_at", "past", "A role begins now or later.")
    if ends_at is not None and ends_at <= starts:
        raise invalid("/ends_at", "order", "The role must end after it begins.")
    try:
        with transaction.atomic():
            assignment = RoleAssignment.objects.create(
                seat=seat,
                role=role,
                alliance_id=alliance_id,
                operating_entity_id=operating_entity_id,
                purpose=purpose or "",
                reason=reason.strip(),
                starts_at=starts,
                ends_at=ends_at,
                created_at=now,
            )
    except IntegrityError as error:
        raise Conflict("The seat holds this role there already, in a part of this time.") from error
    ROLE_GIVEN.tell(actor, assignment)
    record_event("role.assigned", actor=actor, subject=assignment, changes={"role": (None, role.value)})
    RIGHTS_CHANGED.tell([seat.pk])
    return assignment


@transaction.atomic
def end_role(
    *, actor: Actor, assignment_id: UUID, ends_at: datetime | None = None, urgent_reason: str = ""
) -> RoleAssignment:
    """End a role now or at a later instant; from then on it opens nothing, on every channel.

    A decision of two people that would lose its second one is kept, unless a reason says why this cannot wait.
    """
    assignment = get_visible(RoleAssignment, assignment_id, actor=actor, for_change=True)
    require(actor, END_ROLE_ASSIGNMENT, assignment)
    now = actor.clock.now()
    if assignment.ends_at is not None and assignment.ends_at <= now:
        raise WrongState("This role has ended already.")
    end = max(ends_at or now, assignment.starts_at)
    if end < now and assignment.starts_at < now:
        raise invalid("/ends_at", "past", "A role cannot be ended in the past.")
    reason = urgent_reason.strip()
    before = assignment.ends_at
    with keeping_two_people(actor, [assignment], at=end, urgent=bool(reason)) as lost:
        assignment.ends_at = end
        assignment.save(update_fields=["ends_at"])
    changes: dict[str, Change] = {"ends_at": (before, end), **_told_of(lost, reason)}
    record_event("role.ended", actor=actor, subject=assignment, changes=changes)
    RIGHTS_CHANGED.tell([assignment.seat_id])
    return assignment


def _told_of(lost: Sequence[Planned], reason: str) -> dict[str, Change]:
    """Say on record why access was withdrawn at once, and which decisions wait for a second person since."""
    told: dict[str, Change] = {}
    if reason:
        told["reason"] = (None, reason)
    if lost:
        told["left_without_two"] = (None, sorted(planned.decision for planned in lost))
    return told


def require_assigning(
    actor: Actor, seat: Seat, role: Role, alliance_id: UUID | None, operating_entity_id: UUID | None
) -> None:
    """Refuse unless the actor may give this role to this seat, there."""
    scope = ROLE_SCOPES[role]
    named = (alliance_id is not None, operating_entity_id is not None)
    fitting = {
        RoleScope.ALLIANCE: {(True, False)},
        RoleScope.OPERATING_ENTITY: {(False, True)},
        RoleScope.ALLIANCE_OR_ENTITY: {(True, False), (False, True)},
    }.get(scope, {(False, False)})
    if named not in fitting:
        raise invalid("/role", "scope", _NEEDS[scope])

    if alliance_id is not None:
        require(actor, ASSIGN_ALLIANCE_ROLE, get_visible(Alliance, alliance_id, actor=actor))
    elif operating_entity_id is not None:
        require(actor, ASSIGN_ENTITY_ROLE, get_visible(OperatingEntity, operating_entity_id, actor=actor))
    else:
        require(actor, _permission_for(role), get_visible(Organisation, seat.organisation_id, actor=actor))
    # Whoever could widen their own rights would make every other rule worthless.
    if actor.kind is ActorKind.USER and seat.user_id == actor.user_id:
        raise NotAllowed("Nobody gives a role to themselves: ask somebody else who may.")


def _permission_for(role: Role) -> Permission:
    if role is Role.SITE_ADMIN:
        return ASSIGN_SITE_ROLE
    if role is Role.MEMBER_ADMIN:
        return ASSIGN_MEMBER_ADMIN
    return ASSIGN_MEMBER_ROLE if role in MEMBER_ROLES else ASSIGN_OUTSIDE_ROLE
