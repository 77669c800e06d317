"""Beginning an online payment: its row and the work on it are written together, and nobody is called meanwhile."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from licensing.billing.lifecycle import InvoiceState
from licensing.billing.selectors import get_invoice
from licensing.payments.calculation import to_service
from licensing.payments.models import OnlinePayment
from licensing.payments.policies import PAY_INVOICE_ONLINE
from licensing.payments.selectors import account_in_use
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
    """Begin to pay an invoice online, in part or what is open of it; the service is asked in the background."""
    invoice = get_invoice(invoice_id, actor=actor, for_change=True)
    require(actor, PAY_INVOICE_ONLINE, invoice)
    if invoice.state != InvoiceState.ISSUED or invoice.is_credit_note or not invoice.open_minor:
        raise WrongState("There is nothing to pay on this.", current=invoice.state)
    account = account_in_use(invoice.licence.programme.operating_entity_id)
    if account is None:
        raise Conflict("The operating entity takes no payments online: pay by bank transfer.")
    amount = invoice.open_minor if amount_minor is None else amount_minor
    checks = Checks()
    if not 0 < amount <= invoice.open_minor:
        checks.wrong("amount_minor", "too_much", "Write an amount above 0, at most what is open of the invoice.")
    else:
        try:
            to_service(amount, invoice.currency)
        except ValueError as problem:
            checks.wrong("amount_minor", "bad_amount", f"{problem}.")
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


_PROBLEMS: dict[str, Problem] = {
    "onlinepayment_one_under_way": Conflict("A payment of this invoice is under way: go on with it, or let it end."),
}
