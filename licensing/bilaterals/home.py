"""What claims of bilateral licences tell the home page: the member what it is asked, finance what it has to look at."""

from collections.abc import Iterator

from django.db.models import Q

from licensing.bilaterals.lifecycle import SILENCE
from licensing.bilaterals.models import BilateralClaim, ClaimState
from licensing.bilaterals.policies import ANSWER_CLAIM, ASK_MEMBER
from platform_core.access.actors import Actor
from platform_core.home.registry import AT_MOST, Severity, Waiting
from platform_core.identity.roles import Purpose, Role


def claims_waiting(actor: Actor) -> Iterator[Waiting]:
    """Tell a member which claims it is asked about, and finance which were made or left without an answer."""
    if actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES):
        permission = ASK_MEMBER
        waits = Q(state=ClaimState.CLAIMED) | Q(state=ClaimState.ASKED, asked_at__lte=actor.clock.now() - SILENCE)
    elif actor.holds(Role.MEMBER_ADMIN):
        permission, waits = ANSWER_CLAIM, Q(state=ClaimState.ASKED)
    else:
        return
    rows = BilateralClaim.objects.permitted_to(actor, permission).filter(waits)
    rows = rows.select_related("licence", "member__membership__organisation").order_by("claimed_at", "pk")
    for claim in rows[:AT_MOST]:
        yield Waiting(
            kind="bilateral_claim.ask" if claim.state == ClaimState.CLAIMED else "bilateral_claim.answer",
            subject_type=BilateralClaim._meta.label_lower,
            subject_id=claim.pk,
            title=name_of_claim(claim),
            since=claim.asked_at or claim.claimed_at,
            severity=Severity.ATTENTION,
        )


def name_of_claim(claim: BilateralClaim) -> str:
    """Call a claim by its licence and member, which those who may see it know."""
    return f"{claim.licence.code} · {claim.member.membership.organisation}"
