"""Who may compare claimed deductions with what brands reported, and who learns what of it.

Finance alone sees both figures. A licensee hears that a line of its own is doubtful once finance asks about it; a brand
hears nothing.
"""

from typing import Final

from django.db.models import Q

from licensing.deductions.models import ComparedDeduction, ComparedReport, DeductionComparison, DoubtfulDeduction
from licensing.reports.policies import SALES_REPORT_POLICY
from platform_core.access.actors import SystemWork
from platform_core.access.kernel import follows
from platform_core.access.registry import Guard, Permission, Policy, allow, register
from platform_core.access.relations import in_operating_entity, own_organisation
from platform_core.documents.subjects import declare_subject
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.role_plan import Decision, declare_decision
from platform_core.identity.roles import Purpose, Role

COMPARISON_WORK: Final = SystemWork("comparison of deductions")
"""The job that compares. It may do nothing by itself: it reads and keeps as the person who asked for it."""

COMPARE_DEDUCTIONS = Permission("sales_report.compare_deductions")
READ_COMPARISON = Permission("deduction_comparison.read")
ASK_ABOUT_DEDUCTION = Permission("deduction_comparison.ask")
"""Telling a licensee that a line of its own is doubtful, and what to do."""
READ_DOUBTFUL_DEDUCTION = Permission("doubtful_deduction.read")
ANSWER_DOUBT = Permission("doubtful_deduction.answer")
ATTACH_DEDUCTION_EVIDENCE = Permission("doubtful_deduction.attach_evidence")
ACCEPT_DEDUCTION = Permission("doubtful_deduction.accept")
"""Letting a deduction stand: royalties are given up by it, so that whoever asked does not."""
DEAL_WITH_DOUBT = Permission("doubtful_deduction.deal_with")
"""Rejecting a deduction, or noting that another report corrects it; one that charges less takes a second person."""

ACCEPT_DECISION: Final = "doubtful_deduction.acceptance"

_NO_STAFF: Final = "it sets figures of rivals beside one another"
_FINANCE: Final = in_operating_entity("report__licence__programme__operating_entity")

SALES_REPORT_POLICY.extend(
    allow(
        Role.FINANCE,
        COMPARE_DEDUCTIONS,
        in_operating_entity("licence__programme__operating_entity"),
        purpose=Purpose.ROYALTIES,
    ),
)

DEDUCTION_COMPARISON_POLICY = register(
    Policy(
        DeductionComparison,
        read=READ_COMPARISON,
        no_staff=_NO_STAFF,
        rules=[
            allow(Role.FINANCE, {READ_COMPARISON, ASK_ABOUT_DEDUCTION}, _FINANCE, purpose=Purpose.ROYALTIES),
        ],
    )
)
DEDUCTION_COMPARISON_POLICY.belong_to("report__licence__licensee", "deductions__brand")

COMPARED_REPORT_POLICY = register(
    Policy(
        ComparedReport,
        read=READ_COMPARISON,
        no_staff=_NO_STAFF,
        rules=[allow(Role.FINANCE, READ_COMPARISON, follows("comparison", READ_COMPARISON, DeductionComparison))],
    )
)
COMPARED_REPORT_POLICY.belong_to("report__licence__licensee")

COMPARED_DEDUCTION_POLICY = register(
    Policy(
        ComparedDeduction,
        read=READ_COMPARISON,
        no_staff=_NO_STAFF,
        rules=[allow(Role.FINANCE, READ_COMPARISON, follows("comparison", READ_COMPARISON, DeductionComparison))],
    )
)
COMPARED_DEDUCTION_POLICY.belong_to("comparison__report__licence__licensee", "brand")

declare_reference(Reference(ComparedDeduction, "brand", Fate.KEPT, "a comparison says what it found when it was made"))

DOUBTFUL_DEDUCTION_POLICY = register(
    Policy(
        DoubtfulDeduction,
        read=READ_DOUBTFUL_DEDUCTION,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_DOUBTFUL_DEDUCTION, ACCEPT_DEDUCTION, DEAL_WITH_DOUBT},
                _FINANCE,
                purpose=Purpose.ROYALTIES,
            ),
            allow(
                Role.LICENSEE,
                {READ_DOUBTFUL_DEDUCTION, ANSWER_DOUBT, ATTACH_DEDUCTION_EVIDENCE},
                own_organisation("report__licence__licensee"),
            ),
        ],
        guards=[
            Guard(
                ACCEPT_DEDUCTION,
                "You asked about this deduction: a second person has to accept it.",
                lambda actor: ~Q(asked_by=actor.user_id),
            )
        ],
    )
)
DOUBTFUL_DEDUCTION_POLICY.belong_to("report__licence__licensee")
declare_subject(DoubtfulDeduction, read=READ_DOUBTFUL_DEDUCTION, attach=ATTACH_DEDUCTION_EVIDENCE)
declare_decision(
    Decision(
        ACCEPT_DECISION,
        (Role.FINANCE,),
        at_entity=True,
        purpose=Purpose.ROYALTIES,
        # Nothing is accepted where nothing was ever doubted.
        in_use=lambda place: DoubtfulDeduction.objects.filter(
            report__licence__programme__operating_entity=place.entity
        ).exists(),
    )
)
