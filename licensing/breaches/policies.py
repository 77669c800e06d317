"""Who may see and conduct breaches of licences: the office, and the licensee that is concerned.

No member, no other licensee and no staff session learns that a licensee is in breach.
"""

from typing import Final

from django.db.models import Q

from licensing.agreements.policies import EDIT_LICENCE as STEP_LICENCE
from licensing.agreements.policies import LICENCE_POLICY, READ_LICENCE, READ_LICENCE_DATES, READ_LICENCE_NAME
from licensing.breaches.lifecycle import TerminationState
from licensing.breaches.models import Breach, Termination
from platform_core.access.actors import COMMAND_LINE, SystemWork
from platform_core.access.registry import Guard, Permission, Policy, allow, register
from platform_core.access.relations import everything, in_alliance, in_operating_entity, own_organisation
from platform_core.deadlines.kinds import Duties, declare_duties
from platform_core.documents.subjects import declare_subject
from platform_core.identity.role_plan import Decision, declare_decision
from platform_core.identity.roles import Purpose, Role

BREACH_WORK: Final = SystemWork("breaches")
"""The platform itself, which ends what was decided on its day, and closes what was put right."""

TERMINATION_DECISION: Final = "termination.decision"
"""The decision of two people: one proposes to end a licence before its time, another decides."""

READ_BREACH = Permission("breach.read")
CONDUCT_BREACH = Permission("breach.conduct")
"""Recording that it was put right, suspending, withdrawing."""
ATTACH_TO_BREACH = Permission("breach.attach_paper")
SETTLE_DUTY = Permission("breach.settle_duty")
"""Which nobody holds: what settles a day of a breach is that it is put right."""
NOTICE_BREACH = Permission("licence.notice_breach")
PROPOSE_TERMINATION = Permission("licence.propose_termination")
READ_TERMINATION = Permission("termination.read")
DECIDE_TERMINATION = Permission("termination.decide")
WITHDRAW_TERMINATION = Permission("termination.withdraw")
ATTACH_TO_TERMINATION = Permission("termination.attach_paper")

_NO_STAFF = "it is between the office and the licensee that is concerned"
_OFFICE = in_alliance("licence__programme__alliance")
_FINANCE = in_operating_entity("licence__programme__operating_entity")
_LICENSEE = own_organisation("licence__licensee")

BREACH_POLICY = register(
    Policy(
        Breach,
        read=READ_BREACH,
        no_staff=_NO_STAFF,
        rules=[
            allow(Role.SECRETARIAT, {READ_BREACH, CONDUCT_BREACH, ATTACH_TO_BREACH}, _OFFICE),
            allow(Role.FINANCE, READ_BREACH, _FINANCE, purpose=Purpose.ROYALTIES),
            allow(Role.LICENSEE, READ_BREACH, _LICENSEE),
            allow((COMMAND_LINE, BREACH_WORK), READ_BREACH, everything()),
        ],
    )
)
TERMINATION_POLICY = register(
    Policy(
        Termination,
        read=READ_TERMINATION,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.SECRETARIAT,
                {READ_TERMINATION, DECIDE_TERMINATION, WITHDRAW_TERMINATION, ATTACH_TO_TERMINATION},
                _OFFICE,
            ),
            allow(Role.FINANCE, READ_TERMINATION, _FINANCE, purpose=Purpose.ROYALTIES),
            # What was only proposed, or refused, changed nothing for the licensee.
            allow(
                Role.LICENSEE,
                READ_TERMINATION,
                _LICENSEE.narrowed(Q(state=TerminationState.APPROVED), "once approved"),
            ),
            allow((COMMAND_LINE, BREACH_WORK), READ_TERMINATION, everything()),
        ],
        guards=[
            Guard(
                DECIDE_TERMINATION,
                "You proposed to end this licence: a second person has to decide.",
                lambda actor: ~Q(proposed_by=actor.user_id),
            ),
            Guard(
                WITHDRAW_TERMINATION,
                "Only who proposed to end this licence may withdraw it.",
                lambda actor: Q(proposed_by=actor.user_id),
            ),
        ],
    )
)
LICENCE_POLICY.extend(
    allow(Role.SECRETARIAT, {NOTICE_BREACH, PROPOSE_TERMINATION}, in_alliance("programme__alliance")),
    allow(
        BREACH_WORK,
        {READ_LICENCE_NAME, READ_LICENCE_DATES, READ_LICENCE, STEP_LICENCE},
        everything(),
    ),
)
for _policy in (BREACH_POLICY, TERMINATION_POLICY):
    _policy.belong_to("licence__licensee")
declare_subject(Breach, read=READ_BREACH, attach=ATTACH_TO_BREACH)
declare_subject(Termination, read=READ_TERMINATION, attach=ATTACH_TO_TERMINATION)
declare_duties(Duties(Breach, read=READ_BREACH, settle=SETTLE_DUTY, waive=SETTLE_DUTY))
declare_decision(
    Decision(
        TERMINATION_DECISION,
        (Role.SECRETARIAT,),
        # Nothing is ended for a breach where none was ever noticed, and agreed ends are proposed first.
        in_use=lambda place: (
            Termination.objects.filter(licence__programme__alliance=place.alliance_id).exists()
            or Breach.objects.filter(licence__programme__alliance=place.alliance_id).exists()
        ),
    )
)
