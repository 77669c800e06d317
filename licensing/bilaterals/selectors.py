"""Finding what is claimed of licences between licensees and members."""

from typing import Final
from uuid import UUID

from licensing.bilaterals.lifecycle import CLAIM_LIFECYCLE
from licensing.bilaterals.models import BilateralClaim, ClaimState
from licensing.bilaterals.policies import ANSWER_CLAIM, ASK_MEMBER, SETTLE_CLAIM, WITHDRAW_CLAIM
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.access.registry import Permission

_STEPS: Final[dict[str, Permission]] = {
    "ask": ASK_MEMBER,
    "confirm": ANSWER_CLAIM,
    "refuse": ANSWER_CLAIM,
    "settle": SETTLE_CLAIM,
    "withdraw": WITHDRAW_CLAIM,
}


def bilateral_claims(*, actor: Actor) -> VisibleQuerySet[BilateralClaim]:
    """List the claims that the actor may see, with what they are called by."""
    return BilateralClaim.objects.visible_to(actor).select_related(
        "licence__programme", "licence__licensee", "member__membership__organisation"
    )


def get_claim(claim_id: UUID, *, actor: Actor) -> BilateralClaim:
    """Return one claim that the actor may see."""
    return get_visible(
        BilateralClaim,
        claim_id,
        actor=actor,
        along=["licence__programme", "licence__licensee", "member__membership__organisation"],
    )


def allowed_steps(claim: BilateralClaim, *, actor: Actor) -> list[str]:
    """Return what the actor may do with a claim as it stands."""
    steps = CLAIM_LIFECYCLE.allowed(ClaimState(claim.state))
    return [step for step in steps if can(actor, _STEPS[step], claim)]
