"""Who may claim that a licensee holds a licence from a member, and who may say whether it does.

It is between the licensee, the one member and finance: no other member, and no office, learns that there is such a
licence.
"""

from typing import Final

from django.db.models import Q

from licensing.agreements.policies import LICENCE_POLICY
from licensing.bilaterals.lifecycle import SILENCE
from licensing.bilaterals.models import BilateralClaim
from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.access.registry import Guard, Permission, Policy, allow, register
from platform_core.access.relations import everything, in_operating_entity, own_organisation
from platform_core.documents.subjects import declare_subject
from platform_core.identity.role_plan import Decision, declare_decision
from platform_core.identity.roles import Purpose, Role

CLAIM_BILATERAL = Permission("licence.claim_bilateral")
READ_CLAIM = Permission("bilateral_claim.read")
ATTACH_EVIDENCE = Permission("bilateral_claim.attach_evidence")
ASK_MEMBER = Permission("bilateral_claim.ask")
ANSWER_CLAIM = Permission("bilateral_claim.answer")
"""Confirming or refusing, for the member."""
SETTLE_CLAIM = Permission("bilateral_claim.settle")
"""Finding it shown though the member does not answer."""
WITHDRAW_CLAIM = Permission("bilateral_claim.withdraw")

SETTLE_DECISION: Final = "bilateral_claim.settlement"

_FINANCE = in_operating_entity("licence__programme__operating_entity")
_LICENSEE = own_organisation("licence__licensee")
_MEMBER = own_organisation("member__membership__organisation").narrowed(Q(asked_at__isnull=False), "once asked")

LICENCE_POLICY.extend(
    allow(Role.FINANCE, CLAIM_BILATERAL, in_operating_entity("programme__operating_entity"), purpose=Purpose.ROYALTIES),
    allow(Role.LICENSEE, CLAIM_BILATERAL, own_organisation("licensee")),
)


def _said_by_another(actor: Actor) -> Q:
    return (Q(claimed_by=None) | ~Q(claimed_by=actor.user_id)) & (Q(asked_by=None) | ~Q(asked_by=actor.user_id))


BILATERAL_CLAIM_POLICY = register(
    Policy(
        BilateralClaim,
        read=READ_CLAIM,
        no_staff="it is between the licensee, one member and finance",
        rules=[
            allow(
                Role.FINANCE,
                {READ_CLAIM, ATTACH_EVIDENCE, ASK_MEMBER, SETTLE_CLAIM, WITHDRAW_CLAIM},
                _FINANCE,
                purpose=Purpose.ROYALTIES,
            ),
            allow(Role.LICENSEE, {READ_CLAIM, ATTACH_EVIDENCE, WITHDRAW_CLAIM}, _LICENSEE),
            allow((Role.MEMBER_ADMIN, Role.MEMBER_FINANCE), READ_CLAIM, _MEMBER),
            allow(Role.MEMBER_ADMIN, ANSWER_CLAIM, _MEMBER),
            allow(COMMAND_LINE, READ_CLAIM, everything()),
        ],
        guards=[
            Guard(
                ANSWER_CLAIM,
                "Whoever claimed this or asked for it does not answer for the member: ask a colleague.",
                _said_by_another,
            ),
            Guard(
                SETTLE_CLAIM,
                "Whoever claimed this or asked the member does not decide it: ask a colleague.",
                _said_by_another,
            ),
            Guard(
                SETTLE_CLAIM,
                "The member has 30 days to answer: decide without it after that.",
                lambda actor: Q(asked_at__lte=actor.clock.now() - SILENCE),
            ),
        ],
    )
)
BILATERAL_CLAIM_POLICY.belong_to("licence__licensee", "member__membership__organisation")
declare_subject(BilateralClaim, read=READ_CLAIM, attach=ATTACH_EVIDENCE)
declare_decision(
    Decision(
        SETTLE_DECISION,
        (Role.FINANCE,),
        at_entity=True,
        purpose=Purpose.ROYALTIES,
        # Nothing is decided where nobody ever claimed anything.
        in_use=lambda place: BilateralClaim.objects.filter(licence__programme__operating_entity=place.entity).exists(),
    )
)
