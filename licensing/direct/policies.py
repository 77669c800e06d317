"""Who may see and grant licences outside a programme: their two sides, and the office that grants for an entity.

No rival of a side, no co-owner and no office that grants nothing itself learns that there is such a licence.
"""

from typing import Final

from django.db.models import Q

from licensing.direct.models import DirectKind, DirectLicence, LicensedPatent, OwnerConsent
from members.charter.models import BindingAct
from members.charter.policies import may_bind
from members.memberships.policies import in_own_alliance
from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.access.kernel import follows
from platform_core.access.registry import Audience, Guard, Permission, Policy, allow, register
from platform_core.access.relations import everything, in_alliance, in_operating_entity, own_organisation
from platform_core.documents.subjects import declare_subject
from platform_core.identity.policies import ALLIANCE_POLICY
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.roles import Purpose, Role
from platform_core.identity.ties import Holding, declare_holding
from platform_core.problems import Conflict
from pools.patents.policies import PATENT_DESK

READ_DIRECT_LICENCE = Permission("direct_licence.read")
EDIT_DIRECT_LICENCE = Permission("direct_licence.edit")
"""Drafting, sending and taking back, with the papers that show consents and signatures on paper."""
COUNTERSIGN_DIRECT_LICENCE = Permission("direct_licence.countersign")
TERMINATE_DIRECT_LICENCE = Permission("direct_licence.terminate")
SIGN_DIRECT_LICENCE = Permission("direct_licence.sign")
"""Signing for the licensee."""
SUBLICENSE = Permission("direct_licence.sublicense")
GRANT_DIRECT_LICENCE = Permission("alliance.grant_direct_licence")
"""Drafting licences on patents of one's own organisation."""
GRANT_FOR_ENTITY = Permission("alliance.grant_direct_licence_for_entity")
"""Drafting licences that an operating entity grants by a power over others' patents."""
READ_LICENSED_PATENT = Permission("licensed_patent.read")
READ_OWNER_CONSENT = Permission("owner_consent.read")

_BY_ENTITY = Q(operating_entity__isnull=False)
_SENT = Q(sent_at__isnull=False)
_SUB = Q(kind=DirectKind.SUB)

DIRECT_LICENCE_POLICY = register(
    Policy(
        DirectLicence,
        read=READ_DIRECT_LICENCE,
        no_staff="it is between its two sides, and no part of what an alliance runs",
        rules=[
            allow(
                PATENT_DESK,
                {READ_DIRECT_LICENCE, EDIT_DIRECT_LICENCE},
                own_organisation("licensor").narrowed(~_BY_ENTITY, "granted by itself"),
            ),
            allow(
                Role.MEMBER_ADMIN,
                {COUNTERSIGN_DIRECT_LICENCE, TERMINATE_DIRECT_LICENCE},
                own_organisation("licensor").narrowed(~_BY_ENTITY, "granted by itself"),
            ),
            # Whoever holds a licence for a firm may pass it on, and what the firm owns is another desk's.
            allow(
                Role.LICENSEE,
                {
                    READ_DIRECT_LICENCE,
                    EDIT_DIRECT_LICENCE,
                    COUNTERSIGN_DIRECT_LICENCE,
                    TERMINATE_DIRECT_LICENCE,
                },
                own_organisation("licensor").narrowed(_SUB, "granted under a licence of its own"),
            ),
            allow(
                Role.MEMBER_FINANCE,
                READ_DIRECT_LICENCE,
                own_organisation("licensor").narrowed(~_BY_ENTITY, "granted by itself"),
            ),
            allow(
                (*PATENT_DESK, Role.MEMBER_FINANCE, Role.LICENSEE),
                READ_DIRECT_LICENCE,
                own_organisation("licensee").narrowed(_SENT, "once sent"),
            ),
            allow(
                (Role.MEMBER_ADMIN, Role.LICENSEE),
                {SIGN_DIRECT_LICENCE, SUBLICENSE},
                own_organisation("licensee").narrowed(_SENT, "once sent"),
            ),
            allow(
                Role.SECRETARIAT,
                {
                    READ_DIRECT_LICENCE,
                    EDIT_DIRECT_LICENCE,
                    COUNTERSIGN_DIRECT_LICENCE,
                    TERMINATE_DIRECT_LICENCE,
                },
                in_alliance().narrowed(_BY_ENTITY, "granted by an operating entity"),
            ),
            allow(Role.FINANCE, READ_DIRECT_LICENCE, in_operating_entity(), purpose=Purpose.ROYALTIES),
            allow(COMMAND_LINE, READ_DIRECT_LICENCE, everything()),
        ],
    )
)


def _may_grant(actor: Actor) -> Q:
    return may_bind("licensor", BindingAct.CONTRACT)(actor) | _BY_ENTITY


NO_AUTHORITY: Final = (
    "Your seat has no recorded authority to sign contracts for this member: send the office a letter of authority."
)
_SAME_PERSON = "Whoever recorded the licensee's signature does not countersign: somebody else has to."
_DRAFTED_IT = "Whoever drafted it for the licensor does not sign for the licensee: somebody else has to."


def _drafted_by_another(actor: Actor) -> Q:
    return Q(drafted_by=None) | ~Q(drafted_by=actor.user_id)


def _signed_by_another(actor: Actor) -> Q:
    return Q(signed_by=None) | ~Q(signed_by=actor.user_id)


DIRECT_LICENCE_POLICY.guard(
    Guard(SIGN_DIRECT_LICENCE, NO_AUTHORITY, may_bind("licensee", BindingAct.CONTRACT)),
    Guard(SIGN_DIRECT_LICENCE, _DRAFTED_IT, _drafted_by_another),
    Guard(COUNTERSIGN_DIRECT_LICENCE, NO_AUTHORITY, _may_grant),
    Guard(COUNTERSIGN_DIRECT_LICENCE, _SAME_PERSON, _signed_by_another),
    Guard(TERMINATE_DIRECT_LICENCE, NO_AUTHORITY, _may_grant),
)

_BETWEEN_TWO = "it is between the two sides of its licence"
LICENSED_PATENT_POLICY = register(
    Policy(
        LicensedPatent,
        read=READ_LICENSED_PATENT,
        no_staff=_BETWEEN_TWO,
        rules=[
            allow(
                (Audience.SIGNED_IN, COMMAND_LINE),
                READ_LICENSED_PATENT,
                follows("licence", READ_DIRECT_LICENCE, DirectLicence),
            )
        ],
    )
)
OWNER_CONSENT_POLICY = register(
    Policy(
        OwnerConsent,
        read=READ_OWNER_CONSENT,
        no_staff=_BETWEEN_TWO,
        rules=[
            allow(
                (Audience.SIGNED_IN, COMMAND_LINE),
                READ_OWNER_CONSENT,
                follows("licence", READ_DIRECT_LICENCE, DirectLicence),
            )
        ],
    )
)

ALLIANCE_POLICY.extend(
    allow(PATENT_DESK, GRANT_DIRECT_LICENCE, in_own_alliance("pk")),
    allow(Role.SECRETARIAT, GRANT_FOR_ENTITY, in_alliance("pk")),
)
declare_subject(DirectLicence, read=READ_DIRECT_LICENCE, attach=EDIT_DIRECT_LICENCE)
declare_holding(Holding(DirectLicence, "licensee"))
declare_holding(Holding(DirectLicence, "licensor"))
DIRECT_LICENCE_POLICY.belong_to("licensor", "licensee")
for _policy in (LICENSED_PATENT_POLICY, OWNER_CONSENT_POLICY):
    _policy.belong_to("licence__licensor", "licence__licensee")
_ONE_SIDE = Conflict("Both are sides of one licence: end that licence first, which nobody grants to itself.")
declare_reference(
    Reference(
        DirectLicence,
        "licensor",
        Fate.MOVED,
        "what it licensed stays licensed by it",
        clashes={
            "directlicence_has_two_sides": _ONE_SIDE,
            "directlicence_code_once_of_licensor": Conflict("Both gave licences one code: give one of them another."),
        },
        quiet=True,
    ),
    Reference(
        DirectLicence,
        "licensee",
        Fate.MOVED,
        "it holds the licences that it took",
        clashes={"directlicence_has_two_sides": _ONE_SIDE},
        quiet=True,
    ),
    Reference(OwnerConsent, "owner", Fate.MOVED, "it consented", quiet=True),
)
