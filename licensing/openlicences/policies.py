"""Who may see and do what with open licences.

What the office announced is for everybody. A draft and its price are its owner's; who took a licence, stated and paid
is between the two sides, and no rival, no co-owner and no office learns of it.
"""

from collections.abc import Sequence
from typing import Final

from django.db.models import Q

from licensing.direct.policies import NO_AUTHORITY
from licensing.openlicences.models import (
    GIVEN_STATES,
    PUBLIC_STATES,
    DeclarationState,
    OpenConsent,
    OpenDeclaration,
    OpenLicence,
    OpenPayment,
    OpenStatement,
)
from members.charter.models import BindingAct
from members.charter.policies import may_bind
from members.memberships.policies import in_own_alliance
from platform_core.access.actors import COMMAND_LINE, Actor, Assignment
from platform_core.access.kernel import follows
from platform_core.access.registry import Audience, Guard, Permission, Policy, allow, register
from platform_core.access.relations import NOTHING, Relation, everything, own_organisation
from platform_core.audit.events import reserve_events
from platform_core.deadlines.kinds import Duties, declare_duties
from platform_core.documents.subjects import declare_subject
from platform_core.identity.policies import ALLIANCE_POLICY
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.roles import Role
from platform_core.identity.ties import Holding, declare_holding
from platform_core.problems import Conflict
from pools.patents.models import Patent
from pools.patents.policies import EDIT_PATENT, PATENT_DESK

READ_OPEN_DECLARATION = Permission("open_declaration.read")
"""What a declaration says, as the office announces it."""
READ_OPEN_WORKINGS = Permission("open_declaration.read_workings")
"""The owner's side of it: papers, consents, what stands against it, and whether its withdrawal was filed."""
EDIT_OPEN_DECLARATION = Permission("open_declaration.edit")
"""Drafting it, with its papers and consents, and noting what the office says."""
FILE_OPEN_DECLARATION = Permission("open_declaration.file")
"""Filing it, or its withdrawal, which binds the owner."""
TAKE_OPEN_LICENCE = Permission("open_declaration.take")
"""Preparing a notice for one's own organisation."""
RECORD_OPEN_NOTICE = Permission("open_declaration.record_notice")
"""Recording a notice that came to the owner on paper."""
DECLARE_OPEN_LICENCE = Permission("alliance.declare_open_licence")

READ_OPEN_CONSENT = Permission("open_consent.read")
READ_OPEN_LICENCE = Permission("open_licence.read")
PREPARE_OPEN_NOTICE = Permission("open_licence.prepare")
"""Attaching the letter of a notice that is not given yet, and giving the notice up."""
GIVE_OPEN_NOTICE = Permission("open_licence.give_notice")
STATE_OPEN_ROYALTIES = Permission("open_licence.state_royalties")
"""Stating what was used, and advising what was paid, which may put the licence in force."""
CONFIRM_OPEN_PAYMENT = Permission("open_licence.confirm_payment")
RECORD_OPEN_RECORDAL = Permission("open_licence.record_recordal")
END_OPEN_LICENCE = Permission("open_licence.end")
LAPSE_OPEN_NOTICE = Permission("open_licence.lapse")
"""Having a notice lapse whose sum was not paid in time, for its owner."""
CONTEST_OPEN_NOTICE = Permission("open_licence.contest")
"""Saying that a notice which the owner recorded from paper is not one's own."""
SETTLE_OPEN_ENTRY = Permission("open_licence.settle_entry")
"""Withdrawing a contested entry, or putting the letter's evidence beside it."""
ACKNOWLEDGE_OPEN_NOTICE = Permission("open_licence.acknowledge")
"""Saying that a contested notice is one's own after all, which binds."""
ATTACH_TO_OPEN_LICENCE = Permission("open_licence.attach")
READ_OPEN_STATEMENT = Permission("open_statement.read")
READ_OPEN_PAYMENT = Permission("open_payment.read")

TAKERS: Final = (Role.MEMBER_ADMIN, Role.LICENSEE, Role.PROSPECT)
"""Seats through which an organisation takes licences."""
OWNER_DESK: Final = (*PATENT_DESK, Role.MEMBER_FINANCE)
LICENSEE_DESK: Final = (*PATENT_DESK, Role.MEMBER_FINANCE, Role.LICENSEE, Role.PROSPECT)
_BETWEEN_TWO: Final = "it is between the owner and whoever takes the licence"

_OWN = own_organisation("owner")
_ANNOUNCED = Q(state__in=PUBLIC_STATES)


def _of_another() -> Relation:
    """Reach declarations of other organisations than the actor's under which licences can be taken."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        if actor.organisation_id is None:
            return NOTHING
        return Q(state=DeclarationState.ANNOUNCED) & ~Q(owner=actor.organisation_id)

    return Relation("announced by another organisation", reach)


OPEN_DECLARATION_POLICY = register(
    Policy(
        OpenDeclaration,
        read=READ_OPEN_DECLARATION,
        no_staff="a draft is its owner's, and what is announced anybody reads without one",
        rules=[
            allow(Audience.PUBLIC, READ_OPEN_DECLARATION, everything().narrowed(_ANNOUNCED, "once announced")),
            allow(
                PATENT_DESK,
                {READ_OPEN_DECLARATION, READ_OPEN_WORKINGS, EDIT_OPEN_DECLARATION, RECORD_OPEN_NOTICE},
                _OWN,
            ),
            allow(Role.MEMBER_FINANCE, {READ_OPEN_DECLARATION, READ_OPEN_WORKINGS}, _OWN),
            allow(Role.MEMBER_ADMIN, FILE_OPEN_DECLARATION, _OWN),
            # Whoever works on a patent by assignment sees what is being declared of it.
            allow(
                Role.OPERATOR,
                {READ_OPEN_DECLARATION, READ_OPEN_WORKINGS},
                follows("patent", EDIT_PATENT, Patent),
            ),
            allow(TAKERS, TAKE_OPEN_LICENCE, _of_another()),
            allow(COMMAND_LINE, READ_OPEN_DECLARATION, everything()),
        ],
        guards=[Guard(FILE_OPEN_DECLARATION, NO_AUTHORITY, may_bind("owner", BindingAct.CONTRACT))],
    )
)

OPEN_CONSENT_POLICY = register(
    Policy(
        OpenConsent,
        read=READ_OPEN_CONSENT,
        no_staff="it is the owner's paper",
        rules=[
            allow(
                (Audience.SIGNED_IN, COMMAND_LINE),
                READ_OPEN_CONSENT,
                follows("declaration", READ_OPEN_WORKINGS, OpenDeclaration),
            )
        ],
    )
)

_GIVEN = Q(state__in=GIVEN_STATES)
_FROM_PAPER = Q(from_paper=True)
_OWNERS = own_organisation("declaration__owner").narrowed(_GIVEN | _FROM_PAPER, "once given, or recorded by itself")
_LICENSEES = own_organisation("licensee").narrowed(_GIVEN | ~_FROM_PAPER, "once given, or prepared by itself")

OPEN_LICENCE_POLICY = register(
    Policy(
        OpenLicence,
        read=READ_OPEN_LICENCE,
        no_staff=_BETWEEN_TWO,
        rules=[
            allow(OWNER_DESK, {READ_OPEN_LICENCE, CONFIRM_OPEN_PAYMENT, ATTACH_TO_OPEN_LICENCE}, _OWNERS),
            allow(PATENT_DESK, {RECORD_OPEN_RECORDAL, SETTLE_OPEN_ENTRY}, _OWNERS),
            allow(Role.MEMBER_ADMIN, LAPSE_OPEN_NOTICE, _OWNERS),
            allow(
                PATENT_DESK,
                {PREPARE_OPEN_NOTICE, GIVE_OPEN_NOTICE},
                own_organisation("declaration__owner").narrowed(_FROM_PAPER, "recorded from paper"),
            ),
            allow(LICENSEE_DESK, {READ_OPEN_LICENCE, STATE_OPEN_ROYALTIES, ATTACH_TO_OPEN_LICENCE}, _LICENSEES),
            # To contest what somebody else recorded takes no authority: it binds to nothing.
            allow(TAKERS, {END_OPEN_LICENCE, CONTEST_OPEN_NOTICE, ACKNOWLEDGE_OPEN_NOTICE}, _LICENSEES),
            allow(
                TAKERS,
                {PREPARE_OPEN_NOTICE, GIVE_OPEN_NOTICE},
                own_organisation("licensee").narrowed(~_FROM_PAPER, "prepared by itself"),
            ),
            allow(COMMAND_LINE, READ_OPEN_LICENCE, everything()),
        ],
    )
)


def _binds_itself(actor: Actor) -> Q:
    """Bind a licensee by its own seat only with an authority; a paper carries its signature already."""
    return _FROM_PAPER | may_bind("licensee", BindingAct.CONTRACT, alliance="declaration__alliance")(actor)


OPEN_LICENCE_POLICY.guard(
    Guard(GIVE_OPEN_NOTICE, NO_AUTHORITY, _binds_itself),
    *(
        Guard(act, NO_AUTHORITY, may_bind("licensee", BindingAct.CONTRACT, alliance="declaration__alliance"))
        for act in (END_OPEN_LICENCE, STATE_OPEN_ROYALTIES, ACKNOWLEDGE_OPEN_NOTICE)
    ),
    Guard(
        LAPSE_OPEN_NOTICE,
        NO_AUTHORITY,
        may_bind("declaration__owner", BindingAct.CONTRACT, alliance="declaration__alliance"),
    ),
)

OPEN_STATEMENT_POLICY = register(
    Policy(
        OpenStatement,
        read=READ_OPEN_STATEMENT,
        no_staff=_BETWEEN_TWO,
        rules=[
            allow(
                (Audience.SIGNED_IN, COMMAND_LINE),
                READ_OPEN_STATEMENT,
                follows("licence", READ_OPEN_LICENCE, OpenLicence),
            )
        ],
    )
)
OPEN_PAYMENT_POLICY = register(
    Policy(
        OpenPayment,
        read=READ_OPEN_PAYMENT,
        no_staff=_BETWEEN_TWO,
        rules=[
            allow(
                (Audience.SIGNED_IN, COMMAND_LINE),
                READ_OPEN_PAYMENT,
                follows("licence", READ_OPEN_LICENCE, OpenLicence),
            )
        ],
    )
)

ALLIANCE_POLICY.extend(allow(PATENT_DESK, DECLARE_OPEN_LICENCE, in_own_alliance("pk")))
declare_subject(OpenDeclaration, read=READ_OPEN_WORKINGS, attach=EDIT_OPEN_DECLARATION)
declare_subject(OpenLicence, read=READ_OPEN_LICENCE, attach=ATTACH_TO_OPEN_LICENCE)
declare_duties(Duties(OpenLicence, read=READ_OPEN_LICENCE, settle=RECORD_OPEN_RECORDAL, waive=RECORD_OPEN_RECORDAL))
declare_holding(Holding(OpenDeclaration, "owner"))
declare_holding(Holding(OpenLicence, "licensee"))
OPEN_DECLARATION_POLICY.belong_to("owner")
OPEN_CONSENT_POLICY.belong_to("declaration__owner")
OPEN_LICENCE_POLICY.belong_to("declaration__owner", "licensee")
for _policy in (OPEN_STATEMENT_POLICY, OPEN_PAYMENT_POLICY):
    _policy.belong_to("licence__declaration__owner", "licence__licensee")
declare_reference(
    Reference(OpenDeclaration, "owner", Fate.MOVED, "what it declared stays declared by it", quiet=True),
    Reference(OpenConsent, "owner", Fate.MOVED, "it consented", quiet=True),
    Reference(
        OpenLicence,
        "licensee",
        Fate.MOVED,
        "it holds the licences that it took",
        clashes={
            "openlicence_one_at_a_time": Conflict(
                "Both took an open licence under one declaration: have one of them given up first."
            ),
            "openlicence_prepared_once": Conflict(
                "Both prepared a notice under one declaration: have one of them given up first."
            ),
        },
        quiet=True,
    ),
)
# What an owner drafts and files, nobody else reads in the history of what the office announced.
reserve_events("open_declaration", "open_consent")
