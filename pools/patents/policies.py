"""Who may see and change patents; a pool's list opens further ones from above."""

from collections.abc import Sequence

from django.db.models import Q

from members.memberships.policies import MEMBERS, current_memberships, holding, today_in
from platform_core.access.actors import COMMAND_LINE, Actor, Assignment
from platform_core.access.grants.relations import assigned, declare_conflict
from platform_core.access.kernel import follows
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import NOTHING, Relation, everything, in_alliance, own_organisation
from platform_core.audit.events import reserve_events
from platform_core.conflicts.parties import own_ties
from platform_core.connections.policies import CONNECTION_WORK
from platform_core.exchange.models import Import
from platform_core.exchange.policies import IMPORT_WORK, READ_IMPORT
from platform_core.identity.policies import ALLIANCE_POLICY
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.roles import Role
from platform_core.identity.ties import Holding, Tie, declare_holding, declare_tie
from platform_core.problems import Conflict
from pools.patents.models import (
    Bibliography,
    Difference,
    Encumbrance,
    ImportedEvent,
    ImportedPatent,
    LegalEvent,
    OutsideRecord,
    Ownership,
    Patent,
    PatentFamily,
    PatentGrant,
    PatentWords,
    Publication,
    Source,
)

READ_PATENT = Permission("patent.read")
EDIT_PATENT = Permission("patent.edit")
RECORD_OWNERSHIP = Permission("patent.record_ownership")
SHARE_PATENT = Permission("patent.share")
"""Letting others see or work on one patent: its owner's to decide."""
ASSIGN_PATENT = Permission("patent.assign")
ASSIGN_PATENT_OPERATOR = Permission("patent.assign_operator")
REGISTER_PATENT = Permission("alliance.register_patent")
READ_FAMILY = Permission("patent_family.read")
READ_OWNERSHIP = Permission("ownership.read")
READ_PUBLICATION = Permission("publication.read")
READ_BIBLIOGRAPHY = Permission("bibliography.read")
READ_WORDS = Permission("patent_words.read")
READ_SOURCE = Permission("patent_source.read")
READ_IMPORTED_PATENT = Permission("imported_patent.read")
READ_LEGAL_EVENT = Permission("legal_event.read")
READ_IMPORTED_EVENT = Permission("imported_event.read")
READ_OUTSIDE_RECORD = Permission("outside_record.read")
READ_DIFFERENCE = Permission("difference.read")
DECIDE_DIFFERENCE = Permission("difference.decide")
READ_ENCUMBRANCE = Permission("encumbrance.read")
END_ENCUMBRANCE = Permission("encumbrance.end")

PATENT_DESK = (Role.MEMBER_ADMIN, Role.MEMBER_STAFF)
"""The seats of a member that work on its patents."""


def owned(*, now: bool) -> Relation:
    """Reach patents that the actor's organisation owns a part of, now or at any time."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        if actor.organisation_id is None:
            return NOTHING
        parts = Ownership.objects.filter(owner=actor.organisation_id)
        if now:
            day = today_in(actor, "alliance__zone")
            parts = parts.filter(
                Q(from_on__isnull=True) | Q(from_on__lte=day),
                Q(to_on__isnull=True) | Q(to_on__gt=day),
                alliance__in=current_memberships(actor).order_by().values("alliance"),
            )
        return Q(pk__in=parts.order_by().values("patent"))

    return Relation("owned by the own organisation" if now else "once owned by the own organisation", reach)


PATENT_POLICY = register(
    Policy(
        Patent,
        read=READ_PATENT,
        rules=[
            allow((Role.SECRETARIAT, Role.OPERATIONS_HEAD, Audience.STAFF), READ_PATENT, in_alliance()),
            allow(Role.SECRETARIAT, {EDIT_PATENT, RECORD_OWNERSHIP, ASSIGN_PATENT}, in_alliance()),
            allow(Role.OPERATIONS_HEAD, ASSIGN_PATENT_OPERATOR, in_alliance()),
            allow(MEMBERS, READ_PATENT, owned(now=False)),
            allow(PATENT_DESK, {EDIT_PATENT, SHARE_PATENT}, owned(now=True)),
            allow(Role.OPERATOR, {READ_PATENT, EDIT_PATENT}, assigned(Patent)),
            allow((Role.LEGAL, Role.EVALUATOR, Role.EXPERT), READ_PATENT, assigned(Patent)),
            allow(COMMAND_LINE, {READ_PATENT, EDIT_PATENT, RECORD_OWNERSHIP}, everything()),
        ],
    )
)

PATENT_POLICY.give(
    PatentGrant,
    actions={READ_PATENT: SHARE_PATENT, EDIT_PATENT: SHARE_PATENT},
    roles={
        Role.OPERATOR: ASSIGN_PATENT_OPERATOR,
        Role.LEGAL: ASSIGN_PATENT,
        Role.EVALUATOR: ASSIGN_PATENT,
        Role.EXPERT: ASSIGN_PATENT,
    },
)


def _owned_where_one_works(actor: Actor) -> Q:
    """Patents ever owned by an organisation that the person is tied to, by a seat, a declared tie or an affiliate."""
    if actor.user_id is None:
        return NOTHING
    return Q(pk__in=Ownership.objects.filter(owner__in=own_ties(actor)).order_by().values("patent"))


declare_conflict(Patent, _owned_where_one_works)

FAMILY_POLICY = register(
    Policy(
        PatentFamily,
        read=READ_FAMILY,
        rules=[
            allow((Role.SECRETARIAT, Audience.STAFF), READ_FAMILY, in_alliance()),
            allow(Audience.PUBLIC, READ_FAMILY, holding(READ_PATENT, Patent, "family")),
            allow(COMMAND_LINE, READ_FAMILY, everything()),
        ],
    )
)

OWNERSHIP_POLICY = register(
    Policy(
        Ownership,
        read=READ_OWNERSHIP,
        rules=[allow((Audience.PUBLIC, COMMAND_LINE), READ_OWNERSHIP, follows("patent", READ_PATENT, Patent))],
    )
)

PUBLICATION_POLICY = register(
    Policy(
        Publication,
        read=READ_PUBLICATION,
        rules=[allow((Audience.PUBLIC, COMMAND_LINE), READ_PUBLICATION, follows("patent", READ_PATENT, Patent))],
    )
)

WORDS_POLICY = register(
    Policy(
        PatentWords,
        read=READ_WORDS,
        rules=[allow((Audience.PUBLIC, COMMAND_LINE), READ_WORDS, follows("patent", READ_PATENT, Patent))],
    )
)

BIBLIOGRAPHY_POLICY = register(
    Policy(
        Bibliography,
        read=READ_BIBLIOGRAPHY,
        rules=[allow((Audience.PUBLIC, COMMAND_LINE), READ_BIBLIOGRAPHY, follows("patent", READ_PATENT, Patent))],
    )
)

SOURCE_POLICY = register(
    Policy(
        Source,
        read=READ_SOURCE,
        rules=[
            allow((Role.SECRETARIAT, Audience.STAFF), READ_SOURCE, in_alliance()),
            # A file's name can tell whose it is: whoever brought one in sees it, and the office.
            allow(PATENT_DESK, READ_SOURCE, own_organisation()),
            allow(COMMAND_LINE, READ_SOURCE, everything()),
        ],
    )
)

IMPORTED_PATENT_POLICY = register(
    Policy(
        ImportedPatent,
        read=READ_IMPORTED_PATENT,
        rules=[
            allow((Role.SECRETARIAT, Audience.STAFF), READ_IMPORTED_PATENT, follows("of_import", READ_IMPORT, Import)),
            allow((COMMAND_LINE, IMPORT_WORK), READ_IMPORTED_PATENT, everything()),
        ],
    )
)
IMPORTED_EVENT_POLICY = register(
    Policy(
        ImportedEvent,
        read=READ_IMPORTED_EVENT,
        rules=[
            allow((Role.SECRETARIAT, Audience.STAFF), READ_IMPORTED_EVENT, follows("of_import", READ_IMPORT, Import)),
            allow((COMMAND_LINE, IMPORT_WORK), READ_IMPORTED_EVENT, everything()),
        ],
    )
)
for _policy in (IMPORTED_PATENT_POLICY, IMPORTED_EVENT_POLICY):
    _policy.belong_to("of_import__organisation")

SOURCE_POLICY.belong_to("organisation")

LEGAL_EVENT_POLICY = register(
    Policy(
        LegalEvent,
        read=READ_LEGAL_EVENT,
        rules=[allow((Audience.PUBLIC, COMMAND_LINE), READ_LEGAL_EVENT, follows("patent", READ_PATENT, Patent))],
    )
)

# What is doubtful about a patent, and what an agent's docket says of it, is no public data: it is for those who keep
# the record, and they decide what it is to say.
_KEEPERS = (Role.SECRETARIAT, *PATENT_DESK, Role.OPERATOR)

OUTSIDE_RECORD_POLICY = register(
    Policy(
        OutsideRecord,
        read=READ_OUTSIDE_RECORD,
        rules=[
            allow(_KEEPERS, READ_OUTSIDE_RECORD, follows("patent", EDIT_PATENT, Patent)),
            allow(Audience.STAFF, READ_OUTSIDE_RECORD, in_alliance("patent__alliance")),
            allow(COMMAND_LINE, READ_OUTSIDE_RECORD, everything()),
        ],
    )
)

DIFFERENCE_POLICY = register(
    Policy(
        Difference,
        read=READ_DIFFERENCE,
        rules=[
            allow(_KEEPERS, {READ_DIFFERENCE, DECIDE_DIFFERENCE}, follows("patent", EDIT_PATENT, Patent)),
            allow(Audience.STAFF, READ_DIFFERENCE, in_alliance("patent__alliance")),
            allow(COMMAND_LINE, {READ_DIFFERENCE, DECIDE_DIFFERENCE}, everything()),
        ],
    )
)
# A register tells everybody of some; a contract that is not recorded is the owner's own business.
ENCUMBRANCE_POLICY = register(
    Policy(
        Encumbrance,
        read=READ_ENCUMBRANCE,
        rules=[
            allow(
                Audience.PUBLIC,
                READ_ENCUMBRANCE,
                follows("patent", READ_PATENT, Patent).narrowed(Q(is_public=True), "told by a register"),
            ),
            allow(_KEEPERS, {READ_ENCUMBRANCE, END_ENCUMBRANCE}, follows("patent", EDIT_PATENT, Patent)),
            allow(Audience.STAFF, READ_ENCUMBRANCE, in_alliance("patent__alliance")),
            allow(COMMAND_LINE, {READ_ENCUMBRANCE, END_ENCUMBRANCE}, everything()),
        ],
    )
)
for _policy in (OUTSIDE_RECORD_POLICY, DIFFERENCE_POLICY, ENCUMBRANCE_POLICY):
    _policy.belong_to("patent__ownerships__owner")

ALLIANCE_POLICY.extend(allow(Role.SECRETARIAT, REGISTER_PATENT, in_alliance("pk")))
ALLIANCE_POLICY.extend(allow((COMMAND_LINE, IMPORT_WORK, CONNECTION_WORK), REGISTER_PATENT, everything()))
declare_tie(Tie(Ownership, "owner", "alliance"))
declare_holding(Holding(Ownership, "owner"))
declare_reference(
    Reference(
        Ownership,
        "owner",
        Fate.MOVED,
        "it owns what it owned",
        clashes={
            "ownership_once_at_a_time": Conflict(
                "Both own the same patent at the same time: correct its owners first, so that one of them does."
            )
        },
    )
)
declare_reference(Reference(Source, "organisation", Fate.MOVED, "what it brought in stays what it brought in"))
reserve_events("alliance.patents_registered", "alliance.owners_recorded")
