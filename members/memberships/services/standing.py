"""Suspending members and taking them back, and the end of a membership."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from members.memberships.models import Membership, MembershipRules, MembershipStep, StepKind
from members.memberships.moving import StepDetails, begin_step, finish_step
from members.memberships.policies import EXPEL_MEMBER, LEAVE_ALLIANCE, RESUME_MEMBERSHIP, SUSPEND_MEMBER
from platform_core.access.actors import Actor
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.problems import WrongState, invalid


@transaction.atomic
def suspend_member(*, actor: Actor, membership_id: UUID, details: StepDetails) -> Membership:
    """Suspend a member from a day on: it earns as usual, but its money is withheld."""
    membership, step = begin_step(actor, membership_id, StepKind.SUSPENSION, SUSPEND_MEMBER, details, reasoned=True)
    _check_inside(membership, step)
    return finish_step(actor, membership, step)


@transaction.atomic
def resume_membership(*, actor: Actor, membership_id: UUID, details: StepDetails) -> Membership:
    """End a suspension from a day on; money of periods before it stays withheld until it is released."""
    membership, step = begin_step(actor, membership_id, StepKind.RESUMPTION, RESUME_MEMBERSHIP, details, reasoned=True)
    return finish_step(actor, membership, step)


@transaction.atomic
def leave_alliance(*, actor: Actor, membership_id: UUID, details: StepDetails) -> Membership:
    """End a membership at the member's wish, on its first day out.

    Its administrator does this, from today until as far ahead as the alliance's rules allow, and its shares end that
    day; or the office on its letter, which may agree on other days. Patents in pools stay as their agreements say.
    """
    membership, step = begin_step(actor, membership_id, StepKind.DEPARTURE, LEAVE_ALLIANCE, details, reasoned=False)
    if actor.user_id is not None and actor.organisation_id == membership.organisation_id:
        _check_notice(actor, membership, step)
    elif actor.user_id is not None and step.document is None:
        raise invalid("/document_id", "required", "Attach the member's letter to its membership, and name it here.")
    return finish_step(actor, membership, step, columns={"leaves_on": _first_day_out(membership, step)})


@transaction.atomic
def expel_member(*, actor: Actor, membership_id: UUID, details: StepDetails) -> Membership:
    """Expel a member for a reason, on the paper of the decision, from its first day out."""
    membership, step = begin_step(actor, membership_id, StepKind.EXPULSION, EXPEL_MEMBER, details, reasoned=True)
    if step.document is None:
        raise invalid("/document_id", "required", "Attach the paper of the decision to the membership, and name it.")
    return finish_step(actor, membership, step, columns={"leaves_on": _first_day_out(membership, step)})


def _check_notice(actor: Actor, membership: Membership, step: MembershipStep) -> None:
    """Refuse days that a member may not choose alone: its own past, a far future, or shares beyond its membership."""
    now = today(actor.clock, membership.alliance.zone)
    latest = now + timedelta(days=_longest_notice(membership))
    checks = Checks()
    if step.effective_on is not None and not now <= step.effective_on <= latest:
        checks.wrong(
            "effective_on", "notice", f"Leave between {now} and {latest}; the office records other days on your letter."
        )
    if step.shares_from_on != step.effective_on:
        checks.wrong(
            "shares_from_on", "by_office", "Shares end when you leave; the office records another day on your letter."
        )
    checks.refuse()


def _longest_notice(membership: Membership) -> int:
    # Asked for whoever leaves: one that is not a member yet today cannot read the rules by itself.
    rules = MembershipRules.objects.filter(alliance=membership.alliance_id).first() or MembershipRules()
    return rules.longest_notice_days


def _first_day_out(membership: Membership, step: MembershipStep) -> date | None:
    _check_inside(membership, step)
    if membership.leaves_on is not None and step.effective_on is not None:
        # Whoever's days were agreed to end leaves no later than that.
        return min(membership.leaves_on, step.effective_on)
    return step.effective_on


def _check_inside(membership: Membership, step: MembershipStep) -> None:
    if membership.enters_on is not None and step.effective_on is not None and step.effective_on <= membership.enters_on:
        raise invalid(
            "/effective_on", "before_it_begins", f"The membership begins on {membership.enters_on}: name a later day."
        )
    if membership.leaves_on is not None and step.effective_on is not None and step.effective_on > membership.leaves_on:
        raise WrongState(f"The membership ends on {membership.leaves_on} anyhow.")
