"""Who may see and take part in a dealing: the prospect and the alliance's office, and nobody else.

No member, no rival, no finance seat and no staff session learns that somebody applies, what was offered or answered.
"""

from typing import Final

from django.db.models import Q

from licensing.dealings.models import (
    ConductStep,
    Contract,
    ContractSignature,
    ContractTemplate,
    Dealing,
    Offer,
    Recordal,
    SealRequest,
)
from licensing.terms.models import ProgrammeState
from licensing.terms.policies import PROGRAMME_POLICY
from members.memberships.policies import holding
from platform_core.access.actors import Actor
from platform_core.access.kernel import follows
from platform_core.access.registry import Audience, Guard, Permission, Policy, allow, register
from platform_core.access.relations import NOTHING, everything, in_alliance, own_organisation
from platform_core.deadlines.kinds import Duties, declare_duties
from platform_core.documents.subjects import declare_subject
from platform_core.identity.policies import ORGANISATION_POLICY, READ_ORGANISATION
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.role_plan import Decision, declare_decision
from platform_core.identity.roles import Role
from platform_core.identity.ties import Holding, Tie, declare_holding, declare_tie
from platform_core.problems import Conflict

APPLY_FOR_LICENCE = Permission("programme.apply_for_licence")
READ_DEALING = Permission("dealing.read")
WORK_ON_DEALING = Permission("dealing.work_on")
"""The office's part: acknowledging, offering, answering, and what follows once both agree."""
ANSWER_IN_DEALING = Permission("dealing.answer_in")
"""The prospect's part."""
SETTLE_DUTY = Permission("dealing.settle_duty")
"""Which nobody holds."""
ATTACH_TO_DEALING = Permission("dealing.attach_paper")
READ_OFFER = Permission("offer.read")
READ_CONDUCT_STEP = Permission("conduct_step.read")
READ_CONTRACT = Permission("contract.read")
READ_CONTRACT_SIGNATURE = Permission("contract_signature.read")
READ_SEAL_REQUEST = Permission("seal_request.read")
APPROVE_SEAL = Permission("seal_request.approve")
SEAL_DECISION: Final = "seal_request.decision"
"""The decision of two people: one asks that a contract is sealed, another decides."""
READ_RECORDAL = Permission("recordal.read")
READ_CONTRACT_TEMPLATE = Permission("contract_template.read")
PUBLISH_TEMPLATE = Permission("programme.publish_contract_template")

PROSPECTS = (Role.PROSPECT, Role.LICENSEE)
"""Whoever works on licences at a firm that has none yet, or has some under other programmes."""

_BETWEEN_TWO = "what somebody applies for is between it and the alliance's office"

DEALING_POLICY = register(
    Policy(
        Dealing,
        read=READ_DEALING,
        no_staff=_BETWEEN_TWO,
        rules=[
            allow(
                Role.SECRETARIAT,
                {READ_DEALING, WORK_ON_DEALING, ATTACH_TO_DEALING},
                in_alliance("programme__alliance"),
            ),
            allow(PROSPECTS, {READ_DEALING, ANSWER_IN_DEALING, ATTACH_TO_DEALING}, own_organisation("prospect")),
        ],
    )
)

OFFER_POLICY = register(
    Policy(
        Offer,
        read=READ_OFFER,
        no_staff=_BETWEEN_TWO,
        rules=[allow(Audience.SIGNED_IN, READ_OFFER, follows("dealing", READ_DEALING, Dealing))],
    )
)

CONDUCT_STEP_POLICY = register(
    Policy(
        ConductStep,
        read=READ_CONDUCT_STEP,
        no_staff=_BETWEEN_TWO,
        rules=[allow(Audience.SIGNED_IN, READ_CONDUCT_STEP, follows("dealing", READ_DEALING, Dealing))],
    )
)

CONTRACT_POLICY = register(
    Policy(
        Contract,
        read=READ_CONTRACT,
        no_staff=_BETWEEN_TWO,
        rules=[allow(Audience.SIGNED_IN, READ_CONTRACT, follows("dealing", READ_DEALING, Dealing))],
    )
)

CONTRACT_SIGNATURE_POLICY = register(
    Policy(
        ContractSignature,
        read=READ_CONTRACT_SIGNATURE,
        no_staff=_BETWEEN_TWO,
        rules=[allow(Audience.SIGNED_IN, READ_CONTRACT_SIGNATURE, follows("contract", READ_CONTRACT, Contract))],
    )
)


def _of_another(actor: Actor) -> Q:
    return ~Q(asked_by=actor.user_id) if actor.user_id is not None else NOTHING


# What the office has sealed, and who there approves it, is the office's own.
SEAL_REQUEST_POLICY = register(
    Policy(
        SealRequest,
        read=READ_SEAL_REQUEST,
        no_staff=_BETWEEN_TWO,
        rules=[
            allow(
                Role.SECRETARIAT,
                {READ_SEAL_REQUEST, APPROVE_SEAL},
                in_alliance("contract__dealing__programme__alliance"),
            )
        ],
        guards=[
            Guard(APPROVE_SEAL, "Another person than who asked for the seal decides about it.", _of_another),
        ],
    )
)

RECORDAL_POLICY = register(
    Policy(
        Recordal,
        read=READ_RECORDAL,
        no_staff=_BETWEEN_TWO,
        rules=[allow(Audience.SIGNED_IN, READ_RECORDAL, follows("dealing", READ_DEALING, Dealing))],
    )
)

CONTRACT_TEMPLATE_POLICY = register(
    Policy(
        ContractTemplate,
        read=READ_CONTRACT_TEMPLATE,
        rules=[
            allow((Role.SECRETARIAT, Audience.STAFF), READ_CONTRACT_TEMPLATE, in_alliance("programme__alliance")),
        ],
    )
)

PROGRAMME_POLICY.extend(
    allow(Role.SECRETARIAT, PUBLISH_TEMPLATE, in_alliance()),
    allow(
        PROSPECTS,
        APPLY_FOR_LICENCE,
        everything().narrowed(Q(state=ProgrammeState.LAUNCHED), "while it is offered"),
    ),
)
# The office reads who applies by name, although nothing else may tie them to the alliance yet.
ORGANISATION_POLICY.extend(allow(Role.SECRETARIAT, READ_ORGANISATION, holding(READ_DEALING, Dealing, "prospect")))

DEALING_POLICY.belong_to("prospect")
for _policy in (OFFER_POLICY, CONDUCT_STEP_POLICY, CONTRACT_POLICY, RECORDAL_POLICY):
    _policy.belong_to("dealing__prospect")
for _policy in (CONTRACT_SIGNATURE_POLICY, SEAL_REQUEST_POLICY):
    _policy.belong_to("contract__dealing__prospect")
declare_decision(
    Decision(
        SEAL_DECISION,
        (Role.SECRETARIAT,),
        # Nothing is sealed where nobody ever agreed on a contract.
        in_use=lambda place: Contract.objects.filter(dealing__programme__alliance=place.alliance_id).exists(),
    )
)
declare_tie(Tie(Dealing, "prospect", "programme__alliance"))
declare_holding(Holding(Dealing, "prospect"))
declare_subject(Dealing, read=READ_DEALING, attach=ATTACH_TO_DEALING)
# What settles a day of a dealing is the step itself, and nobody's word that it was done.
declare_duties(Duties(Dealing, read=READ_DEALING, settle=SETTLE_DUTY, waive=SETTLE_DUTY))
declare_reference(
    Reference(
        Dealing,
        "prospect",
        Fate.MOVED,
        "what it applied for is applied for by the organisation it is",
        clashes={"dealing_one_at_a_time": Conflict("Both deal with an office about the same programme. Close one.")},
        quiet=True,
    )
)
