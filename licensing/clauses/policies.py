"""Who may read and record clauses, compare licences by them, and tell a licensee of better terms."""

from typing import Final

from django.db.models import Q

from licensing.agreements.models import BINDING_STATES
from licensing.agreements.policies import LICENCE_POLICY
from licensing.clauses.lifecycle import EndingState
from licensing.clauses.models import FavourEnding, FavourNotice, LicenceClauses
from platform_core.access.actors import COMMAND_LINE
from platform_core.access.registry import Audience, Guard, Permission, Policy, allow, register
from platform_core.access.relations import everything, in_alliance, in_operating_entity, own_organisation
from platform_core.identity.role_plan import Decision, declare_decision
from platform_core.identity.roles import Purpose, Role

READ_LICENCE_CLAUSES = Permission("licence_clauses.read")
READ_FAVOUR_NOTICE = Permission("favour_notice.read")
RECORD_CLAUSES = Permission("licence.record_clauses")
COMPARE_FAVOURS = Permission("licence.compare_favours")
"""Seeing which later licences of the programme have better rates, and whose they are."""
TELL_FAVOUR = Permission("licence.tell_favour")
READ_FAVOUR_ENDING = Permission("favour_ending.read")
PROPOSE_FAVOUR_ENDING = Permission("licence.propose_favour_ending")
DECIDE_FAVOUR_ENDING = Permission("favour_ending.decide")
WITHDRAW_FAVOUR_ENDING = Permission("favour_ending.withdraw")
FAVOUR_ENDING_DECISION: Final = "favour_ending.decision"
"""The decision of two people: one proposes that a licence has its most-favoured clause no longer, another decides."""

_OFFICE = in_alliance("licence__programme__alliance")
# What is being agreed is between the office and whoever is to take it.
_IN_FORCE = Q(licence__state__in=[state.value for state in BINDING_STATES])
_FINANCE = in_operating_entity("licence__programme__operating_entity").narrowed(_IN_FORCE, "once in force")
_STAFF = _OFFICE.narrowed(_IN_FORCE, "once in force")
_LICENSEE = own_organisation("licence__licensee")

LICENCE_POLICY.extend(
    allow(
        Role.SECRETARIAT,
        {RECORD_CLAUSES, COMPARE_FAVOURS, TELL_FAVOUR, PROPOSE_FAVOUR_ENDING},
        in_alliance("programme__alliance"),
    ),
    allow(Role.FINANCE, COMPARE_FAVOURS, in_operating_entity("programme__operating_entity"), purpose=Purpose.ROYALTIES),
    allow(COMMAND_LINE, {RECORD_CLAUSES, COMPARE_FAVOURS, TELL_FAVOUR}, everything()),
)
CLAUSES_POLICY = register(
    Policy(
        LicenceClauses,
        read=READ_LICENCE_CLAUSES,
        rules=[
            allow(Role.SECRETARIAT, READ_LICENCE_CLAUSES, _OFFICE),
            allow(Audience.STAFF, READ_LICENCE_CLAUSES, _STAFF),
            allow(Role.FINANCE, READ_LICENCE_CLAUSES, _FINANCE, purpose=Purpose.ROYALTIES),
            allow(Role.LICENSEE, READ_LICENCE_CLAUSES, _LICENSEE),
            allow(COMMAND_LINE, READ_LICENCE_CLAUSES, everything()),
        ],
    )
)
FAVOUR_NOTICE_POLICY = register(
    Policy(
        FavourNotice,
        read=READ_FAVOUR_NOTICE,
        rules=[
            allow((Role.SECRETARIAT, Audience.STAFF), READ_FAVOUR_NOTICE, _OFFICE),
            allow(Role.FINANCE, READ_FAVOUR_NOTICE, _FINANCE, purpose=Purpose.ROYALTIES),
            allow(Role.LICENSEE, READ_FAVOUR_NOTICE, _LICENSEE),
            allow(COMMAND_LINE, READ_FAVOUR_NOTICE, everything()),
        ],
    )
)
FAVOUR_ENDING_POLICY = register(
    Policy(
        FavourEnding,
        read=READ_FAVOUR_ENDING,
        rules=[
            allow(Role.SECRETARIAT, {READ_FAVOUR_ENDING, DECIDE_FAVOUR_ENDING, WITHDRAW_FAVOUR_ENDING}, _OFFICE),
            allow(Audience.STAFF, READ_FAVOUR_ENDING, _STAFF),
            allow(Role.FINANCE, READ_FAVOUR_ENDING, _FINANCE, purpose=Purpose.ROYALTIES),
            # What was only proposed, or refused, changed nothing for the licensee.
            allow(
                Role.LICENSEE,
                READ_FAVOUR_ENDING,
                _LICENSEE.narrowed(Q(state=EndingState.APPROVED), "once approved"),
            ),
            allow(COMMAND_LINE, READ_FAVOUR_ENDING, everything()),
        ],
        guards=[
            Guard(
                DECIDE_FAVOUR_ENDING,
                "You proposed to end this clause: a second person has to decide.",
                lambda actor: ~Q(proposed_by=actor.user_id),
            ),
            Guard(
                WITHDRAW_FAVOUR_ENDING,
                "Only who proposed to end this clause may withdraw it.",
                lambda actor: Q(proposed_by=actor.user_id),
            ),
        ],
    )
)
declare_decision(
    Decision(
        FAVOUR_ENDING_DECISION,
        (Role.SECRETARIAT,),
        # Nothing is ended where nobody has such a clause.
        in_use=lambda place: LicenceClauses.objects.filter(
            most_favoured=True, licence__programme__alliance=place.alliance_id
        ).exists(),
    )
)
for _policy in (CLAUSES_POLICY, FAVOUR_NOTICE_POLICY, FAVOUR_ENDING_POLICY):
    _policy.belong_to("licence__licensee")
