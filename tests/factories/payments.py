"""Payments through a payment service as bare rows, without one, and by bank: for tests of who may see them."""

from datetime import date
from typing import TYPE_CHECKING, Any

from licensing.billing.lifecycle import SettlementKind
from licensing.billing.models import Invoice
from licensing.payments.kinds import PREPAID, SERVICE_BALANCE
from licensing.payments.lifecycle import MovementKind, PaymentState
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
from platform_core.identity.models import OperatingEntity, User
from platform_core.identity.roles import Purpose
from platform_core.ids import new_id
from platform_core.ledger.kinds import SUSPENSE
from platform_core.ledger.services import open_account
from platform_core.treasury.models import BankAccount, LineState, StatementLine
from tests.factories.billing import make_certificate
from tests.factories.core import NOON, command_line, make_user
from tests.factories.ledger import book
from tests.factories.treasury import make_bank_account, make_line

if TYPE_CHECKING:
    from tests.factories.world import World


def make_stripe_account(entity: OperatingEntity, **columns: Any) -> StripeAccount:
    return StripeAccount.objects.create(
        **{
            "operating_entity": entity,
            "account_id": f"acct_{new_id().hex[-8:]}",
            "secret_key": "sk_test_none",
            "webhook_secret": "whsec_none",
            "opened_at": NOON,
            **columns,
        }
    )


def make_online_payment(invoice: Invoice, account: StripeAccount, **columns: Any) -> OnlinePayment:
    """A payment of 5.00 that arrived, if nothing else is said."""
    return OnlinePayment.objects.create(
        **{
            "account": account,
            "invoice": invoice,
            "amount_minor": 500,
            "currency": invoice.currency,
            "state": PaymentState.SUCCEEDED,
            "service_id": f"pi_{new_id().hex[-8:]}",
            "started_at": NOON,
            **columns,
        }
    )


def make_movement(payment: OnlinePayment) -> OnlineMovement:
    """What arrived, all of it paid ahead."""
    entity = payment.account.operating_entity
    balance, waiting = (
        open_account(
            actor=command_line(),
            operating_entity_id=entity.pk,
            holder_id=entity.organisation_id,
            kind=kind.code,
            purpose=Purpose.ROYALTIES,
            currency=payment.currency,
            label=payment.account.account_id,
        )
        for kind in (SERVICE_BALANCE, SUSPENSE)
    )
    return OnlineMovement.objects.create(
        payment=payment,
        kind=MovementKind.RECEIVED,
        service_id=payment.service_id,
        amount_minor=payment.amount_minor,
        settled_minor=0,
        prepaid_minor=payment.amount_minor,
        entry=book(balance, waiting, payment.amount_minor, subject=payment),
        at=NOON,
    )


def make_refund(payment: OnlinePayment, person: User, **columns: Any) -> OnlineRefund:
    return OnlineRefund.objects.create(
        **{
            "payment": payment,
            "amount_minor": 100,
            "reason": "paid twice",
            "proposed_at": NOON,
            "proposed_by": person,
            **columns,
        }
    )


def make_service_event(payment: OnlinePayment) -> ServiceEvent:
    return ServiceEvent.objects.create(
        account=payment.account,
        service_id=f"evt_{new_id().hex[-8:]}",
        kind="payment_intent.succeeded",
        subject=payment.service_id,
        body={},
        received_at=NOON,
        payment=payment,
    )


def make_matching_terms(entity: OperatingEntity, **columns: Any) -> MatchingTerms:
    return MatchingTerms.objects.create(
        **{
            "operating_entity": entity,
            "currency": "CNY",
            "from_on": date(2026, 1, 1),
            "charge_tolerance_minor": 500,
            **columns,
        }
    )


def make_bank_receipt(account: BankAccount, invoice: Invoice) -> BankReceipt:
    """A payment of 3.00: 1.00 settled the invoice, the rest is paid ahead."""
    line, entity, licensee = make_line(account, 3), account.operating_entity, invoice.licence.licensee
    waiting, prepaid = (
        open_account(
            actor=command_line(),
            operating_entity_id=entity.pk,
            holder_id=holder.pk,
            kind=kind.code,
            purpose=Purpose.ROYALTIES,
            currency=account.currency,
        )
        for kind, holder in ((SUSPENSE, entity.organisation), (PREPAID, licensee))
    )
    receipt = BankReceipt.objects.create(
        line=line,
        licensee=licensee,
        prepaid_minor=200,
        entry=book(waiting, prepaid, 200, subject=line),
        at=NOON,
    )
    settlement = make_certificate(invoice, kind=SettlementKind.PAYMENT, collected_minor=100, lost_minor=0)
    BankAllocation.objects.create(receipt=receipt, settlement=settlement)
    StatementLine.objects.filter(pk=line.pk).update(
        state=LineState.ASSIGNED,
        claimant="bank_receipts",
        subject_type=BankReceipt._meta.label_lower,
        subject_id=receipt.pk,
        decided_at=NOON,
    )
    return receipt


def populate(world: "World") -> None:
    """Let every licensee pay something of what it was billed, and propose to give part of it back."""
    for entity in world.entities:
        account, person = make_stripe_account(entity), make_user()
        make_matching_terms(entity)
        bank = make_bank_account(entity)
        issued = Invoice.objects.filter(licence__programme__operating_entity=entity, state="issued")
        for invoice in issued.order_by("pk"):
            payment = make_online_payment(invoice, account)
            make_movement(payment)
            make_refund(payment, person)
            make_service_event(payment)
            make_bank_receipt(bank, invoice)
