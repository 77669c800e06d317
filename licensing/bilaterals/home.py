"""What claims of bilateral licences tell the home page: the member what it is asked, finance what it has to look at."""

from collections.abc import Iterator

from django.db.models import Value

from licensing.bilaterals.models import BilateralClaim, ClaimState
from licensing.bilaterals.policies import ANSWER_CLAIM, ASK_MEMBER, SETTLE_CLAIM
from platform_core.access.actors import Actor
from platform_core.home.registry import Severity, Waiting, first_of_each
from platform_core.identity.roles import Purpose, Role


def claims_waiting(actor: Actor) -> Iterator[Waiting]:
    """Tell a member which claims it is asked about, and finance which were made or left without an answer."""
    if actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES):
        # The second permission is given only once the member was silent for long, and not to whoever asked.
        steps = {"ask": (ASK_MEMBER, ClaimState.CLAIMED), "settle": (SETTLE_CLAIM, ClaimState.ASKED)}
    elif actor.holds(Role.MEMBER_ADMIN):
        steps = {"answer": (ANSWER_CLAIM, ClaimState.ASKED)}
    else:
        return
    found = [
        BilateralClaim.objects.permitted_to(actor, permission)
        .filter(state=state)
        .annotate(step=Value(step))
        .select_related("licence", "member__membership__organisation")
        .order_by("claimed_at", "pk")
        for step, (permission, state) in steps.items()
    ]
    for claim in first_of_each(found):
        yield Waiting(
            kind=f"bilateral_claim.{claim.step}",
            subject_type=BilateralClaim._meta.label_lower,
            subject_id=claim.pk,
            title=name_of_claim(claim),
            since=claim.asked_at or claim.claimed_at,
            severity=Severity.ATTENTION,
        )


def name_of_claim(claim: BilateralClaim) -> str:
    """Call a claim by its licence and member, which those who may see it know."""
    return f"{claim.licence.code} · {claim.member.membership.organisation}"
