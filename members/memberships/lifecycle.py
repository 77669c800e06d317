"""The states of a membership and the steps between them."""

from datetime import date
from typing import Final

from members.memberships.models import Membership, MembershipState, StepKind
from platform_core.lifecycle import Lifecycle

_APPLYING: Final = {MembershipState.APPLIED, MembershipState.UNDER_REVIEW}
_IN: Final = {MembershipState.ADMITTED, MembershipState.SUSPENDED}

MEMBERSHIP_LIFECYCLE: Final = Lifecycle(
    {
        StepKind.REVIEW.value: ({MembershipState.APPLIED}, MembershipState.UNDER_REVIEW),
        StepKind.ADMISSION.value: ({MembershipState.UNDER_REVIEW}, MembershipState.ADMITTED),
        StepKind.REFUSAL.value: (_APPLYING, MembershipState.REFUSED),
        StepKind.WITHDRAWAL.value: (_APPLYING, MembershipState.WITHDRAWN),
        StepKind.SUSPENSION.value: ({MembershipState.ADMITTED, MembershipState.LEFT}, MembershipState.SUSPENDED),
        StepKind.RESUMPTION.value: ({MembershipState.SUSPENDED}, MembershipState.ADMITTED),
        StepKind.DEPARTURE.value: (_IN, MembershipState.LEFT),
        StepKind.EXPULSION.value: (_IN | {MembershipState.LEFT}, MembershipState.EXPELLED),
    }
)
"""The steps have the names of the addresses below a membership at which they are taken."""


def is_over(membership: Membership, day: date) -> bool:
    """Say whether who left is out by a day; until then it is a member, and may be suspended or expelled."""
    return membership.state == MembershipState.LEFT and membership.leaves_on is not None and membership.leaves_on <= day
