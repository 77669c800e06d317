"""Applying for membership, and deciding about it."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from members.memberships.models import (
    MEMBER_STATES,
    Membership,
    MembershipRules,
    MembershipState,
    MembershipStep,
    StepKind,
)
from members.memberships.moving import StepDetails, begin_step, finish_step, save_step
from members.memberships.policies import (
    ADMISSION,
    ADMIT_MEMBER,
    APPLY_FOR_MEMBERSHIP,
    FILE_APPLICATION,
    READ_MEMBERSHIP,
    REFUSE_MEMBERSHIP,
    REVIEW_MEMBERSHIP,
    WITHDRAW_APPLICATION,
)
from members.memberships.services.founding import PROBLEMS
from members.memberships.telling import tell_office
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.documents.models import Document
from platform_core.identity.models import Alliance, Organisation
from platform_core.identity.role_plan import Place, require_two_people
from platform_core.problems import Conflict, WrongState
from platform_core.realtime.services import announce


@transaction.atomic
def apply_for_membership(
    *, actor: Actor, alliance_id: UUID, organisation_id: UUID, segment: str = "", reason: str = ""
) -> Membership:
    """Apply for an organisation's membership: its administrator does, or the alliance's office on its letter."""
    alliance = get_visible(Alliance, alliance_id, actor=actor)
    organisation = get_visible(Organisation, organisation_id, actor=actor)
    on_behalf = can(actor, FILE_APPLICATION, alliance)
    if not on_behalf:
        require(actor, APPLY_FOR_MEMBERSHIP, organisation)

    checks = Checks()
    checks.text("segment", segment, needed=False)
    checks.text("reason", reason, needed=False, longest=500)
    checks.refuse()
    day = today(actor.clock, alliance.zone)
    of_both = Membership.objects.filter(alliance=alliance, organisation=organisation)
    if of_both.filter(Q(leaves_on=None) | Q(leaves_on__gt=day), state__in=MEMBER_STATES).exists():
        raise Conflict("The organisation is a member of this alliance already.")
    with told_as(PROBLEMS):
        membership = Membership.objects.create(
            alliance=alliance,
            organisation=organisation,
            segment=segment.strip(),
            state=MembershipState.APPLIED,
            on_behalf=on_behalf,
        )
    save_step(
        actor,
        MembershipStep(
            membership=membership,
            number=1,
            kind=StepKind.APPLICATION,
            state_after=MembershipState.APPLIED,
            effective_on=day,
            reason=reason.strip(),
        ),
    )
    record_event(
        "membership.applied",
        actor=actor,
        subject=membership,
        changes={"organisation": (None, organisation), "on_behalf": (None, on_behalf)},
    )
    announce(membership, to=READ_MEMBERSHIP)
    tell_office(actor, membership, "membership.applied")
    return membership


@transaction.atomic
def review_application(*, actor: Actor, membership_id: UUID, details: StepDetails) -> Membership:
    """Take an application up for review; one that the office filed needs the applicant's letter first."""
    membership, step = begin_step(actor, membership_id, StepKind.REVIEW, REVIEW_MEMBERSHIP, details, reasoned=False)
    require_two_people(ADMISSION, Place(membership.alliance_id), clock=actor.clock)
    papers = Document.objects.filter(subject_type=Membership._meta.label_lower, subject_id=membership.pk)
    if membership.on_behalf and not papers.exists():
        raise WrongState("This application was filed on the applicant's behalf: attach its letter first.")
    return finish_step(actor, membership, step, columns={"reviewed_by_id": actor.user_id})


@transaction.atomic
def admit_member(
    *, actor: Actor, membership_id: UUID, code: str, details: StepDetails, segment: str | None = None
) -> Membership:
    """Admit an applicant under a member code, from its first day in; by most rules not the one who reviewed it."""
    membership, step = begin_step(actor, membership_id, StepKind.ADMISSION, ADMIT_MEMBER, details, reasoned=False)
    require_two_people(ADMISSION, Place(membership.alliance_id), clock=actor.clock)
    checks = Checks()
    checks.text("code", code)
    if code.startswith("~"):
        checks.wrong("code", "reserved", "A member code must not begin with ~, which marks the close's own payees.")
    checks.text("segment", segment or "", needed=False)
    checks.refuse()
    columns: dict[str, object] = {
        "code": code.strip(),
        "enters_on": step.effective_on,
        "admitted_by_id": actor.user_id,
        "admitted_alone": MembershipRules.objects.filter(
            alliance=membership.alliance_id, admission_needs_second_person=False
        ).exists(),
    }
    if segment is not None:
        columns["segment"] = segment.strip()
    with told_as(PROBLEMS):
        return finish_step(actor, membership, step, columns=columns)


@transaction.atomic
def refuse_application(*, actor: Actor, membership_id: UUID, details: StepDetails) -> Membership:
    """Refuse an application, and say why."""
    membership, step = begin_step(actor, membership_id, StepKind.REFUSAL, REFUSE_MEMBERSHIP, details, reasoned=True)
    return finish_step(actor, membership, step)


@transaction.atomic
def withdraw_application(*, actor: Actor, membership_id: UUID, details: StepDetails) -> Membership:
    """Withdraw an application that is not decided; the applicant need not say why."""
    membership, step = begin_step(
        actor, membership_id, StepKind.WITHDRAWAL, WITHDRAW_APPLICATION, details, reasoned=False
    )
    return finish_step(actor, membership, step)
