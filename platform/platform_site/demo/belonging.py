"""The scenes about who belongs to the alliance: applications, a suspension, and a member that leaves."""

from datetime import date
from functools import partial
from typing import Final

from members.memberships.models import Membership
from members.memberships.moving import StepDetails
from members.memberships.services import (
    apply_for_membership,
    leave_alliance,
    review_application,
    suspend_member,
)
from platform_site.demo.correspondence import (
    application,
    departure,
    registration,
    reminder,
    request_by_letter,
    suspension,
)
from platform_site.demo.names import FILED_FOR, MEMBERS, SELF_APPLYING, Applicant, Member
from platform_site.demo.people import APPLYING, SECOND_SECRETARY, SECRETARY, administrator_of
from platform_site.demo.stage import Script, Stage

FIRST_REMINDER_ON: Final = date(2026, 6, 22)
SECOND_REMINDER_ON: Final = date(2026, 9, 7)
SUSPENSION_DECIDED_ON: Final = date(2026, 10, 16)


def plan_belonging(script: Script, stage: Stage) -> None:
    """Plan who applies, whose membership rests, and who leaves."""
    for member in MEMBERS:
        if member.suspended_from is not None:
            script.add(FIRST_REMINDER_ON, "10:30", "members", partial(_remind, stage, member, second=False))
            script.add(SECOND_REMINDER_ON, "10:30", "members", partial(_remind, stage, member, second=True))
            script.add(SUSPENSION_DECIDED_ON, "17:10", "members", partial(_suspend, stage, member))
        if member.departs is not None:
            script.add(member.departs.told_on, "14:30", "members", partial(_leave, stage, member))
    script.add(SELF_APPLYING.applied_on, "11:20", "members", partial(_apply, stage, SELF_APPLYING))
    script.add(FILED_FOR.applied_on, "14:10", "members", partial(_file_for, stage, FILED_FOR))
    if FILED_FOR.reviewed_on is not None:
        script.add(FILED_FOR.reviewed_on, "16:40", "members", partial(_review, stage, FILED_FOR))


def _remind(stage: Stage, member: Member, *, second: bool) -> None:
    dated_on = SECOND_REMINDER_ON if second else FIRST_REMINDER_ON
    letter = reminder(member, dated_on, second=second)
    stage.attach(SECOND_SECRETARY, Membership, stage.memberships[member.code], letter)


def _suspend(stage: Stage, member: Member) -> None:
    membership_id = stage.memberships[member.code]
    decision = stage.attach(SECRETARY, Membership, membership_id, suspension(member, SUSPENSION_DECIDED_ON))
    suspend_member(
        actor=stage.acting(SECRETARY),
        membership_id=membership_id,
        details=StepDetails(
            effective_on=member.suspended_from,
            reason="2025、2026年度会费经两次书面催缴仍未缴纳（章程第八条） "
            "Dues of 2025 and 2026 unpaid after two written reminders (article 8 of the charter)",
            document_id=decision,
        ),
    )


def _leave(stage: Stage, member: Member) -> None:
    """Let a member's own administrator send its letter, and the office record the days that were agreed."""
    if member.departs is None:
        raise LookupError(f"{member.code} does not leave")
    person, membership_id = administrator_of(member.firm), stage.memberships[member.code]
    letter = stage.attach(person, Membership, membership_id, departure(member))
    leave_alliance(
        actor=stage.acting(SECRETARY),
        membership_id=membership_id,
        details=StepDetails(
            effective_on=member.departs.first_day_out,
            shares_from_on=member.departs.shares_end_on,
            reason="超高清业务并入集团内另一家公司 The ultra-HD business goes to another company of the group",
            document_id=letter,
        ),
    )


def _apply(stage: Stage, applicant: Applicant) -> None:
    """Let an organisation's own administrator apply, and bring its papers; nobody has looked at them yet."""
    applied = apply_for_membership(
        actor=stage.acting(APPLYING),
        alliance_id=stage.alliance,
        organisation_id=stage.organisations[applicant.firm.key],
        segment=applicant.segment,
        reason="拟将四件动态元数据专利提交制播专利池 "
        "Means to submit four patents on dynamic metadata to the production pool",
    )
    stage.memberships[applicant.firm.key] = applied.pk
    for letter in (application(applicant, applicant.applied_on), registration(applicant, applicant.applied_on)):
        stage.attach(APPLYING, Membership, applied.pk, letter)


def _file_for(stage: Stage, applicant: Applicant) -> None:
    """Let the office file an application on the letter of an organisation that has no seat here."""
    applied = apply_for_membership(
        actor=stage.acting(SECOND_SECRETARY),
        alliance_id=stage.alliance,
        organisation_id=stage.organisations[applicant.firm.key],
        segment=applicant.segment,
        reason="来函申请，由秘书处代为登记 Applied by letter, filed by the secretariat",
    )
    stage.memberships[applicant.firm.key] = applied.pk
    stage.attach(SECOND_SECRETARY, Membership, applied.pk, request_by_letter(applicant, applicant.applied_on))


def _review(stage: Stage, applicant: Applicant) -> None:
    review_application(
        actor=stage.acting(SECOND_SECRETARY),
        membership_id=stage.memberships[applicant.firm.key],
        details=StepDetails(
            reason="资质证书已核对，无利害关系，建议接纳 Accreditation checked, no conflict found, admission proposed"
        ),
    )
