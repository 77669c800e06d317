"""Who may see and settle closes: finance of the operating entity, two persons of it; members see their statement.

An auditor of a close reads the one it is assigned to.
"""

from collections.abc import Sequence
from typing import Final

from django.db.models import Model, Q

from licensing.close.lifecycle import Calculation, RunStatus
from licensing.close.models import (
    Adjustment,
    CloseBucket,
    CloseCell,
    CloseInput,
    CloseRun,
    CloseRunGrant,
    CloseShare,
    LicenceResult,
    PayeeResult,
    RejectedRow,
    Statement,
)
from licensing.close.totals import policies as totals
from licensing.close.workings import policies as workings
from licensing.reports.policies import READ_SALES_REPORT, SALES_REPORT_POLICY
from licensing.terms.models import Programme
from licensing.terms.policies import PROGRAMME_POLICY, READ_PROGRAMME
from members.memberships.policies import MEMBERSHIP_POLICY, READ_MEMBERSHIP
from platform_core.access.actors import Actor, Assignment, SystemWork
from platform_core.access.grants.relations import assigned, declare_conflict
from platform_core.access.kernel import permitted_rows
from platform_core.access.policies import ACCESS_LOG_POLICY, READ_ACCESS_LOG, of_own_figures
from platform_core.access.registry import Audience, Guard, Permission, Policy, Window, allow, policies, register
from platform_core.access.relations import (
    EVERYTHING,
    NOTHING,
    Relation,
    everything,
    in_alliance,
    in_operating_entity,
    own_organisation,
)
from platform_core.conflicts.parties import in_conflicted_alliance
from platform_core.identity.role_plan import Decision, declare_decision
from platform_core.identity.roles import Purpose, Role
from platform_core.jobs.policies import CANCEL_JOB, JOB_POLICY, READ_JOB

TOTALS_RELEASE_POLICY: Final = totals.TOTALS_RELEASE_POLICY
WORKINGS_RELEASE_POLICY: Final = workings.WORKINGS_RELEASE_POLICY

CLOSE_APPROVAL: Final = "close_run.approval"
"""The decision of two people: one has a close calculated, another approves it."""

SHEET_WORK: Final = SystemWork("approval sheet")
"""Making the sheet for a second person who sees nothing else of a close, nor what it is worked out from."""

CLOSE_WORK: Final = SystemWork("close calculation")
"""The job that calculates a close somebody asked for, and opens corrections that a new report makes necessary."""

START_CLOSE_RUN = Permission("programme.start_close_run")
READ_CLOSE_RUN = Permission("close_run.read")
READ_APPROVAL_SHEET = Permission("close_run.read_approval_sheet")
"""What the second person puts a name to: totals, who gets what beside last time, and what was checked."""
CALCULATE_CLOSE_RUN = Permission("close_run.calculate")
APPROVE_CLOSE_RUN = Permission("close_run.approve")
SEND_BACK_CLOSE_RUN = Permission("close_run.send_back")
POST_CLOSE_RUN = Permission("close_run.post")
CANCEL_CLOSE_RUN = Permission("close_run.cancel")
DOWNLOAD_BUNDLE = Permission("close_run.download_bundle")
SIMULATE_CLOSE = Permission("close_run.simulate")
"""Trying other terms with the sales of a close."""
ASSIGN_CLOSE_AUDITOR = Permission("close_run.assign_auditor")
READ_STATEMENT = Permission("statement.read")
READ_STATEMENT_WORKINGS = Permission("statement.read_workings")
"""What it is made of, by product and country, in sums that tell of nobody."""
READ_EXACT_WORKINGS = Permission("statement.read_exact_workings")
"""The same, exactly."""


def _calculating() -> Relation:
    """The jobs that work on those runs of the programmes a finance seat settles that its person may see."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        entities = sorted(row.operating_entity_id for row in assignments if row.operating_entity_id is not None)
        if not entities:
            return NOTHING
        # What a job came to tells what the run holds: whoever undertook not to see the run does not read it here.
        runs = CloseRun.objects.filter(
            permitted_rows(actor, READ_CLOSE_RUN, CloseRun), programme__operating_entity__in=entities
        )
        return Q(subject_type=CloseRun._meta.label_lower, subject_id__in=runs.order_by().values("pk"))

    return Relation("that works on a visible close run of the operating entity", reach)


def _to_be_approved() -> Relation:
    """Reach the closes of the operating entity that wait for a second person, and those one was that person for."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        entities = sorted(row.operating_entity_id for row in assignments if row.operating_entity_id is not None)
        waiting = Q(status=RunStatus.CALCULATED, calculation=Calculation.DONE)
        own = Q(approved_by=actor.user_id) if actor.user_id is not None else NOTHING
        return Q(programme__operating_entity__in=entities) & (waiting | own) if entities else NOTHING

    return Relation(
        "of the operating entity, waiting for approval or approved by oneself", reach, "programme__operating_entity"
    )


PROGRAMME_POLICY.extend(
    allow(Role.FINANCE, START_CLOSE_RUN, in_operating_entity(), purpose=Purpose.ROYALTIES),
    allow(CLOSE_WORK, {READ_PROGRAMME, START_CLOSE_RUN}, everything()),
)
JOB_POLICY.extend(
    allow(Role.FINANCE, {READ_JOB, CANCEL_JOB}, _calculating(), purpose=Purpose.ROYALTIES),
)
SALES_REPORT_POLICY.extend(allow(CLOSE_WORK, READ_SALES_REPORT, everything()))
MEMBERSHIP_POLICY.extend(allow(SHEET_WORK, READ_MEMBERSHIP, everything()))

CLOSE_RUN_POLICY = register(
    Policy(
        CloseRun,
        read=READ_CLOSE_RUN,
        rules=[
            allow(
                Role.FINANCE,
                {
                    READ_CLOSE_RUN,
                    READ_APPROVAL_SHEET,
                    CALCULATE_CLOSE_RUN,
                    APPROVE_CLOSE_RUN,
                    SEND_BACK_CLOSE_RUN,
                    POST_CLOSE_RUN,
                    CANCEL_CLOSE_RUN,
                    DOWNLOAD_BUNDLE,
                    SIMULATE_CLOSE,
                    ASSIGN_CLOSE_AUDITOR,
                },
                in_operating_entity("programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            # A treasurer, a council member or an outside accountant: the sheet, and nothing that it was made from.
            allow(
                Role.CLOSE_APPROVER,
                {READ_APPROVAL_SHEET, APPROVE_CLOSE_RUN, SEND_BACK_CLOSE_RUN},
                _to_be_approved(),
            ),
            allow(Audience.STAFF, {READ_CLOSE_RUN, READ_APPROVAL_SHEET}, in_alliance("programme__alliance")),
            allow(Role.CLOSE_AUDITOR, {READ_CLOSE_RUN, READ_APPROVAL_SHEET, DOWNLOAD_BUNDLE}, assigned(CloseRun)),
            allow(CLOSE_WORK, {READ_CLOSE_RUN, CALCULATE_CLOSE_RUN}, everything()),
            allow(SHEET_WORK, READ_CLOSE_RUN, everything()),
        ],
        windows=[Window(READ_APPROVAL_SHEET, frozenset({APPROVE_CLOSE_RUN, SEND_BACK_CLOSE_RUN}))],
        guards=[
            Guard(
                APPROVE_CLOSE_RUN,
                "You asked for this calculation: a second person has to approve it.",
                lambda actor: ~Q(calculated_by=actor.user_id),
            ),
        ],
    )
)


CLOSE_RUN_POLICY.give(CloseRunGrant, roles={Role.CLOSE_AUDITOR: ASSIGN_CLOSE_AUDITOR})


def _as_the_run(model: type[Model]) -> Policy:
    """What finance sees of a run, it sees of the run's rows; so does who audits the run, and nobody else."""
    return register(
        Policy(
            model,
            read=READ_CLOSE_RUN,
            rules=[
                allow(
                    Role.FINANCE,
                    READ_CLOSE_RUN,
                    in_operating_entity("run__programme__operating_entity"),
                    purpose=Purpose.ROYALTIES,
                ),
                allow(Audience.STAFF, READ_CLOSE_RUN, in_alliance("run__programme__alliance")),
                allow(Role.CLOSE_AUDITOR, READ_CLOSE_RUN, assigned(CloseRun, "run")),
                allow((CLOSE_WORK, SHEET_WORK), READ_CLOSE_RUN, everything()),
            ],
        )
    )


CLOSE_INPUT_POLICY = _as_the_run(CloseInput)
REJECTED_ROW_POLICY = _as_the_run(RejectedRow)
CLOSE_BUCKET_POLICY = _as_the_run(CloseBucket)
CLOSE_SHARE_POLICY = _as_the_run(CloseShare)
CLOSE_CELL_POLICY = _as_the_run(CloseCell)
LICENCE_RESULT_POLICY = _as_the_run(LicenceResult)
PAYEE_RESULT_POLICY = _as_the_run(PayeeResult)
ADJUSTMENT_POLICY = _as_the_run(Adjustment)

_SETTLED: Final = Q(run__status=RunStatus.POSTED)

# What a correction changed may be the doing of one or two licensees, so members hear of it folded into a later figure.
_TO_BE_SHOWN: Final = Q(run__status=RunStatus.POSTED, run__corrects=None)

_EXACTLY: Final = {READ_STATEMENT, READ_STATEMENT_WORKINGS, READ_EXACT_WORKINGS}

_TAKING_PART: Final = (
    "run__programme__licences__licensee",
    "run__programme__pool__members__membership__organisation",
)


def _of_nobody_hidden(actor: Actor) -> Q:
    """Statements of programmes in which nobody takes part of whom the person undertook to see nothing."""
    left = actor.screen.leaves(*_TAKING_PART) if actor.screen is not None else None
    return EVERYTHING if left is None else left


STATEMENT_POLICY = register(
    Policy(
        Statement,
        read=READ_STATEMENT,
        rules=[
            allow(
                Role.FINANCE,
                _EXACTLY,
                in_operating_entity("run__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(
                Role.SECRETARIAT,
                {READ_STATEMENT, READ_STATEMENT_WORKINGS},
                in_alliance("run__programme__alliance").narrowed(_SETTLED, "once posted"),
            ),
            allow(
                (Role.MEMBER_FINANCE, Role.MEMBER_ADMIN),
                {READ_STATEMENT, READ_STATEMENT_WORKINGS},
                own_organisation("membership__organisation").narrowed(_TO_BE_SHOWN, "once posted, of no correction"),
            ),
            allow(Audience.STAFF, _EXACTLY, in_alliance("run__programme__alliance")),
            allow(Role.CLOSE_AUDITOR, _EXACTLY, assigned(CloseRun, "run")),
            allow(CLOSE_WORK, READ_STATEMENT, everything()),
        ],
        guards=[
            Guard(
                permission,
                "You undertook not to see figures of somebody who takes part in this programme.",
                _of_nobody_hidden,
            )
            for permission in (READ_STATEMENT_WORKINGS, READ_EXACT_WORKINGS)
        ],
    )
)

ACCESS_LOG_POLICY.extend(
    allow((Role.MEMBER_ADMIN, Role.MEMBER_FINANCE), READ_ACCESS_LOG, of_own_figures(Statement)),
)
declare_conflict(CloseRun, in_conflicted_alliance("programme__alliance"))
STATEMENT_POLICY.belong_to("membership__organisation")
# Totals tell what one party adds to them: who may see nothing of a party sees no close that it takes part in.
CLOSE_RUN_POLICY.belong_to("programme__licences__licensee", "programme__pool__members__membership__organisation")
for _policy in policies():
    if any(field.name == "run" and field.related_model is CloseRun for field in _policy.model._meta.concrete_fields):
        # Every kind of row of a run, those of later versions too.
        _policy.belong_to(*_TAKING_PART)
declare_decision(
    Decision(
        CLOSE_APPROVAL,
        (Role.FINANCE,),
        second=(Role.CLOSE_APPROVER,),
        at_entity=True,
        purpose=Purpose.ROYALTIES,
        in_use=lambda place: Programme.objects.filter(operating_entity=place.entity).exists(),
    )
)
