"""Taking members into a pool, and withholding or releasing their money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from members.memberships.models import MEMBER_STATES, Membership, MembershipState
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require, require_visible
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.problems import Conflict, NotFound, Problem, WrongState
from platform_core.realtime.services import announce
from pools.composition.calculation import is_figure
from pools.composition.models import Pool, PoolMember, Withholding
from pools.composition.policies import EDIT_POOL, EDIT_POOL_MEMBER, READ_POOL_MEMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPoolMember:
    """A member to take into a pool; a blank segment means that of its membership."""

    membership_id: UUID
    segment: str = ""
    held: bool = False
    enters_on: date | None = None
    leaves_on: date | None = None
    figures: Mapping[str, str] = field(default_factory=dict)


class PoolMemberEdits(TypedDict, total=False):
    """What may be changed of a member's part in a pool."""

    segment: str
    enters_on: date | None
    leaves_on: date | None
    figures: dict[str, str]


@transaction.atomic
def add_pool_member(*, actor: Actor, pool_id: UUID, member: NewPoolMember) -> PoolMember:
    """Take a member of the alliance into a pool."""
    pool = _pool(actor, pool_id)
    get_visible(Membership, member.membership_id, actor=actor)
    [added] = _create(pool, [member])
    record_event("pool_member.added", actor=actor, subject=added, changes={"membership": (None, member.membership_id)})
    announce(added, to=READ_POOL_MEMBER)
    return added


@transaction.atomic
def add_pool_members(*, actor: Actor, pool_id: UUID, members: Sequence[NewPoolMember]) -> list[PoolMember]:
    """Take many members of the alliance into a pool at once, all or none."""
    pool = _pool(actor, pool_id)
    require_visible(actor, Membership, {member.membership_id for member in members})
    added = _create(pool, members)
    record_event(
        "pool.members_added",
        actor=actor,
        subject=pool,
        changes={"memberships": (None, [member.membership_id for member in members])},
    )
    return added


@transaction.atomic
def edit_pool_member(*, actor: Actor, member_id: UUID, **edits: Unpack[PoolMemberEdits]) -> PoolMember:
    """Change the segment a member counts under, its days in the pool, or its figures for allocations."""
    member = _member(actor, member_id)
    changes = apply_edits(member, edits)
    checks = Checks()
    _check(checks, member.segment, member.enters_on, member.leaves_on, member.figures)
    checks.refuse()
    if changes:
        member.save(update_fields=list(changes))
        record_event("pool_member.edited", actor=actor, subject=member, changes=changes)
        announce(member, to=READ_POOL_MEMBER if set(changes) - {"figures"} else None)
    return member


@transaction.atomic
def hold_pool_member(*, actor: Actor, member_id: UUID, reason: str) -> PoolMember:
    """Withhold a member's money from now on (suspended, or in dispute): it earns as usual, but is not paid."""
    return _set_held(actor, member_id, reason, held=True)


@transaction.atomic
def release_pool_member(*, actor: Actor, member_id: UUID, reason: str) -> PoolMember:
    """End the withholding of a member's money."""
    return _set_held(actor, member_id, reason, held=False)


def _set_held(actor: Actor, member_id: UUID, reason: str, *, held: bool) -> PoolMember:
    member = _member(actor, member_id)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    if member.held == held:
        raise WrongState("The member's money is withheld already." if held else "The member's money is not withheld.")
    member.held = held
    member.save(update_fields=["held"])
    record_event(
        "pool_member.held" if held else "pool_member.released",
        actor=actor,
        subject=member,
        changes={"held": (not held, held), "reason": (None, reason)},
    )
    announce(member)
    return member


def _pool(actor: Actor, pool_id: UUID) -> Pool:
    pool = get_visible(Pool, pool_id, actor=actor)
    require(actor, EDIT_POOL, pool)
    return pool


def _member(actor: Actor, member_id: UUID) -> PoolMember:
    member = get_visible(PoolMember, member_id, actor=actor, for_change=True)
    require(actor, EDIT_POOL_MEMBER, member)
    return member


def _create(pool: Pool, members: Sequence[NewPoolMember]) -> list[PoolMember]:
    ids = {member.membership_id for member in members}
    known = Membership.objects.filter(pk__in=ids, alliance=pool.alliance_id, state__in=MEMBER_STATES).in_bulk()
    if len(known) < len(ids):
        raise NotFound("A pool takes members of its own alliance only. Add the organisation to the alliance first.")
    checks = Checks()
    rows = [
        PoolMember(
            pool=pool,
            membership_id=member.membership_id,
            segment=member.segment or known[member.membership_id].segment,
            held=member.held,
            enters_on=member.enters_on,
            leaves_on=member.leaves_on,
            figures=dict(member.figures),
        )
        for member in members
    ]
    for row in rows:
        _check(checks, row.segment, row.enters_on, row.leaves_on, row.figures)
    checks.refuse()
    with told_as(_PROBLEMS):
        added = PoolMember.objects.bulk_create(rows)
    Withholding.objects.bulk_create(
        Withholding(member=row, reason="The membership is suspended")
        for row in added
        if known[row.membership_id].state == MembershipState.SUSPENDED
    )
    return added


def _check(
    checks: Checks, segment: str, enters_on: date | None, leaves_on: date | None, figures: Mapping[str, object]
) -> None:
    checks.text("segment", segment)
    checks.days("leaves_on", enters_on, leaves_on)
    for name, figure in figures.items():
        checks.text("figures", name)
        if not isinstance(figure, str) or not is_figure(figure):
            checks.wrong(
                "figures",
                "not_a_figure",
                f"“{name}” must be a decimal of 0 or more with at most 12 decimals, written as text such as “12.5”.",
            )


_PROBLEMS: dict[str, Problem] = {
    "pool_member_once": Conflict("The member takes part in this pool already. Change its days instead."),
}
