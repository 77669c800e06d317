"""Who may see and make distributions: finance of the operating entity, two persons of it; members see what is theirs.

What single licensees paid is finance's alone: members read one sum over all periods, never period by period.
"""

from collections.abc import Sequence
from typing import Final

from django.db.models import Model, Q

from licensing.agreements.models import Receipt
from licensing.close.policies import CLOSE_RUN_POLICY, READ_CLOSE_RUN
from licensing.distribution.earlier import policies as earlier
from licensing.distribution.lifecycle import STATED, DistributionStatus
from licensing.distribution.models import (
    DistributionItem,
    DistributionPart,
    DistributionReceipt,
    DistributionRun,
    DistributionShare,
    MemberInvoice,
    MemberInvoiceTerms,
    Objection,
    PayoutTerms,
)
from licensing.terms.policies import PROGRAMME_POLICY, READ_PROGRAMME
from platform_core.access.actors import COMMAND_LINE, Actor, Assignment, SystemWork
from platform_core.access.kernel import permitted_rows
from platform_core.access.policies import ACCESS_LOG_POLICY, READ_ACCESS_LOG, of_own_figures
from platform_core.access.registry import Guard, Permission, Policy, allow, register
from platform_core.access.relations import (
    NOTHING,
    Relation,
    everything,
    in_alliance,
    in_operating_entity,
    own_organisation,
)
from platform_core.documents.subjects import declare_subject
from platform_core.identity.policies import OPERATING_ENTITY_POLICY
from platform_core.identity.role_plan import Decision, declare_decision
from platform_core.identity.roles import Purpose, Role
from platform_core.jobs.policies import CANCEL_JOB, JOB_POLICY, READ_JOB

DISTRIBUTION_APPROVAL: Final = "distribution_run.approval"
"""The decision of two people: one has a distribution calculated and reviewed, another approves it."""

MEMBER_INVOICE_WAIVER: Final = "member_invoice.waiver"
"""The decision of two people: one asks that a share is paid without a tax invoice, another agrees."""

DISTRIBUTION_WORK: Final = SystemWork("distribution")
"""The job that works out a distribution somebody asked for."""

START_DISTRIBUTION = Permission("programme.start_distribution")
SET_PAYOUT_TERMS = Permission("programme.set_payout_terms")
READ_PAYOUT_TERMS = Permission("payout_terms.read")
READ_DISTRIBUTION = Permission("distribution_run.read")
CALCULATE_DISTRIBUTION = Permission("distribution_run.calculate")
REVIEW_DISTRIBUTION = Permission("distribution_run.review")
SEND_BACK_DISTRIBUTION = Permission("distribution_run.send_back")
APPROVE_DISTRIBUTION = Permission("distribution_run.approve")
RELEASE_DISTRIBUTION = Permission("distribution_run.release")
CLOSE_DISTRIBUTION = Permission("distribution_run.close")
CANCEL_DISTRIBUTION = Permission("distribution_run.cancel")
READ_DISTRIBUTION_ITEM = Permission("distribution_item.read")
OBJECT_TO_DISTRIBUTION = Permission("distribution_item.object")
TAKE_PROOF = Permission("distribution_item.take_proof")
"""Its secret is its payee's; who makes distributions keeps those of accounts that are no member's, for an auditor."""
READ_BREAKDOWN = Permission("distribution_item.read_breakdown")
"""What its amount is made of, as its payee may know it: whoever reads all statements could take several apart."""
READ_OBJECTION = Permission("objection.read")
ANSWER_OBJECTION = Permission("objection.answer")
WITHDRAW_OBJECTION = Permission("objection.withdraw")
SET_MEMBER_INVOICE_TERMS = Permission("operating_entity.set_member_invoice_terms")
READ_MEMBER_INVOICE_TERMS = Permission("member_invoice_terms.read")
READ_MEMBER_INVOICE = Permission("member_invoice.read")
RECORD_MEMBER_INVOICE = Permission("member_invoice.record")
DECIDE_MEMBER_INVOICE = Permission("member_invoice.decide")
"""Accepting it, or sending it back."""
ASK_WAIVER = Permission("member_invoice.ask_waiver")
"""Asking to do without it; or not to, after all."""
DECIDE_WAIVER = Permission("member_invoice.decide_waiver")

EARLIER_SHARE_POLICY: Final = earlier.EARLIER_SHARE_POLICY

_NO_STAFF: Final = "who is paid what is nothing that a staff session needs"


def _waiting_for_approval(path: str = "") -> Relation:
    """Reach what waits for a second person at the operating entity, and what one was that person for."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        entities = sorted(row.operating_entity_id for row in assignments if row.operating_entity_id is not None)
        if not entities:
            return NOTHING
        waiting = Q(**{f"{path}status": DistributionStatus.REVIEWED})
        own = Q(**{f"{path}approved_by": actor.user_id}) if actor.user_id is not None else NOTHING
        return Q(**{f"{path}programme__operating_entity__in": entities}) & (waiting | own)

    return Relation(
        "of the operating entity, waiting for approval or approved by oneself",
        reach,
        f"{path}programme__operating_entity",
    )


def _calculating() -> Relation:
    """The jobs that work on those distributions of the programmes a finance seat settles that its person may see."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        entities = sorted(row.operating_entity_id for row in assignments if row.operating_entity_id is not None)
        if not entities:
            return NOTHING
        runs = DistributionRun.objects.filter(
            permitted_rows(actor, READ_DISTRIBUTION, DistributionRun), programme__operating_entity__in=entities
        )
        return Q(subject_type=DistributionRun._meta.label_lower, subject_id__in=runs.order_by().values("pk"))

    return Relation("that works on a visible distribution of the operating entity", reach)


JOB_POLICY.extend(allow(Role.FINANCE, {READ_JOB, CANCEL_JOB}, _calculating(), purpose=Purpose.ROYALTIES))
PROGRAMME_POLICY.extend(
    allow(Role.FINANCE, {START_DISTRIBUTION, SET_PAYOUT_TERMS}, in_operating_entity(), purpose=Purpose.ROYALTIES),
    allow(DISTRIBUTION_WORK, READ_PROGRAMME, everything()),
    allow(COMMAND_LINE, SET_PAYOUT_TERMS, everything()),
)
CLOSE_RUN_POLICY.extend(allow(DISTRIBUTION_WORK, READ_CLOSE_RUN, everything()))

PAYOUT_TERMS_POLICY = register(
    Policy(
        PayoutTerms,
        read=READ_PAYOUT_TERMS,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                READ_PAYOUT_TERMS,
                in_operating_entity("programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(Role.SECRETARIAT, READ_PAYOUT_TERMS, in_alliance("programme__alliance")),
            allow(COMMAND_LINE, READ_PAYOUT_TERMS, everything()),
        ],
    )
)

DISTRIBUTION_RUN_POLICY = register(
    Policy(
        DistributionRun,
        read=READ_DISTRIBUTION,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {
                    READ_DISTRIBUTION,
                    CALCULATE_DISTRIBUTION,
                    REVIEW_DISTRIBUTION,
                    SEND_BACK_DISTRIBUTION,
                    APPROVE_DISTRIBUTION,
                    RELEASE_DISTRIBUTION,
                    CLOSE_DISTRIBUTION,
                    CANCEL_DISTRIBUTION,
                },
                in_operating_entity("programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            # A treasurer, a council member or an outside accountant sees what each payee gets, and not who paid.
            allow(
                Role.CLOSE_APPROVER,
                {READ_DISTRIBUTION, APPROVE_DISTRIBUTION, SEND_BACK_DISTRIBUTION},
                _waiting_for_approval(),
            ),
            allow(DISTRIBUTION_WORK, {READ_DISTRIBUTION, CALCULATE_DISTRIBUTION}, everything()),
            allow(COMMAND_LINE, READ_DISTRIBUTION, everything()),
        ],
        guards=[
            Guard(
                APPROVE_DISTRIBUTION,
                "You had this calculated, or reviewed it: a second person has to approve it.",
                lambda actor: ~Q(calculated_by=actor.user_id) & ~Q(reviewed_by=actor.user_id),
            ),
        ],
    )
)


def _finances_alone(model: type[Model]) -> Policy:
    """Register what a distribution was worked out from: it tells what single licensees paid."""
    return register(
        Policy(
            model,
            read=READ_DISTRIBUTION,
            no_staff=_NO_STAFF,
            rules=[
                allow(
                    Role.FINANCE,
                    READ_DISTRIBUTION,
                    in_operating_entity("run__programme__operating_entity"),
                    purpose=Purpose.ROYALTIES,
                ),
                allow((DISTRIBUTION_WORK, COMMAND_LINE), READ_DISTRIBUTION, everything()),
            ],
        )
    )


DISTRIBUTION_PART_POLICY = _finances_alone(DistributionPart)
DISTRIBUTION_RECEIPT_POLICY = _finances_alone(DistributionReceipt)
DISTRIBUTION_SHARE_POLICY = _finances_alone(DistributionShare)

DISTRIBUTION_ITEM_POLICY = register(
    Policy(
        DistributionItem,
        read=READ_DISTRIBUTION_ITEM,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_DISTRIBUTION_ITEM, READ_BREAKDOWN},
                in_operating_entity("run__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(
                Role.FINANCE,
                TAKE_PROOF,
                in_operating_entity("run__programme__operating_entity").narrowed(
                    Q(run__status__in=STATED, membership=None), "of no member, once released"
                ),
                purpose=Purpose.ROYALTIES,
            ),
            allow(Role.CLOSE_APPROVER, READ_DISTRIBUTION_ITEM, _waiting_for_approval("run__")),
            allow(
                Role.SECRETARIAT,
                READ_DISTRIBUTION_ITEM,
                in_alliance("run__programme__alliance").narrowed(Q(run__status__in=STATED), "once released"),
            ),
            allow(
                (Role.MEMBER_FINANCE, Role.MEMBER_ADMIN),
                {READ_DISTRIBUTION_ITEM, READ_BREAKDOWN, OBJECT_TO_DISTRIBUTION, TAKE_PROOF},
                own_organisation("membership__organisation").narrowed(Q(run__status__in=STATED), "once released"),
            ),
            allow((DISTRIBUTION_WORK, COMMAND_LINE), READ_DISTRIBUTION_ITEM, everything()),
        ],
    )
)

OBJECTION_POLICY = register(
    Policy(
        Objection,
        read=READ_OBJECTION,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_OBJECTION, ANSWER_OBJECTION},
                in_operating_entity("item__run__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(
                (Role.MEMBER_FINANCE, Role.MEMBER_ADMIN),
                {READ_OBJECTION, WITHDRAW_OBJECTION},
                own_organisation("item__membership__organisation"),
            ),
            allow(COMMAND_LINE, READ_OBJECTION, everything()),
        ],
    )
)

OPERATING_ENTITY_POLICY.extend(
    allow(Role.FINANCE, SET_MEMBER_INVOICE_TERMS, in_operating_entity("pk"), purpose=Purpose.ROYALTIES),
    allow(COMMAND_LINE, SET_MEMBER_INVOICE_TERMS, everything()),
)
MEMBER_INVOICE_TERMS_POLICY = register(
    Policy(
        MemberInvoiceTerms,
        read=READ_MEMBER_INVOICE_TERMS,
        no_staff=_NO_STAFF,
        rules=[
            allow(Role.FINANCE, READ_MEMBER_INVOICE_TERMS, in_operating_entity(), purpose=Purpose.ROYALTIES),
            allow(COMMAND_LINE, READ_MEMBER_INVOICE_TERMS, everything()),
        ],
    )
)
MEMBER_INVOICE_POLICY = register(
    Policy(
        MemberInvoice,
        read=READ_MEMBER_INVOICE,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_MEMBER_INVOICE, DECIDE_MEMBER_INVOICE, ASK_WAIVER, DECIDE_WAIVER},
                in_operating_entity("item__run__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(
                (Role.MEMBER_FINANCE, Role.MEMBER_ADMIN),
                {READ_MEMBER_INVOICE, RECORD_MEMBER_INVOICE},
                own_organisation("membership__organisation"),
            ),
            allow(COMMAND_LINE, READ_MEMBER_INVOICE, everything()),
        ],
        guards=[
            Guard(
                DECIDE_MEMBER_INVOICE,
                "You gave this yourself: somebody else has to check it.",
                lambda actor: Q(recorded_by=None) | ~Q(recorded_by=actor.user_id),
            ),
            Guard(
                DECIDE_WAIVER,
                "You asked to do without this tax invoice: a second person has to decide.",
                lambda actor: Q(waiver_asked_by=None) | ~Q(waiver_asked_by=actor.user_id),
            ),
        ],
    )
)
declare_subject(MemberInvoice, read=READ_MEMBER_INVOICE, attach=RECORD_MEMBER_INVOICE)

_TAKING_PART: Final = (
    "programme__licences__licensee",
    "programme__pool__members__membership__organisation",
)
DISTRIBUTION_RUN_POLICY.belong_to(*_TAKING_PART)
for _policy in (DISTRIBUTION_PART_POLICY, DISTRIBUTION_RECEIPT_POLICY, DISTRIBUTION_SHARE_POLICY):
    _policy.belong_to(*(f"run__{path}" for path in _TAKING_PART))
DISTRIBUTION_ITEM_POLICY.belong_to("membership__organisation")
OBJECTION_POLICY.belong_to("item__membership__organisation")
MEMBER_INVOICE_TERMS_POLICY.belong_to("membership__organisation")
MEMBER_INVOICE_POLICY.belong_to("membership__organisation")
ACCESS_LOG_POLICY.extend(
    allow((Role.MEMBER_ADMIN, Role.MEMBER_FINANCE), READ_ACCESS_LOG, of_own_figures(DistributionItem)),
    allow((Role.MEMBER_ADMIN, Role.MEMBER_FINANCE), READ_ACCESS_LOG, of_own_figures(MemberInvoice)),
)
declare_decision(
    Decision(
        DISTRIBUTION_APPROVAL,
        (Role.FINANCE,),
        second=(Role.CLOSE_APPROVER,),
        at_entity=True,
        purpose=Purpose.ROYALTIES,
        in_use=lambda place: Receipt.objects.filter(licence__programme__operating_entity=place.entity).exists(),
    )
)
declare_decision(
    Decision(
        MEMBER_INVOICE_WAIVER,
        (Role.FINANCE,),
        at_entity=True,
        purpose=Purpose.ROYALTIES,
        # Nothing is waived where no tax invoice was ever asked for.
        in_use=lambda place: MemberInvoice.objects.filter(item__run__programme__operating_entity=place.entity).exists(),
    )
)
