"""Who may pay online and see what became of it: the licensee for its own invoices, and finance of the entity paid."""

from typing import Final

from django.db.models import Q

from licensing.agreements.policies import LICENCE_POLICY, READ_LICENCE, READ_LICENCE_NAME, RECORD_RECEIPT
from licensing.billing.lifecycle import InvoiceState
from licensing.billing.policies import INVOICE_POLICY, READ_INVOICE, SETTLE_INVOICE
from licensing.payments.models import (
    BankAllocation,
    BankReceipt,
    MatchingTerms,
    OnlineMovement,
    OnlinePayment,
    OnlineRefund,
    ServiceEvent,
    StripeAccount,
)
from platform_core.access.actors import COMMAND_LINE, SystemWork
from platform_core.access.kernel import follows
from platform_core.access.policies import ACCESS_LOG_POLICY, READ_ACCESS_LOG, of_own_figures
from platform_core.access.registry import Guard, Permission, Policy, allow, register
from platform_core.access.relations import everything, in_operating_entity, own_organisation
from platform_core.identity.policies import (
    OPERATING_ENTITY_POLICY,
    ORGANISATION_POLICY,
    READ_OPERATING_ENTITY,
    READ_ORGANISATION,
)
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.role_plan import Decision, declare_decision
from platform_core.identity.roles import Purpose, Role
from platform_core.ledger.policies import (
    ACCOUNT_POLICY,
    KEEP_BOOKS,
    OPEN_ACCOUNT,
    POST_TO_ACCOUNT,
    READ_ACCOUNT,
)
from platform_core.treasury.policies import BANK_ACCOUNT_POLICY

REFUND_DECISION: Final = "online_refund.decision"
"""The decision of two people: one proposes to give money back, another approves it."""

PAYMENT_WORK: Final = SystemWork("payment service")
"""The job that asks the payment service, and books what it says."""

CONNECT_STRIPE = Permission("operating_entity.connect_stripe")
READ_STRIPE_ACCOUNT = Permission("stripe_account.read")
CLOSE_STRIPE_ACCOUNT = Permission("stripe_account.close")
CHANGE_STRIPE_KEYS = Permission("stripe_account.change_keys")
PAY_INVOICE_ONLINE = Permission("invoice.pay_online")
READ_ONLINE_PAYMENT = Permission("online_payment.read")
PAY_ONLINE_PAYMENT = Permission("online_payment.pay")
"""Having the address of the page on which it is paid."""
END_ONLINE_PAYMENT = Permission("online_payment.end")
PROPOSE_REFUND = Permission("online_payment.propose_refund")
READ_ONLINE_REFUND = Permission("online_refund.read")
DECIDE_REFUND = Permission("online_refund.decide")
SET_MATCHING_TERMS = Permission("operating_entity.set_matching_terms")
READ_RECONCILIATION = Permission("operating_entity.read_reconciliation")
"""What banks, invoices and distributions say beside the books."""
READ_MATCHING_TERMS = Permission("matching_terms.read")
READ_BANK_RECEIPT = Permission("bank_receipt.read")
USE_PREPAID = Permission("invoice.use_prepaid")
MATCH_LINES = Permission("bank_account.match_lines")
"""Settle what its open lines pay beyond doubt."""
READ_SERVICE_EVENT = Permission("service_event.read")

_NO_STAFF: Final = "what is paid is nothing that a staff session needs"
_ISSUED: Final = Q(state=InvoiceState.ISSUED)

OPERATING_ENTITY_POLICY.extend(
    allow(
        Role.FINANCE,
        {CONNECT_STRIPE, SET_MATCHING_TERMS, READ_RECONCILIATION},
        in_operating_entity("pk"),
        purpose=Purpose.ROYALTIES,
    ),
    allow(COMMAND_LINE, {CONNECT_STRIPE, SET_MATCHING_TERMS, READ_RECONCILIATION}, everything()),
    allow(PAYMENT_WORK, {READ_OPERATING_ENTITY, KEEP_BOOKS}, everything()),
)
BANK_ACCOUNT_POLICY.extend(
    allow(Role.FINANCE, MATCH_LINES, in_operating_entity(), purpose=Purpose.ROYALTIES),
    allow(COMMAND_LINE, MATCH_LINES, everything()),
)
ORGANISATION_POLICY.extend(allow(PAYMENT_WORK, READ_ORGANISATION, everything()))
ACCOUNT_POLICY.extend(allow(PAYMENT_WORK, {READ_ACCOUNT, OPEN_ACCOUNT, POST_TO_ACCOUNT}, everything()))
LICENCE_POLICY.extend(allow(PAYMENT_WORK, {READ_LICENCE_NAME, READ_LICENCE, RECORD_RECEIPT}, everything()))
INVOICE_POLICY.extend(
    allow(
        Role.LICENSEE,
        PAY_INVOICE_ONLINE,
        own_organisation("licence__licensee").narrowed(_ISSUED, "once issued"),
    ),
    allow(
        Role.FINANCE,
        {PAY_INVOICE_ONLINE, USE_PREPAID},
        in_operating_entity("licence__programme__operating_entity"),
        purpose=Purpose.ROYALTIES,
    ),
    allow(PAYMENT_WORK, {READ_INVOICE, SETTLE_INVOICE}, everything()),
)

STRIPE_ACCOUNT_POLICY = register(
    Policy(
        StripeAccount,
        read=READ_STRIPE_ACCOUNT,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_STRIPE_ACCOUNT, CLOSE_STRIPE_ACCOUNT, CHANGE_STRIPE_KEYS},
                in_operating_entity(),
                purpose=Purpose.ROYALTIES,
            ),
            allow(COMMAND_LINE, {READ_STRIPE_ACCOUNT, CLOSE_STRIPE_ACCOUNT, CHANGE_STRIPE_KEYS}, everything()),
        ],
    )
)

ONLINE_PAYMENT_POLICY = register(
    Policy(
        OnlinePayment,
        read=READ_ONLINE_PAYMENT,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_ONLINE_PAYMENT, PROPOSE_REFUND, END_ONLINE_PAYMENT},
                in_operating_entity("account__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(
                Role.LICENSEE,
                {READ_ONLINE_PAYMENT, PAY_ONLINE_PAYMENT, END_ONLINE_PAYMENT},
                own_organisation("invoice__licence__licensee"),
            ),
            allow((PAYMENT_WORK, COMMAND_LINE), READ_ONLINE_PAYMENT, everything()),
        ],
    )
)
ONLINE_PAYMENT_POLICY.belong_to("invoice__licence__licensee")

ONLINE_REFUND_POLICY = register(
    Policy(
        OnlineRefund,
        read=READ_ONLINE_REFUND,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_ONLINE_REFUND, DECIDE_REFUND},
                in_operating_entity("payment__account__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(Role.LICENSEE, READ_ONLINE_REFUND, own_organisation("payment__invoice__licence__licensee")),
            allow((PAYMENT_WORK, COMMAND_LINE), READ_ONLINE_REFUND, everything()),
        ],
        guards=[
            Guard(
                DECIDE_REFUND,
                "You proposed to give this back: a second person has to decide.",
                lambda actor: ~Q(proposed_by=actor.user_id),
            ),
        ],
    )
)
ONLINE_REFUND_POLICY.belong_to("payment__invoice__licence__licensee")

ONLINE_MOVEMENT_POLICY = register(
    Policy(
        OnlineMovement,
        read=READ_ONLINE_PAYMENT,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                (Role.FINANCE, Role.LICENSEE, PAYMENT_WORK, COMMAND_LINE),
                READ_ONLINE_PAYMENT,
                follows("payment", READ_ONLINE_PAYMENT, OnlinePayment),
            )
        ],
    )
)
ONLINE_MOVEMENT_POLICY.belong_to("payment__invoice__licence__licensee")

SERVICE_EVENT_POLICY = register(
    Policy(
        ServiceEvent,
        read=READ_SERVICE_EVENT,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                READ_SERVICE_EVENT,
                in_operating_entity("account__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow((PAYMENT_WORK, COMMAND_LINE), READ_SERVICE_EVENT, everything()),
        ],
    )
)
SERVICE_EVENT_POLICY.belong_to("payment__invoice__licence__licensee")

MATCHING_TERMS_POLICY = register(
    Policy(
        MatchingTerms,
        read=READ_MATCHING_TERMS,
        no_staff=_NO_STAFF,
        rules=[
            allow(Role.FINANCE, READ_MATCHING_TERMS, in_operating_entity(), purpose=Purpose.ROYALTIES),
            allow(COMMAND_LINE, READ_MATCHING_TERMS, everything()),
        ],
    )
)

BANK_RECEIPT_POLICY = register(
    Policy(
        BankReceipt,
        read=READ_BANK_RECEIPT,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                READ_BANK_RECEIPT,
                in_operating_entity("line__bank_account__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(COMMAND_LINE, READ_BANK_RECEIPT, everything()),
        ],
    )
)
BANK_RECEIPT_POLICY.belong_to("licensee", "allocations__settlement__invoice__licence__licensee")
declare_reference(Reference(BankReceipt, "licensee", Fate.MOVED, "what is left over is of whoever paid it"))

BANK_ALLOCATION_POLICY = register(
    Policy(
        BankAllocation,
        read=READ_BANK_RECEIPT,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                READ_BANK_RECEIPT,
                in_operating_entity("receipt__line__bank_account__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(COMMAND_LINE, READ_BANK_RECEIPT, everything()),
        ],
    )
)
BANK_ALLOCATION_POLICY.belong_to("settlement__invoice__licence__licensee")

ACCESS_LOG_POLICY.extend(allow(Role.LICENSEE, READ_ACCESS_LOG, of_own_figures(OnlinePayment)))
declare_decision(
    Decision(
        REFUND_DECISION,
        (Role.FINANCE,),
        at_entity=True,
        purpose=Purpose.ROYALTIES,
        in_use=lambda place: StripeAccount.objects.filter(operating_entity=place.entity).exists(),
    )
)
