"""Giving rights by hand on single objects, and taking them back. Nothing else writes these tables."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth.models import Permission as NamedPermission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Model

from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import Actor, ActorKind
from platform_core.access.grants.models import Grant
from platform_core.access.grants.policies import REVOKE_GRANT
from platform_core.access.grants.relations import assigned_as, conflicting_rows
from platform_core.access.grants.selectors import get_grant
from platform_core.access.kernel import get_visible, holds_by_role, require, visible_rows
from platform_core.access.registry import Giving, Permission, Policy, policy_of
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.identity.events import RIGHTS_CHANGED
from platform_core.identity.models import Organisation, RoleAssignment, Seat
from platform_core.identity.roles import Role
from platform_core.models import Record
from platform_core.problems import NotAllowed, SignInNeeded, WrongState, invalid

LONGEST_REASON = 500


@transaction.atomic
def grant_access(
    *,
    actor: Actor,
    subject_type: str,
    subject_id: UUID,
    actions: Sequence[str],
    reason: str,
    ends_at: datetime,
    seat_id: UUID | None = None,
    organisation_id: UUID | None = None,
    starts_at: datetime | None = None,
) -> Grant:
    """Grant named actions on one object to a seat or an organisation, until an instant; reading is always among them.

    Nobody grants what they do not hold by their role: what one was granted oneself one passes on to nobody.
    """
    actor, now = _with_rights_that_stay(actor, holder_id=seat_id), actor.clock.now()
    policy, giving = _policy_for(subject_type)
    subject = get_visible(policy.model, subject_id, actor=actor, for_change=True)
    granted = _actions(policy, giving, actions)
    for permission in granted:
        require(actor, giving.actions[permission], subject)
    for permission in granted:
        if not holds_by_role(actor, permission, subject):
            raise NotAllowed(f"You cannot grant what your own role does not allow ({permission}).")
    seat, organisation = _holder(actor, seat_id, organisation_id)
    _refuse_giving_to_oneself(actor, seat, organisation)
    return _give(
        actor,
        now,
        policy,
        subject,
        Grant(
            seat=seat,
            organisation=organisation,
            actions=[permission.name for permission in granted],
            reason=reason,
            starts_at=starts_at or now,
            ends_at=ends_at,
        ),
        [permission.name for permission in granted],
    )


@transaction.atomic
def assign_seat(
    *,
    actor: Actor,
    subject_type: str,
    subject_id: UUID,
    role: Role,
    seat_id: UUID,
    reason: str,
    ends_at: datetime,
    starts_at: datetime | None = None,
) -> Grant:
    """Assign a seat that holds a role to one object, until an instant; what the role may do there the policies say."""
    actor, now = _with_rights_that_stay(actor, holder_id=seat_id), actor.clock.now()
    policy, giving = _policy_for(subject_type)
    subject = get_visible(policy.model, subject_id, actor=actor, for_change=True)
    if role not in giving.roles:
        raise invalid("/role", "not_assignable", f"Nobody is assigned to this as {role.label.lower()}.")
    require(actor, giving.roles[role], subject)
    seat, _ = _holder(actor, seat_id, None)
    if seat is None:
        raise TypeError("an assignment is to a seat")
    _refuse_giving_to_oneself(actor, seat, None)
    assigned = actor_in_seat(seat.pk, clock=actor.clock)
    if not assigned.holds(role):
        raise invalid("/seat", "role", f"This seat does not hold the role “{role.label}” now: give it that role first.")
    if policy.model._base_manager.filter(conflicting_rows(assigned, policy.model), pk=subject.pk).exists():
        raise invalid("/seat", "conflict", "This person has a conflict of interest with this: assign somebody else.")
    return _give(
        actor,
        now,
        policy,
        subject,
        Grant(seat=seat, role=role, reason=reason, starts_at=starts_at or now, ends_at=ends_at),
        [assigned_as(role)],
    )


@transaction.atomic
def revoke_grant(*, actor: Actor, grant_id: UUID, reason: str) -> Grant:
    """Take back what was granted or assigned, at once and on every channel."""
    grant = get_grant(grant_id, actor=actor, for_change=True)
    require(actor, REVOKE_GRANT, grant)
    if grant.ends_at <= actor.clock.now() or grant.ends_at == grant.starts_at:
        raise WrongState("This grant has ended already.")
    checks = Checks()
    checks.text("reason", reason, longest=LONGEST_REASON)
    checks.refuse()
    _revoke(actor, grant, reason)
    return grant


@transaction.atomic
def withdraw_grants(*, actor: Actor, subject: Record, granting_organisation_id: UUID, reason: str, at: datetime) -> int:
    """Take back what an organisation that loses its right to an object had given on it; return how many grants.

    It is called in the wake of the change by which the right is lost, at that instant or before, and where that change
    was allowed.
    """
    lost = Grant.objects.select_for_update(of=("self",), no_key=True).filter(
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        granted_by__organisation=granting_organisation_id,
        ends_at__gt=max(at, actor.clock.now()),
    )
    count = 0
    for grant in lost.order_by("pk"):
        _revoke(actor, grant, reason, at=at)
        count += 1
    return count


def _with_rights_that_stay(actor: Actor, *, holder_id: UUID | None = None) -> Actor:
    """Return the actor with its rights of this moment, which nobody can end before the transaction is over.

    The seat that is given something is locked with it, in the order of their ids: two may give to each other at once.
    """
    if actor.kind is not ActorKind.USER or actor.seat_id is None:
        raise NotAllowed("Only a person in a seat gives rights.")
    seats = [seat_id for seat_id in (actor.seat_id, holder_id) if seat_id is not None]
    list(Seat.objects.select_for_update(no_key=True).filter(pk__in=seats).order_by("pk").values_list("pk"))
    list(RoleAssignment.objects.select_for_update(no_key=True).filter(seat=actor.seat_id).order_by("pk"))
    return actor_in_seat(actor.seat_id, user_id=actor.user_id, clock=actor.clock, request_id=actor.request_id)


def _policy_for(subject_type: str) -> tuple[Policy, Giving]:
    try:
        policy = policy_of(apps.get_model(subject_type))
    except (LookupError, ValueError, ImproperlyConfigured):
        policy = None
    if policy is None or policy.giving is None or policy.model._meta.label_lower != subject_type:
        raise invalid("/subject_type", "unknown", "Nothing is granted by hand on this kind of thing.")
    return policy, policy.giving


def _actions(policy: Policy, giving: Giving, named: Iterable[str]) -> list[Permission]:
    known = {permission.name: permission for permission in giving.actions}
    checks = Checks()
    for name in named:
        if name not in known:
            checks.wrong("actions", "not_grantable", f"“{name}” is not granted by hand: choose {', '.join(known)}.")
    if not list(named):
        checks.wrong("actions", "required", "Say what is granted.")
    checks.refuse()
    # Nothing can be done with what is not seen.
    wanted = {*named, policy.read.name}
    return [permission for name, permission in known.items() if name in wanted]


def _holder(
    actor: Actor, seat_id: UUID | None, organisation_id: UUID | None
) -> tuple[Seat | None, Organisation | None]:
    if (seat_id is None) is (organisation_id is None):
        raise invalid("/seat", "one_holder", "Name a seat or an organisation, and not both.")
    if organisation_id is None:
        seats = Seat.objects.select_for_update(of=("self",), no_key=True)
        seat = seats.filter(visible_rows(actor, Seat), pk__in=[seat_id]).order_by("pk").first()
        if seat is None or seat.ended_at is not None:
            raise invalid("/seat", "unknown", "There is no such seat, or it has ended, or you may not see it.")
        return seat, None
    organisation = Organisation.objects.visible_to(actor).filter(pk=organisation_id).first()
    if organisation is None:
        raise invalid("/organisation", "unknown", "There is no such organisation, or you may not see it.")
    return None, organisation


def _refuse_giving_to_oneself(actor: Actor, seat: Seat | None, organisation: Organisation | None) -> None:
    if seat is not None and seat.user_id == actor.user_id:
        raise invalid("/seat", "oneself", "Nobody gives a right to themselves: ask somebody else who may.")
    if organisation is not None and organisation.pk == actor.organisation_id:
        raise invalid(
            "/organisation", "oneself", "Your own organisation's rights come from its roles: give a seat one."
        )
    if (
        organisation is not None
        and Seat.objects.filter(user=actor.user_id, organisation=organisation, ended_at=None).exists()
    ):
        raise invalid("/organisation", "oneself", "You have a seat there yourself: ask somebody else who may.")


def _give(actor: Actor, now: datetime, policy: Policy, subject: Model, grant: Grant, names: Iterable[str]) -> Grant:
    checks = Checks()
    checks.text("reason", grant.reason, longest=LONGEST_REASON)
    if grant.starts_at < now:
        checks.wrong("starts_at", "past", "A right begins now or later.")
    if grant.ends_at <= grant.starts_at:
        checks.wrong("ends_at", "order", "The right must end after it begins.")
    checks.refuse()
    grant.reason = grant.reason.strip()
    grant.subject_type, grant.subject_id = subject._meta.label_lower, subject.pk
    if isinstance(subject, Record):
        grant.alliance_id = subject.audit_alliance_id()
        grant.operating_entity_id = subject.audit_operating_entity_id()
    if actor.seat_id is None:
        raise SignInNeeded
    grant.granted_by_id = actor.seat_id
    grant.granted_at = now
    grant.save(force_insert=True)
    if policy.giving is None:
        raise TypeError("only what can be given is given")
    for name in names:
        columns: dict[str, Any] = {
            "grant": grant,
            "content_object": subject,
            "permission": _named_permission(policy, name),
            "holder": grant.holder,
            "starts_at": grant.starts_at,
            "ends_at": grant.ends_at,
        }
        policy.giving.table(**columns).save(force_insert=True)
    record_event(
        "grant.given",
        actor=actor,
        subject=grant,
        changes={
            "subject": (None, f"{grant.subject_type}:{grant.subject_id}"),
            "holder": (None, grant.holder),
            "actions": (None, grant.actions or [grant.role]),
            "starts_at": (None, grant.starts_at),
            "ends_at": (None, grant.ends_at),
            "reason": (None, grant.reason),
        },
    )
    RIGHTS_CHANGED.tell(_seats_of(grant))
    return grant


def _revoke(actor: Actor, grant: Grant, reason: str, *, at: datetime | None = None) -> None:
    now = actor.clock.now()
    before, grant.ends_at = grant.ends_at, max(now, at or now, grant.starts_at)
    grant.revoked_at = now
    grant.revoked_by_id = actor.seat_id if actor.kind is ActorKind.USER else None
    grant.revocation_reason = reason.strip()
    # The rows next to the object follow by their foreign key.
    grant.save(update_fields=["ends_at", "revoked_at", "revoked_by", "revocation_reason"])
    record_event(
        "grant.revoked",
        actor=actor,
        subject=grant,
        changes={"ends_at": (before, grant.ends_at), "reason": (None, grant.revocation_reason)},
    )
    RIGHTS_CHANGED.tell(_seats_of(grant))


def _seats_of(grant: Grant) -> list[UUID]:
    if grant.seat_id is not None:
        return [grant.seat_id]
    return list(Seat.objects.filter(organisation=grant.organisation_id, ended_at=None).values_list("pk", flat=True))


def _named_permission(policy: Policy, name: str) -> NamedPermission:
    """Return the row by which the table of the object's grants names an action; the policies say what it means."""
    named, _ = NamedPermission.objects.get_or_create(
        content_type=ContentType.objects.get_for_model(policy.model), codename=name, defaults={"name": name}
    )
    return named
