"""Beginning an online payment: its row and the work on it are written together, and nobody is called meanwhile."""

from copy import copy
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from licensing.billing.lifecycle import InvoiceState
from licensing.billing.selectors import get_invoice
from licensing.payments.calculation import Refusal, refusal_of
from licensing.payments.lifecycle import PAYMENT_LIFECYCLE, UNDER_WAY, PaymentState
from licensing.payments.models import OnlinePayment
from licensing.payments.policies import END_ONLINE_PAYMENT, PAY_INVOICE_ONLINE, READ_ONLINE_PAYMENT
from licensing.payments.selectors import account_in_use, get_online_payment, payable_online
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.jobs.registry import CALLS
from platform_core.problems import Conflict, Problem, WrongState
from platform_core.realtime.services import announce

WORK: Final = "lianchi.work_on_online_payment"
"""The background work that asks the service about one payment."""

LEASE: Final = timedelta(minutes=2)
"""How long an attempt may take before another worker tries."""


@transaction.atomic
def start_online_payment(*, actor: Actor, invoice_id: UUID, amount_minor: int | None = None) -> OnlinePayment:
    """Begin to pay an invoice online, in part or what is open of it; the service is asked in the background.

    Several parts may be under way at a time, and never come to more than what is open.
    """
    invoice = get_invoice(invoice_id, actor=actor, for_change=True)
    require(actor, PAY_INVOICE_ONLINE, invoice)
    if invoice.state != InvoiceState.ISSUED or invoice.is_credit_note or not invoice.open_minor:
        raise WrongState("There is nothing to pay on this.", current=invoice.state)
    account = account_in_use(invoice.licence.programme.operating_entity_id)
    if account is None:
        raise Conflict("The operating entity takes no payments online: pay by bank transfer.")
    payable = payable_online(invoice)
    if not payable:
        raise copy(_ALL_UNDER_WAY)
    amount = payable if amount_minor is None else amount_minor
    checks = Checks()
    if not 0 < amount <= payable:
        checks.wrong(
            "amount_minor",
            "too_much",
            "Write an amount above 0, at most what is open and not under way online already.",
        )
    else:
        match refusal_of(amount, invoice.currency):
            case Refusal.STEPS:
                checks.wrong("amount_minor", "bad_amount", "In this currency amounts end in 0 there.")
            case Refusal.TOO_LITTLE:
                checks.wrong("amount_minor", "too_little", "The payment service takes no amount as small as this.")
            case Refusal.TOO_MUCH:
                checks.wrong("amount_minor", "too_much", "The payment service takes no amount as large as this.")
    checks.refuse()
    with told_as(_PROBLEMS):
        payment = OnlinePayment.objects.create(
            account=account,
            invoice=invoice,
            amount_minor=amount,
            currency=invoice.currency,
            due_at=actor.clock.now(),
            started_at=actor.clock.now(),
            started_by_id=actor.person_id,
        )
    record_event("online_payment.started", actor=actor, subject=payment, changes={"amount_minor": (None, amount)})
    announce(invoice, part=payment)
    put_on_its_way(payment_id=payment.pk, account_id=account.pk)
    return payment


@transaction.atomic
def ask_about_payment(*, actor: Actor, payment_id: UUID) -> OnlinePayment:
    """Have the service asked now about a payment that is under way, such as when its payer comes back."""
    payment = get_online_payment(payment_id, actor=actor, for_change=True)
    require(actor, READ_ONLINE_PAYMENT, payment)
    now = actor.clock.now()
    # Somebody who asks just now, or waits after a failure, answers this as well.
    if payment.state in UNDER_WAY and not payment.attempts and (payment.due_at is None or payment.due_at > now + LEASE):
        payment.due_at = now
        payment.save(update_fields=["due_at"])
        put_on_its_way(payment_id=payment.pk, account_id=payment.account_id)
    return payment


@transaction.atomic
def end_online_payment(*, actor: Actor, payment_id: UUID) -> OnlinePayment:
    """Have the page of a payment closed, so that the invoice is paid otherwise; what was paid by then stays paid.

    The service is asked in the background, and says whether somebody was faster.
    """
    payment = get_online_payment(payment_id, actor=actor, for_change=True)
    require(actor, END_ONLINE_PAYMENT, payment)
    if payment.state not in UNDER_WAY:
        raise WrongState("This payment has ended already.", current=payment.state)
    now = actor.clock.now()
    if payment.ending_at is not None:
        return payment
    before = PaymentState(payment.state)
    payment.ending_at = now
    if before == PaymentState.INTENDED and payment.first_asked_at is None:
        # The service has not heard of it yet, and never will.
        payment.state, payment.due_at = PAYMENT_LIFECYCLE.after("cancel", current=before), None
    else:
        payment.due_at = now
        put_on_its_way(payment_id=payment.pk, account_id=payment.account_id)
    payment.save(update_fields=["ending_at", "state", "due_at"])
    record_event("online_payment.ended", actor=actor, subject=payment, changes={"ending_at": (None, now)})
    announce(payment.invoice, part=payment)
    return payment


def put_on_its_way(*, payment_id: UUID, account_id: UUID) -> None:
    """Have the service asked about a payment; one at a time for each account, so that others are not held up.

    Whether it is asked for already does not matter: what is due is found by its row as well.
    """
    task = app.configure_task(WORK, queue=CALLS, lock=f"payments of {account_id}", queueing_lock=f"pay {payment_id}")
    try:
        with transaction.atomic():
            task.defer(payment_id=str(payment_id))
    except AlreadyEnqueued:
        return


_ALL_UNDER_WAY: Final = Conflict("All that is open of this invoice is under way: go on with that, or end it.")
_PROBLEMS: dict[str, Problem] = {"onlinepayment_within_open": _ALL_UNDER_WAY}
