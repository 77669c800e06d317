"""Taking organisations into an alliance, following their membership through its life, and letting them go."""

from members.memberships.services.applications import (
    admit_member,
    apply_for_membership,
    refuse_application,
    review_application,
    withdraw_application,
)
from members.memberships.services.founding import (
    MembershipEdits,
    NewMember,
    add_member,
    add_members,
    edit_membership,
)
from members.memberships.services.rules import set_membership_rules
from members.memberships.services.standing import (
    expel_member,
    leave_alliance,
    resume_membership,
    suspend_member,
)

__all__ = [
    "MembershipEdits",
    "NewMember",
    "add_member",
    "add_members",
    "admit_member",
    "apply_for_membership",
    "edit_membership",
    "expel_member",
    "leave_alliance",
    "refuse_application",
    "resume_membership",
    "review_application",
    "set_membership_rules",
    "suspend_member",
    "withdraw_application",
]
