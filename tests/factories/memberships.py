"""Members of alliances, those who apply, and how they came to be where they are."""

from datetime import date
from typing import TYPE_CHECKING

from members.memberships.models import Membership, MembershipRules, MembershipState, MembershipStep, StepKind
from platform_core.identity.models import Alliance, Organisation
from platform_core.identity.roles import Role
from tests.factories.core import NOON, give_role, make_organisation, make_seat
from tests.factories.documents import make_document

if TYPE_CHECKING:
    from tests.factories.world import World


def make_membership(alliance: Alliance, organisation: Organisation, code: str, **columns: object) -> Membership:
    return Membership.objects.create(
        **{"alliance": alliance, "organisation": organisation, "code": code, "segment": "upstream", **columns}
    )


def make_step(
    membership: Membership, kind: StepKind, state_after: MembershipState, **columns: object
) -> MembershipStep:
    return MembershipStep.objects.create(
        **{
            "membership": membership,
            "number": membership.steps.count() + 1,
            "kind": kind,
            "state_after": state_after,
            "effective_on": date(2025, 1, 1),
            "reason": "as the council decided",
            "at": NOON,
            **columns,
        }
    )


def populate(world: "World") -> None:
    for side, alliance in enumerate(world.alliances):
        upstream, downstream = world.organisations[2 * side : 2 * side + 2]
        member = make_membership(alliance, upstream, "UP", enters_on=date(2025, 1, 1))
        make_step(member, StepKind.ADMISSION, MembershipState.ADMITTED)
        make_document(member, "letter of application")
        make_membership(alliance, downstream, "DOWN", segment="downstream")

        name = ("first", "second")[side]
        applicant, suspended = make_organisation(f"{name} applicant"), make_organisation(f"{name} suspended")
        world.seats[f"{name} applicant"] = make_seat(organisation=applicant)
        give_role(world.seats[f"{name} applicant"], Role.MEMBER_ADMIN)
        application = make_membership(alliance, applicant, "", state=MembershipState.APPLIED)
        make_step(application, StepKind.APPLICATION, MembershipState.APPLIED)
        held = make_membership(alliance, suspended, "HELD", state=MembershipState.SUSPENDED)
        make_step(held, StepKind.SUSPENSION, MembershipState.SUSPENDED)
        MembershipRules.objects.create(
            alliance=alliance, admission_needs_second_person=side == 0, reason="Article 7 of the charter"
        )
