"""Who may see and change licences and what belongs to them.

Anybody, once the programme is launched, may read that a licence exists: its licensee's name. Others in the alliance
may also read from when to when it is in force. Everything else about it is for the secretariat, the programme's
finance and the licensee alone; before it is in force, for the secretariat and the licensee.
"""

from collections.abc import Sequence

from django.db.models import Q

from licensing.agreements.models import (
    BINDING_STATES,
    PARTY_STATES,
    BilateralLicence,
    Charge,
    ExchangeRate,
    Licence,
    LicenceChange,
    LicenceGrant,
    Receipt,
)
from licensing.terms.models import TermsState
from licensing.terms.policies import (
    OFFERED_STATES,
    PROGRAMME_POLICY,
    READ_PROGRAMME,
    READ_TERMS,
    READ_TERMS_DOCUMENT,
    TERMS_POLICY,
    of_own_pool,
)
from members.memberships.policies import (
    ENTITY_ROLES,
    MEMBERS,
    OFFICE_ROLES,
    holding,
    in_alliance_of_entity,
    in_own_alliance,
)
from platform_core.access.actors import COMMAND_LINE, Actor, Assignment
from platform_core.access.grants.relations import assigned, declare_conflict
from platform_core.access.policies import ACCESS_LOG_POLICY, READ_ACCESS_LOG, of_own_figures
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import (
    NOTHING,
    Relation,
    everything,
    in_alliance,
    in_operating_entity,
    own_organisation,
)
from platform_core.access.staff.policies import READ_STAFF_SESSION, STAFF_SESSION_POLICY
from platform_core.audit.events import reserve_events
from platform_core.conflicts.parties import Party, declare_party, in_conflicted_alliance, own_ties
from platform_core.identity.policies import ORGANISATION_POLICY, READ_ORGANISATION
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.roles import Purpose, Role
from platform_core.identity.ties import Holding, Tie, declare_holding, declare_tie
from pools.submissions.policies import OPINION_POLICY, READ_OPINION

READ_LICENCE_NAME = Permission("licence.read_name")
"""That there is a licence: the licensee's name."""
READ_LICENCE_DATES = Permission("licence.read_dates")
"""From when to when a licence is in force."""
READ_LICENCE = Permission("licence.read")
"""Everything about a licence, its standing and option included."""
EDIT_LICENCE = Permission("licence.edit")
GIVE_UP_PRICE = Permission("licence.give_up_price")
"""Giving up a price that is kept, or a ceiling of its renewal: what was promised to the licensee is the licensee's."""
SHARE_LICENCE = Permission("licence.share")
"""Showing one's own licence to somebody outside, such as one's counsel."""
ASSIGN_LICENCE = Permission("licence.assign")
ASSIGN_LICENCE_OPERATOR = Permission("licence.assign_operator")
ASSIGN_AUDITOR = Permission("licence.assign_auditor")
RAISE_CHARGE = Permission("licence.raise_charge")
RECORD_RECEIPT = Permission("licence.record_receipt")
RECORD_BILATERAL = Permission("licence.record_bilateral")
"""Taking over what an older record says, without asking the member; new ones are claimed (`licensing.bilaterals`)."""
DRAFT_LICENCE = Permission("programme.draft_licence")
SET_EXCHANGE_RATE = Permission("programme.set_exchange_rate")

READ_LICENCE_CHANGE = Permission("licence_change.read")
EDIT_LICENCE_CHANGE = Permission("licence_change.edit")
READ_CHARGE = Permission("charge.read")
CANCEL_CHARGE = Permission("charge.cancel")
READ_BILATERAL = Permission("bilateral_licence.read")
END_BILATERAL = Permission("bilateral_licence.end")
READ_EXCHANGE_RATE = Permission("exchange_rate.read")
EDIT_EXCHANGE_RATE = Permission("exchange_rate.edit")
READ_RECEIPT = Permission("receipt.read")


def _licensed_to_own_organisation(path: str) -> Relation:
    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        if actor.organisation_id is None:
            return NOTHING
        own = Licence.objects.filter(licensee=actor.organisation_id)
        return Q(**{f"{path}__in": own.order_by().values("programme")})

    return Relation("of a programme the own organisation has a licence under", reach, path if path != "pk" else "")


def _licensed_pool(path: str) -> Relation:
    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        if actor.organisation_id is None:
            return NOTHING
        own = Licence.objects.filter(licensee=actor.organisation_id)
        return Q(**{f"{path}__in": own.order_by().values("programme__pool")})

    return Relation("of a pool the own organisation has a licence under", reach, path)


def _licensed_in_the_alliance() -> Relation:
    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        if actor.organisation_id is None:
            return NOTHING
        own = Licence.objects.filter(licensee=actor.organisation_id)
        return Q(alliance__in=own.order_by().values("programme__alliance"))

    return Relation("of an alliance the own organisation has a licence in", reach)


_BINDING = Q(state__in=[state.value for state in BINDING_STATES])
_FINANCE_OF_LICENCE = in_operating_entity("licence__programme__operating_entity")
_LICENSEE_OF_LICENCE = own_organisation("licence__licensee")
_STAFF_OF_LICENCE = in_alliance("licence__programme__alliance")

_READ_NAME_AND_DATES = frozenset({READ_LICENCE_NAME, READ_LICENCE_DATES})

LICENCE_POLICY = register(
    Policy(
        Licence,
        read=READ_LICENCE_NAME,
        read_contents=READ_LICENCE,
        rules=[
            allow(
                Role.SECRETARIAT,
                {*_READ_NAME_AND_DATES, READ_LICENCE, EDIT_LICENCE, ASSIGN_LICENCE},
                in_alliance("programme__alliance"),
            ),
            allow(Role.OPERATIONS_HEAD, ASSIGN_LICENCE_OPERATOR, in_alliance("programme__alliance")),
            allow(
                (Role.OPERATOR, Role.LEGAL, Role.AUDITOR),
                {*_READ_NAME_AND_DATES, READ_LICENCE},
                assigned(Licence),
            ),
            allow(
                Role.FINANCE,
                {
                    *_READ_NAME_AND_DATES,
                    READ_LICENCE,
                    RAISE_CHARGE,
                    RECORD_RECEIPT,
                    ASSIGN_AUDITOR,
                },
                # What is being agreed is between the office and whoever is to take it.
                in_operating_entity("programme__operating_entity").narrowed(_BINDING, "once in force"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(
                Role.LICENSEE,
                {*_READ_NAME_AND_DATES, READ_LICENCE, SHARE_LICENCE, GIVE_UP_PRICE},
                own_organisation("licensee"),
            ),
            allow(
                Audience.STAFF,
                {*_READ_NAME_AND_DATES, READ_LICENCE},
                in_alliance("programme__alliance").narrowed(_BINDING, "once in force"),
            ),
            allow(
                (*OFFICE_ROLES, Role.AUTHORITY),
                _READ_NAME_AND_DATES,
                in_alliance("programme__alliance").narrowed(_BINDING, "once in force"),
            ),
            allow(
                ENTITY_ROLES,
                _READ_NAME_AND_DATES,
                in_alliance_of_entity("programme__alliance").narrowed(_BINDING, "once in force"),
            ),
            allow(
                MEMBERS,
                _READ_NAME_AND_DATES,
                in_own_alliance("programme__alliance").narrowed(_BINDING, "once in force"),
            ),
            allow(
                Audience.PUBLIC,
                READ_LICENCE_NAME,
                everything().narrowed(
                    _BINDING & Q(programme__state__in=OFFERED_STATES), "once in force, when launched"
                ),
            ),
            allow(
                COMMAND_LINE,
                {
                    *_READ_NAME_AND_DATES,
                    READ_LICENCE,
                    EDIT_LICENCE,
                    GIVE_UP_PRICE,
                    RAISE_CHARGE,
                    RECORD_RECEIPT,
                    RECORD_BILATERAL,
                },
                everything(),
            ),
        ],
    )
)

LICENCE_POLICY.give(
    LicenceGrant,
    actions={
        READ_LICENCE_NAME: SHARE_LICENCE,
        READ_LICENCE_DATES: SHARE_LICENCE,
        READ_LICENCE: SHARE_LICENCE,
    },
    roles={
        Role.OPERATOR: ASSIGN_LICENCE_OPERATOR,
        Role.LEGAL: ASSIGN_LICENCE,
        Role.AUDITOR: ASSIGN_AUDITOR,
    },
    # That counsel is put on its licence, why and until when, is nothing for the licensee. Its auditor comes to it.
    quiet={Role.LEGAL, Role.OPERATOR},
)


def _licensed_where_one_works(actor: Actor) -> Q:
    """Licences of an organisation that the person is tied to: nobody audits or runs their own."""
    return Q(licensee__in=own_ties(actor)) if actor.user_id is not None else NOTHING


declare_conflict(Licence, _licensed_where_one_works)

LICENCE_CHANGE_POLICY = register(
    Policy(
        LicenceChange,
        read=READ_LICENCE_CHANGE,
        rules=[
            allow(
                Role.SECRETARIAT,
                {READ_LICENCE_CHANGE, EDIT_LICENCE_CHANGE},
                in_alliance("licence__programme__alliance"),
            ),
            allow(Role.FINANCE, READ_LICENCE_CHANGE, _FINANCE_OF_LICENCE, purpose=Purpose.ROYALTIES),
            allow(Role.AUDITOR, READ_LICENCE_CHANGE, assigned(Licence, "licence")),
            allow(Role.LICENSEE, READ_LICENCE_CHANGE, _LICENSEE_OF_LICENCE),
            allow(Audience.STAFF, READ_LICENCE_CHANGE, _STAFF_OF_LICENCE),
            allow(COMMAND_LINE, {READ_LICENCE_CHANGE, EDIT_LICENCE_CHANGE}, everything()),
        ],
    )
)

CHARGE_POLICY = register(
    Policy(
        Charge,
        read=READ_CHARGE,
        rules=[
            allow(Role.FINANCE, {READ_CHARGE, CANCEL_CHARGE}, _FINANCE_OF_LICENCE, purpose=Purpose.ROYALTIES),
            allow(Role.LICENSEE, READ_CHARGE, _LICENSEE_OF_LICENCE),
            allow(Audience.STAFF, READ_CHARGE, _STAFF_OF_LICENCE),
            allow(Role.AUDITOR, READ_CHARGE, assigned(Licence, "licence")),
            allow(COMMAND_LINE, {READ_CHARGE, CANCEL_CHARGE}, everything()),
        ],
    )
)

BILATERAL_POLICY = register(
    Policy(
        BilateralLicence,
        read=READ_BILATERAL,
        rules=[
            allow(Role.FINANCE, {READ_BILATERAL, END_BILATERAL}, _FINANCE_OF_LICENCE, purpose=Purpose.ROYALTIES),
            allow(Role.LICENSEE, READ_BILATERAL, _LICENSEE_OF_LICENCE),
            allow(Audience.STAFF, READ_BILATERAL, _STAFF_OF_LICENCE),
            allow(
                (Role.MEMBER_ADMIN, Role.MEMBER_FINANCE),
                READ_BILATERAL,
                own_organisation("member__membership__organisation"),
            ),
            allow(COMMAND_LINE, {READ_BILATERAL, END_BILATERAL}, everything()),
        ],
    )
)

EXCHANGE_RATE_POLICY = register(
    Policy(
        ExchangeRate,
        read=READ_EXCHANGE_RATE,
        rules=[
            allow(
                Role.FINANCE,
                {READ_EXCHANGE_RATE, EDIT_EXCHANGE_RATE},
                in_operating_entity("programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow((Role.SECRETARIAT, Audience.STAFF), READ_EXCHANGE_RATE, in_alliance("programme__alliance")),
            allow(MEMBERS, READ_EXCHANGE_RATE, of_own_pool("programme__pool")),
            allow(Role.LICENSEE, READ_EXCHANGE_RATE, _licensed_to_own_organisation("programme")),
            allow(COMMAND_LINE, {READ_EXCHANGE_RATE, EDIT_EXCHANGE_RATE}, everything()),
        ],
    )
)

RECEIPT_POLICY = register(
    Policy(
        Receipt,
        read=READ_RECEIPT,
        rules=[
            allow(Role.FINANCE, READ_RECEIPT, _FINANCE_OF_LICENCE, purpose=Purpose.ROYALTIES),
            allow(Role.LICENSEE, READ_RECEIPT, _LICENSEE_OF_LICENCE),
            allow(Audience.STAFF, READ_RECEIPT, _STAFF_OF_LICENCE),
            allow(Role.AUDITOR, READ_RECEIPT, assigned(Licence, "licence")),
            allow(COMMAND_LINE, READ_RECEIPT, everything()),
        ],
    )
)

PROGRAMME_POLICY.extend(
    allow(Role.SECRETARIAT, DRAFT_LICENCE, in_alliance()),
    allow(Role.FINANCE, SET_EXCHANGE_RATE, in_operating_entity(), purpose=Purpose.ROYALTIES),
    allow(Role.LICENSEE, READ_PROGRAMME, _licensed_to_own_organisation("pk")),
    allow(COMMAND_LINE, {DRAFT_LICENCE, SET_EXCHANGE_RATE}, everything()),
)
OPINION_POLICY.extend(
    allow(
        Role.LICENSEE,
        READ_OPINION,
        _licensed_pool("submission__pool").narrowed(Q(final_on__isnull=False), "once final"),
    ),
)
TERMS_POLICY.extend(
    allow(
        Role.LICENSEE,
        {READ_TERMS, READ_TERMS_DOCUMENT},
        _licensed_to_own_organisation("programme").narrowed(Q(state=TermsState.PUBLISHED), "published"),
    ),
)
ORGANISATION_POLICY.extend(
    allow(Audience.PUBLIC, READ_ORGANISATION, holding(READ_LICENCE_NAME, Licence, "licensee")),
)
STAFF_SESSION_POLICY.extend(allow(Role.LICENSEE, READ_STAFF_SESSION, _licensed_in_the_alliance()))
declare_tie(Tie(Licence, "licensee", "programme__alliance"))
declare_holding(Holding(Licence, "licensee"))
ACCESS_LOG_POLICY.extend(allow(Role.LICENSEE, READ_ACCESS_LOG, of_own_figures(Licence)))
declare_party(
    Party(
        Licence,
        "licensee",
        "programme__alliance",
        lambda day: Q(state__in=PARTY_STATES) & (Q(ends_on=None) | Q(ends_on__gte=day)),
    )
)
declare_conflict(Licence, in_conflicted_alliance("programme__alliance"))
LICENCE_POLICY.belong_to("licensee")
for _policy in (LICENCE_CHANGE_POLICY, CHARGE_POLICY, BILATERAL_POLICY, RECEIPT_POLICY):
    _policy.belong_to("licence__licensee")
declare_reference(Reference(Licence, "licensee", Fate.MOVED, "it holds the licences that it signed"))
reserve_events(
    "programme.licences_taken_over",
    "programme.licence_changes_recorded",
    "programme.charges_raised",
    "programme.receipts_recorded",
    "programme.bilaterals_recorded",
    "programme.exchange_rates_set",
)
