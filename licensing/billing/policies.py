"""Who may see and settle invoices: finance of the operating entity, and the licensee its own once they are issued."""

from typing import Final

from django.db.models import Q

from licensing.agreements.models import Licence
from licensing.billing.lifecycle import InvoiceState, PlanState
from licensing.billing.models import (
    BillingTerms,
    InstalmentPlan,
    InterestNote,
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    Settlement,
    TaxIdentity,
    TaxRule,
    WriteOff,
)
from licensing.close.policies import CLOSE_RUN_POLICY
from licensing.terms.policies import PROGRAMME_POLICY
from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.access.grants.relations import assigned
from platform_core.access.kernel import follows
from platform_core.access.policies import ACCESS_LOG_POLICY, READ_ACCESS_LOG, of_own_figures
from platform_core.access.registry import Guard, Permission, Policy, allow, register
from platform_core.access.relations import everything, in_operating_entity, own_organisation
from platform_core.audit.events import reserve_events
from platform_core.identity.policies import OPERATING_ENTITY_POLICY
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.role_plan import Decision, declare_decision
from platform_core.identity.roles import Purpose, Role
from platform_core.problems import Conflict

WRITE_OFF_DECISION: Final = "write_off.decision"
"""The decision of two people: one proposes to give an amount up, another decides."""

PLAN_DECISION: Final = "instalment_plan.decision"
"""The decision of two people: one proposes that an invoice is paid in parts, another confirms it."""

BILL_CLOSE_RUN = Permission("close_run.bill")
SET_BILLING_TERMS = Permission("programme.set_billing_terms")
CARRY_INVOICES = Permission("programme.carry_invoices")
SET_TAX_RULE = Permission("operating_entity.set_tax_rule")
SET_TAX_IDENTITY = Permission("operating_entity.set_tax_identity")
OPEN_INVOICE_SERIES = Permission("operating_entity.open_invoice_series")

READ_TAX_IDENTITY = Permission("tax_identity.read")
READ_TAX_RULE = Permission("tax_rule.read")
READ_BILLING_TERMS = Permission("billing_terms.read")
READ_INVOICE_SERIES = Permission("invoice_series.read")
CLOSE_INVOICE_SERIES = Permission("invoice_series.close")
READ_INVOICE = Permission("invoice.read")
READ_INVOICE_WORKINGS = Permission("invoice.read_workings")
"""How it came to its amount, month by month: for whom it is made out to, and who bills."""
ISSUE_INVOICE = Permission("invoice.issue")
DISCARD_INVOICE = Permission("invoice.discard")
CREDIT_INVOICE = Permission("invoice.credit")
SETTLE_INVOICE = Permission("invoice.settle")
RECORD_TAX_INVOICE = Permission("invoice.record_tax_invoice")
DISPUTE_INVOICE = Permission("invoice.dispute")
CHARGE_INTEREST = Permission("invoice.charge_interest")
PROPOSE_WRITE_OFF = Permission("invoice.propose_write_off")
READ_WRITE_OFF = Permission("write_off.read")
DECIDE_WRITE_OFF = Permission("write_off.decide")
WITHDRAW_WRITE_OFF = Permission("write_off.withdraw")
PROPOSE_PLAN = Permission("invoice.propose_plan")
ASK_FOR_PLAN = Permission("invoice.ask_for_plan")
"""Asking to pay an own invoice in parts."""
ACCEPT_PLAN = Permission("instalment_plan.accept")
"""Proposing what a licensee asked for; a second person confirms it."""
READ_PLAN = Permission("instalment_plan.read")
DECIDE_PLAN = Permission("instalment_plan.decide")
WITHDRAW_PLAN = Permission("instalment_plan.withdraw")

_NO_STAFF: Final = "what is billed and paid is nothing that a staff session needs"
_ISSUED: Final = Q(state=InvoiceState.ISSUED)
_FINANCE_OF_INVOICE: Final = in_operating_entity("invoice__licence__programme__operating_entity")

OPERATING_ENTITY_POLICY.extend(
    allow(
        Role.FINANCE,
        {SET_TAX_RULE, SET_TAX_IDENTITY, OPEN_INVOICE_SERIES},
        in_operating_entity("pk"),
        purpose=Purpose.ROYALTIES,
    ),
    allow(COMMAND_LINE, {SET_TAX_RULE, SET_TAX_IDENTITY, OPEN_INVOICE_SERIES}, everything()),
)
PROGRAMME_POLICY.extend(
    allow(Role.FINANCE, {SET_BILLING_TERMS, CARRY_INVOICES}, in_operating_entity(), purpose=Purpose.ROYALTIES),
    allow(COMMAND_LINE, SET_BILLING_TERMS, everything()),
)
CLOSE_RUN_POLICY.extend(
    allow(Role.FINANCE, BILL_CLOSE_RUN, in_operating_entity("programme__operating_entity"), purpose=Purpose.ROYALTIES),
)

TAX_IDENTITY_POLICY = register(
    Policy(
        TaxIdentity,
        read=READ_TAX_IDENTITY,
        no_staff=_NO_STAFF,
        rules=[
            allow(Role.FINANCE, READ_TAX_IDENTITY, in_operating_entity(), purpose=Purpose.ROYALTIES),
            allow(
                (Role.LICENSEE, Role.MEMBER_ADMIN, Role.MEMBER_FINANCE),
                READ_TAX_IDENTITY,
                own_organisation("organisation"),
            ),
            allow(COMMAND_LINE, READ_TAX_IDENTITY, everything()),
        ],
    )
)
TAX_IDENTITY_POLICY.belong_to("organisation")
declare_reference(
    Reference(
        TaxIdentity,
        "organisation",
        Fate.MOVED,
        "papers are written to the one that stays",
        clashes={
            "taxidentity_once_from_a_day": Conflict(
                "Both organisations have a tax identity from the same day: give one of them another day first."
            )
        },
    )
)

TAX_RULE_POLICY = register(
    Policy(
        TaxRule,
        read=READ_TAX_RULE,
        no_staff=_NO_STAFF,
        rules=[
            allow(Role.FINANCE, READ_TAX_RULE, in_operating_entity(), purpose=Purpose.ROYALTIES),
            allow(COMMAND_LINE, READ_TAX_RULE, everything()),
        ],
    )
)
INVOICE_SERIES_POLICY = register(
    Policy(
        InvoiceSeries,
        read=READ_INVOICE_SERIES,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_INVOICE_SERIES, CLOSE_INVOICE_SERIES},
                in_operating_entity(),
                purpose=Purpose.ROYALTIES,
            ),
            allow(COMMAND_LINE, {READ_INVOICE_SERIES, CLOSE_INVOICE_SERIES}, everything()),
        ],
    )
)
BILLING_TERMS_POLICY = register(
    Policy(
        BillingTerms,
        read=READ_BILLING_TERMS,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                READ_BILLING_TERMS,
                in_operating_entity("programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(Role.LICENSEE, READ_BILLING_TERMS, own_organisation("licence__licensee")),
            allow(COMMAND_LINE, READ_BILLING_TERMS, everything()),
        ],
    )
)
BILLING_TERMS_POLICY.belong_to("licence__licensee")

INVOICE_POLICY = register(
    Policy(
        Invoice,
        read=READ_INVOICE,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {
                    READ_INVOICE,
                    READ_INVOICE_WORKINGS,
                    ISSUE_INVOICE,
                    DISCARD_INVOICE,
                    CREDIT_INVOICE,
                    SETTLE_INVOICE,
                    RECORD_TAX_INVOICE,
                    CHARGE_INTEREST,
                    PROPOSE_WRITE_OFF,
                    PROPOSE_PLAN,
                    DISPUTE_INVOICE,
                },
                in_operating_entity("licence__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(
                Role.LICENSEE,
                {READ_INVOICE, READ_INVOICE_WORKINGS, DISPUTE_INVOICE, ASK_FOR_PLAN},
                own_organisation("licence__licensee").narrowed(_ISSUED, "once issued"),
            ),
            allow(Role.AUDITOR, READ_INVOICE, assigned(Licence, "licence").narrowed(_ISSUED, "once issued")),
            allow(COMMAND_LINE, READ_INVOICE, everything()),
        ],
    )
)
INVOICE_POLICY.belong_to("licence__licensee")


def _as_the_invoice(model: type[InvoiceLine | Settlement | InterestNote]) -> Policy:
    """Whoever sees an invoice sees what is on it, what settled it and what interest it bears."""
    policy = register(
        Policy(
            model,
            read=READ_INVOICE,
            no_staff=_NO_STAFF,
            rules=[
                allow(
                    (Role.FINANCE, Role.LICENSEE, Role.AUDITOR, COMMAND_LINE),
                    READ_INVOICE,
                    follows("invoice", READ_INVOICE, Invoice),
                )
            ],
        )
    )
    policy.belong_to("invoice__licence__licensee")
    return policy


INVOICE_LINE_POLICY = _as_the_invoice(InvoiceLine)
SETTLEMENT_POLICY = _as_the_invoice(Settlement)
INTEREST_NOTE_POLICY = _as_the_invoice(InterestNote)

WRITE_OFF_POLICY = register(
    Policy(
        WriteOff,
        read=READ_WRITE_OFF,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_WRITE_OFF, DECIDE_WRITE_OFF, WITHDRAW_WRITE_OFF},
                _FINANCE_OF_INVOICE,
                purpose=Purpose.ROYALTIES,
            ),
            allow(COMMAND_LINE, READ_WRITE_OFF, everything()),
        ],
        guards=[
            Guard(
                DECIDE_WRITE_OFF,
                "You proposed to write this off: a second person has to decide.",
                lambda actor: ~Q(proposed_by=actor.user_id),
            ),
            Guard(
                WITHDRAW_WRITE_OFF,
                "Only who proposed to write this off may withdraw it.",
                lambda actor: Q(proposed_by=actor.user_id),
            ),
        ],
    )
)
WRITE_OFF_POLICY.belong_to("invoice__licence__licensee")

_CONFIRMED: Final = Q(state__in=(PlanState.AGREED, PlanState.REPLACED))
_ASKED_FOR: Final = Q(asked_by__isnull=False)


def _asked_by(actor: Actor) -> Q:
    # In a comparison with nothing SQL would say neither yes nor no.
    return Q(asked_by__isnull=False, asked_by=actor.user_id)


INSTALMENT_PLAN_POLICY = register(
    Policy(
        InstalmentPlan,
        read=READ_PLAN,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_PLAN, ACCEPT_PLAN, DECIDE_PLAN, WITHDRAW_PLAN},
                _FINANCE_OF_INVOICE,
                purpose=Purpose.ROYALTIES,
            ),
            allow(
                Role.LICENSEE,
                READ_PLAN,
                own_organisation("invoice__licence__licensee").narrowed(
                    _CONFIRMED | _ASKED_FOR, "once confirmed, or asked for by it"
                ),
            ),
            allow(
                Role.LICENSEE,
                WITHDRAW_PLAN,
                own_organisation("invoice__licence__licensee").narrowed(_ASKED_FOR, "asked for by it"),
            ),
            allow(
                Role.AUDITOR, READ_PLAN, assigned(Licence, "invoice__licence").narrowed(_CONFIRMED, "once confirmed")
            ),
            allow(COMMAND_LINE, READ_PLAN, everything()),
        ],
        guards=[
            Guard(
                ACCEPT_PLAN,
                "You asked for this plan: somebody else has to accept it.",
                lambda actor: ~_asked_by(actor),
            ),
            Guard(
                DECIDE_PLAN,
                "You proposed this plan: a second person has to decide.",
                lambda actor: ~Q(proposed_by=actor.user_id) & ~_asked_by(actor),
            ),
            Guard(
                WITHDRAW_PLAN,
                "Only who proposed this plan may withdraw it.",
                lambda actor: Q(proposed_by=actor.user_id) | _asked_by(actor),
            ),
        ],
    )
)
INSTALMENT_PLAN_POLICY.belong_to("invoice__licence__licensee")

ACCESS_LOG_POLICY.extend(allow(Role.LICENSEE, READ_ACCESS_LOG, of_own_figures(Invoice)))
for _decision in (WRITE_OFF_DECISION, PLAN_DECISION):
    declare_decision(
        Decision(
            _decision,
            (Role.FINANCE,),
            at_entity=True,
            purpose=Purpose.ROYALTIES,
            # Nothing is given up or put off where nothing was ever billed.
            in_use=lambda place: Invoice.objects.filter(
                _ISSUED, licence__programme__operating_entity=place.entity
            ).exists(),
        )
    )

# What was open when a programme came here tells of everybody who owes something.
reserve_events("programme.invoices_carried", "programme.carried_invoices_taken_back")
