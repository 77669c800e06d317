"""What memberships tell the home page: the office which applications wait for it."""

from collections.abc import Iterator

from django.db.models import Max

from members.memberships.models import Membership, MembershipState, StepKind
from members.memberships.selectors import STEP_PERMISSIONS
from platform_core.access.actors import Actor
from platform_core.home.registry import AT_MOST, Waiting
from platform_core.identity.roles import Role


def applications_to_settle(actor: Actor) -> Iterator[Waiting]:
    """Tell the office which applications are to be reviewed, and which to be admitted by a second person."""
    if not actor.holds(Role.SECRETARIAT):
        return
    for state, step in (
        (MembershipState.APPLIED, StepKind.REVIEW),
        (MembershipState.UNDER_REVIEW, StepKind.ADMISSION),
    ):
        permitted = Membership.objects.permitted_to(actor, STEP_PERMISSIONS[step]).filter(state=state)
        rows = permitted.select_related("organisation", "alliance").annotate(since=Max("steps__at"))
        for membership in rows.order_by("since", "pk")[:AT_MOST]:
            yield Waiting(
                kind=f"membership.{step}",
                subject_type=Membership._meta.label_lower,
                subject_id=membership.pk,
                title=str(membership.organisation),
                detail={"alliance": membership.alliance.code, "segment": membership.segment},
                since=membership.since,
                step=step.value,
            )
