"""Putting an alliance's founders and its earlier members on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from members.memberships.models import Membership, MembershipState, MembershipStep, StepKind
from members.memberships.policies import ADD_MEMBER, EDIT_MEMBERSHIP, READ_MEMBERSHIP
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require, require_visible
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.conflicts.limits import tell_those_apart
from platform_core.identity.models import Alliance, Organisation
from platform_core.problems import Conflict, Problem
from platform_core.realtime.services import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """An organisation to take into an alliance: its member code, segment, first day in and first day out."""

    organisation_id: UUID
    code: str
    segment: str = ""
    enters_on: date | None = None
    leaves_on: date | None = None


class MembershipEdits(TypedDict, total=False):
    """What may be changed of a membership; its days follow from its steps."""

    segment: str


@transaction.atomic
def add_member(*, actor: Actor, alliance_id: UUID, member: NewMember) -> Membership:
    """Put an organisation on record as a member, under a member code of its own."""
    alliance = get_visible(Alliance, alliance_id, actor=actor, for_change=True)
    require(actor, ADD_MEMBER, alliance)
    organisation = get_visible(Organisation, member.organisation_id, actor=actor)
    [membership] = _create(actor, alliance, [member])
    record_event(
        "membership.added",
        actor=actor,
        subject=membership,
        changes={"code": (None, member.code), "organisation": (None, organisation)},
    )
    return membership


@transaction.atomic
def add_members(*, actor: Actor, alliance_id: UUID, members: Sequence[NewMember]) -> list[Membership]:
    """Put many organisations on record as members at once, all or none."""
    alliance = get_visible(Alliance, alliance_id, actor=actor, for_change=True)
    require(actor, ADD_MEMBER, alliance)
    require_visible(actor, Organisation, {member.organisation_id for member in members})
    added = _create(actor, alliance, members)
    record_event(
        "alliance.members_added",
        actor=actor,
        subject=alliance,
        changes={"members": (None, [member.code for member in members])},
    )
    return added


@transaction.atomic
def edit_membership(*, actor: Actor, membership_id: UUID, **edits: Unpack[MembershipEdits]) -> Membership:
    """Change the segment a member belongs to."""
    membership = get_visible(Membership, membership_id, actor=actor, for_change=True)
    require(actor, EDIT_MEMBERSHIP, membership)
    changes = apply_edits(membership, edits)
    checks = Checks()
    checks.text("segment", membership.segment, needed=False)
    checks.refuse()
    if changes:
        membership.save(update_fields=list(changes))
        record_event("membership.edited", actor=actor, subject=membership, changes=changes)
        announce(membership, to=READ_MEMBERSHIP)
    return membership


def _create(actor: Actor, alliance: Alliance, members: Sequence[NewMember]) -> list[Membership]:
    checks = Checks()
    for member in members:
        checks.text("code", member.code)
        if member.code.startswith("~"):
            checks.wrong("code", "reserved", "A member code must not begin with ~, which marks the close's own payees.")
        checks.text("segment", member.segment, needed=False)
        checks.days("leaves_on", member.enters_on, member.leaves_on)
    checks.refuse()
    with told_as(PROBLEMS):
        added = Membership.objects.bulk_create(
            Membership(
                alliance=alliance,
                organisation_id=member.organisation_id,
                code=member.code,
                segment=member.segment,
                enters_on=member.enters_on,
                leaves_on=member.leaves_on,
            )
            for member in members
        )
    MembershipStep.objects.bulk_create(
        MembershipStep(
            membership=membership,
            number=1,
            kind=StepKind.ADMISSION,
            state_after=MembershipState.ADMITTED,
            effective_on=membership.enters_on,
            shares_from_on=membership.enters_on,
            at=actor.clock.now(),
            user_id=actor.user_id,
            seat_id=actor.seat_id,
            organisation_id=actor.organisation_id,
        )
        for membership in added
    )
    tell_those_apart(alliance.pk)
    return added


PROBLEMS: dict[str, Problem] = {
    "membership_code_once_in_alliance": Conflict(
        "Another member of the alliance has this member code. Choose another."
    ),
    "membership_once_at_a_time": Conflict(
        "The organisation is a member of this alliance during those days already. End that membership first."
    ),
    "membership_applied_for_once": Conflict("An application of this organisation is being decided already."),
}
