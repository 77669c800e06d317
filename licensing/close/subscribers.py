"""What closes do when lower rooms have news."""

from licensing.agreements.models import Charge
from licensing.close.services import reopen_after_charge, reopen_after_membership, reopen_after_report
from licensing.reports.models import SalesReport
from members.memberships.models import Membership, MembershipState, MembershipStep
from platform_core.access.actors import Actor

_WITH_EFFECT = (
    MembershipState.SUSPENDED,
    MembershipState.ADMITTED,
    MembershipState.LEFT,
    MembershipState.EXPELLED,
)


def reopen(actor: Actor, report: SalesReport) -> None:
    """Open corrections of the closed periods that a newly filed report changes."""
    reopen_after_report(actor=actor, report=report)


def reopen_for_charge(actor: Actor, charge: Charge) -> None:
    """Open a correction of the closed period that has billed a charge which was cancelled."""
    reopen_after_charge(actor=actor, charge=charge)


def reopen_for_member(actor: Actor, membership: Membership, step: MembershipStep) -> None:
    """Open corrections of the closed periods that a member's suspension, resumption or end reaches back into."""
    if step.state_after in _WITH_EFFECT and step.shares_from_on is not None:
        reopen_after_membership(actor=actor, membership=membership, shares_from_on=step.shares_from_on)
