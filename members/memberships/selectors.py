"""Finding memberships and how they stand."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch

from members.memberships import policies
from members.memberships.calculation import state_on
from members.memberships.lifecycle import MEMBERSHIP_LIFECYCLE, is_over
from members.memberships.models import Membership, MembershipRules, MembershipState, MembershipStep, StepKind
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, permitted_rows
from platform_core.access.querysets import VisibleQuerySet
from platform_core.clock import today

STEP_PERMISSIONS = {
    StepKind.REVIEW: policies.REVIEW_MEMBERSHIP,
    StepKind.ADMISSION: policies.ADMIT_MEMBER,
    StepKind.REFUSAL: policies.REFUSE_MEMBERSHIP,
    StepKind.WITHDRAWAL: policies.WITHDRAW_APPLICATION,
    StepKind.SUSPENSION: policies.SUSPEND_MEMBER,
    StepKind.RESUMPTION: policies.RESUME_MEMBERSHIP,
    StepKind.DEPARTURE: policies.LEAVE_ALLIANCE,
    StepKind.EXPULSION: policies.EXPEL_MEMBER,
}


def memberships(*, actor: Actor) -> VisibleQuerySet[Membership]:
    """List the memberships the actor may see, with their organisations and steps."""
    steps = MembershipStep.objects.order_by("membership", "number")
    return (
        Membership.objects.visible_to(actor)
        .select_related("organisation", "alliance")
        .prefetch_related(Prefetch("steps", steps))
    )


def get_membership(membership_id: UUID, *, actor: Actor, for_change: bool = False) -> Membership:
    """Return one membership the actor may see, locked if it is to be changed."""
    return get_visible(Membership, membership_id, actor=actor, for_change=for_change)


def membership_steps(membership: Membership, *, actor: Actor) -> VisibleQuerySet[MembershipStep]:
    """Return the history of a membership in order, as far as the actor may read its papers."""
    return MembershipStep.objects.visible_to(actor).filter(membership=membership).select_related("user", "organisation")


def standing_of(membership: Membership, *, actor: Actor) -> str:
    """Return the state a membership is in today, which its last step may not have reached yet."""
    day = today(actor.clock, membership.alliance.zone)
    steps = [(step.state_after, step.effective_on) for step in membership.steps.all()]
    return state_on(day, steps) or membership.state


def allowed_steps(found: Iterable[Membership], *, actor: Actor) -> dict[UUID, list[str]]:
    """Return the steps that lead on from each membership and that the actor may take (one query for them all)."""
    rows = {membership.pk: membership for membership in found}
    columns = {
        kind.value: Exists(Membership.objects.filter(permitted_rows(actor, permission, Membership), pk=OuterRef("pk")))
        for kind, permission in STEP_PERMISSIONS.items()
    }
    names = ["pk", *columns]
    permitted = Membership.objects.filter(pk__in=rows).order_by("pk").annotate(**columns).values_list(*names)
    found_steps: dict[UUID, list[str]] = {}
    for pk, *answers in permitted:
        may = dict(zip(columns, answers, strict=True))
        over = is_over(rows[pk], today(actor.clock, rows[pk].alliance.zone))
        leading_on = [] if over else MEMBERSHIP_LIFECYCLE.allowed(MembershipState(rows[pk].state))
        found_steps[pk] = [step for step in leading_on if may[step]]
    return found_steps


def membership_rules(alliance_id: UUID, *, actor: Actor) -> MembershipRules:
    """Return what an alliance's rules say of admission; the strict rules where nothing was set."""
    found = MembershipRules.objects.visible_to(actor).filter(alliance=alliance_id).first()
    return found or MembershipRules(alliance_id=alliance_id, reason="")
