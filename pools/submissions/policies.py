"""Who may see and do what with calls, submissions, panels and opinions.

A submission is its owner's and the office's; rivals learn of it what comes out in the end. Evaluators see what they
are assigned to, while they are, and nothing of an owner they are tied to. The owner reads an opinion once it is given,
and never who is on the panel.
"""

from collections.abc import Sequence

from django.db.models import Q

from members.memberships.policies import MEMBERS, OFFICE_ROLES, holding, in_alliance_of_entity, in_own_alliance
from platform_core.access.actors import COMMAND_LINE, Actor, Assignment
from platform_core.access.grants.relations import assigned, declare_conflict
from platform_core.access.kernel import follows
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import NOTHING, Relation, everything, in_alliance, own_organisation
from platform_core.conflicts.parties import own_ties
from platform_core.documents.subjects import declare_subject
from platform_core.identity.roles import Purpose, Role
from pools.charts.policies import CLAIM_CHART_POLICY, READ_CLAIM_CHART
from pools.composition.policies import POOL_POLICY
from pools.patents.models import Ownership
from pools.patents.policies import PATENT_DESK, PATENT_POLICY, READ_PATENT, owned
from pools.submissions.models import (
    Call,
    CallAudience,
    CallState,
    Finding,
    Opinion,
    OpinionState,
    Panel,
    PanelGrant,
    Submission,
    SubmissionClaim,
)

READ_CALL = Permission("call.read")
EDIT_CALL = Permission("call.edit")
CALL_FOR_PATENTS = Permission("pool.call_for_patents")
SUBMIT_PATENT = Permission("patent.submit")

READ_SUBMISSION = Permission("submission.read")
EDIT_SUBMISSION = Permission("submission.edit")
"""What its owner does with it: writing, filing and withdrawing it, asking for another look."""
HANDLE_SUBMISSION = Permission("submission.handle")
"""What the office does with it: checking, listing, bringing it to an end."""
APPOINT_PANEL = Permission("submission.appoint_panel")
READ_SUBMISSION_CLAIM = Permission("submission_claim.read")

READ_PANEL = Permission("panel.read")
ASSIGN_EVALUATOR = Permission("panel.assign_evaluator")

READ_OPINION = Permission("opinion.read")
"""That there is an opinion, and what it comes to."""
READ_OPINION_REASONS = Permission("opinion.read_reasons")
"""All of it: why, claim by claim, and how its panel voted."""
WRITE_OPINION = Permission("opinion.write")
VOICE_OPINION = Permission("opinion.voice")
BEGIN_OPINION = Permission("submission.begin_opinion")
READ_FINDING = Permission("finding.read")

EVERY_SEAT = ("lead", "first_assistant", "second_assistant")
ASSISTANTS = EVERY_SEAT[1:]


def on_panel(path: str, *columns: str) -> Relation:
    """Reach rows whose panel, found along a path, the acting seat is assigned to now, in one of these places.

    Two things have to hold: the assignment, which ends with its day, and the place on the panel, which is one of three.
    """

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        rows = assigned(Panel).reach(actor, assignments)
        if rows is NOTHING or actor.seat_id is None:
            return NOTHING
        place = NOTHING
        for column in columns:
            place = place | Q(**{column: actor.seat_id})
        if path == "pk":
            return rows & place
        return Q(**{f"{path}__in": Panel._base_manager.filter(rows & place).order_by().values("pk")})

    where = "on a panel" if columns == EVERY_SEAT else "in a certain place on a panel"
    return Relation(f"evaluated by those {where}, as assigned", reach, by_assignment=True)


def _submitted_for_evaluation() -> Relation:
    """Reach patents of submissions whose panel the acting seat is assigned to now."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        rows = Submission.objects.filter(on_panel("panel", *EVERY_SEAT).reach(actor, assignments))
        return Q(pk__in=rows.order_by().values("patent"))

    return Relation("submitted to a pool, with a panel that was assigned", reach, by_assignment=True)


_PUBLISHED = ~Q(state=CallState.DRAFT)
_FOR_ANYBODY = Q(audience=CallAudience.PUBLIC) & _PUBLISHED
_ONCE_PUBLISHED = "once published"
_SUBMITTED = Q(submitted_at__isnull=False)
_ONCE_SUBMITTED = "once submitted"
_GIVEN = Q(state=OpinionState.GIVEN)
_FINAL = Q(final_on__isnull=False)
_ONCE_FINAL = "once final"

CALL_POLICY = register(
    Policy(
        Call,
        read=READ_CALL,
        rules=[
            allow(Role.SECRETARIAT, {READ_CALL, EDIT_CALL}, in_alliance("pool__alliance")),
            allow(
                (*OFFICE_ROLES, Role.AUTHORITY, Audience.STAFF),
                READ_CALL,
                in_alliance("pool__alliance").narrowed(_PUBLISHED, _ONCE_PUBLISHED),
            ),
            allow(
                (Role.OPERATOR, Role.OPERATIONS_HEAD),
                READ_CALL,
                in_alliance_of_entity("pool__alliance").narrowed(_PUBLISHED, _ONCE_PUBLISHED),
            ),
            allow(MEMBERS, READ_CALL, in_own_alliance("pool__alliance").narrowed(_PUBLISHED, _ONCE_PUBLISHED)),
            allow(Audience.PUBLIC, READ_CALL, everything().narrowed(_FOR_ANYBODY, "called for from anybody")),
            allow(COMMAND_LINE, {READ_CALL, EDIT_CALL}, everything()),
        ],
    )
)
POOL_POLICY.extend(
    allow(Role.SECRETARIAT, CALL_FOR_PATENTS, in_alliance()),
    allow(COMMAND_LINE, CALL_FOR_PATENTS, everything()),
)

SUBMISSION_POLICY = register(
    Policy(
        Submission,
        read=READ_SUBMISSION,
        rules=[
            # What an owner has only begun to write is nobody else's.
            allow(
                Role.SECRETARIAT,
                {READ_SUBMISSION, HANDLE_SUBMISSION, APPOINT_PANEL},
                in_alliance("pool__alliance").narrowed(_SUBMITTED, _ONCE_SUBMITTED),
            ),
            allow(
                (*OFFICE_ROLES, Audience.STAFF),
                READ_SUBMISSION,
                in_alliance("pool__alliance").narrowed(_SUBMITTED, _ONCE_SUBMITTED),
            ),
            allow(
                (Role.OPERATOR, Role.OPERATIONS_HEAD),
                READ_SUBMISSION,
                in_alliance_of_entity("pool__alliance").narrowed(_SUBMITTED, _ONCE_SUBMITTED),
            ),
            allow(PATENT_DESK, {READ_SUBMISSION, EDIT_SUBMISSION}, own_organisation("membership__organisation")),
            allow(Role.EVALUATOR, READ_SUBMISSION, on_panel("panel", *EVERY_SEAT)),
            allow(Role.EVALUATOR, BEGIN_OPINION, on_panel("panel", "lead")),
            allow(COMMAND_LINE, READ_SUBMISSION, everything()),
        ],
    )
)
declare_subject(Submission, read=READ_SUBMISSION, attach=EDIT_SUBMISSION)
PATENT_POLICY.extend(
    allow(PATENT_DESK, SUBMIT_PATENT, owned(now=True)),
    allow(Role.EVALUATOR, READ_PATENT, _submitted_for_evaluation()),
)

SUBMISSION_CLAIM_POLICY = register(
    Policy(
        SubmissionClaim,
        read=READ_SUBMISSION_CLAIM,
        rules=[
            allow(
                (Audience.SIGNED_IN, COMMAND_LINE),
                READ_SUBMISSION_CLAIM,
                follows("submission", READ_SUBMISSION, Submission),
            )
        ],
    )
)

# What was handed in with a claim is read by whoever reads the claim; nothing else of the owner's charts is.
CLAIM_CHART_POLICY.extend(
    allow(Audience.SIGNED_IN, READ_CLAIM_CHART, holding(READ_SUBMISSION_CLAIM, SubmissionClaim, "claim_chart"))
)

PANEL_POLICY = register(
    Policy(
        Panel,
        read=READ_PANEL,
        rules=[
            allow(Role.SECRETARIAT, {READ_PANEL, ASSIGN_EVALUATOR}, in_alliance("submission__pool__alliance")),
            allow((*OFFICE_ROLES, Audience.STAFF), READ_PANEL, in_alliance("submission__pool__alliance")),
            allow(
                (Role.OPERATOR, Role.OPERATIONS_HEAD), READ_PANEL, in_alliance_of_entity("submission__pool__alliance")
            ),
            allow(Role.EVALUATOR, READ_PANEL, on_panel("pk", *EVERY_SEAT)),
            allow(COMMAND_LINE, READ_PANEL, everything()),
        ],
    )
)
PANEL_POLICY.give(PanelGrant, roles={Role.EVALUATOR: ASSIGN_EVALUATOR})


def _of_an_owner_one_is_tied_to(actor: Actor) -> Q:
    """Panels on patents ever owned, or submitted, by an organisation the person is tied to, or by its affiliates."""
    if actor.user_id is None:
        return NOTHING
    ties = own_ties(actor)
    return Q(submission__membership__organisation__in=ties) | Q(
        submission__patent__in=Ownership.objects.filter(owner__in=ties).order_by().values("patent")
    )


declare_conflict(Panel, _of_an_owner_one_is_tied_to)

_ALL_OF_AN_OPINION = frozenset({READ_OPINION, READ_OPINION_REASONS})

OPINION_POLICY = register(
    Policy(
        Opinion,
        read=READ_OPINION,
        read_contents=READ_OPINION_REASONS,
        rules=[
            allow((*OFFICE_ROLES, Audience.STAFF), _ALL_OF_AN_OPINION, in_alliance("submission__pool__alliance")),
            allow(
                (Role.OPERATOR, Role.OPERATIONS_HEAD),
                _ALL_OF_AN_OPINION,
                in_alliance_of_entity("submission__pool__alliance"),
            ),
            allow(
                Role.FINANCE,
                _ALL_OF_AN_OPINION,
                in_alliance_of_entity("submission__pool__alliance").narrowed(_FINAL, _ONCE_FINAL),
                purpose=Purpose.ROYALTIES,
            ),
            allow(
                PATENT_DESK,
                _ALL_OF_AN_OPINION,
                own_organisation("submission__membership__organisation").narrowed(_GIVEN, "once given"),
            ),
            allow(Role.EVALUATOR, _ALL_OF_AN_OPINION, on_panel("panel", *EVERY_SEAT)),
            allow(Role.EVALUATOR, WRITE_OPINION, on_panel("panel", "lead")),
            allow(Role.EVALUATOR, VOICE_OPINION, on_panel("panel", *ASSISTANTS)),
            # What came out, and no more, is for all who have to do with the pool.
            allow(MEMBERS, READ_OPINION, in_own_alliance("submission__pool__alliance").narrowed(_FINAL, _ONCE_FINAL)),
            allow(
                Role.AUTHORITY, READ_OPINION, in_alliance("submission__pool__alliance").narrowed(_FINAL, _ONCE_FINAL)
            ),
            allow(COMMAND_LINE, _ALL_OF_AN_OPINION, everything()),
        ],
    )
)

FINDING_POLICY = register(
    Policy(
        Finding,
        read=READ_FINDING,
        rules=[
            allow((Audience.SIGNED_IN, COMMAND_LINE), READ_FINDING, follows("opinion", READ_OPINION_REASONS, Opinion))
        ],
    )
)

SUBMISSION_POLICY.belong_to("membership__organisation")
SUBMISSION_CLAIM_POLICY.belong_to("submission__membership__organisation")
PANEL_POLICY.belong_to("submission__membership__organisation")
OPINION_POLICY.belong_to("submission__membership__organisation")
FINDING_POLICY.belong_to("opinion__submission__membership__organisation")
