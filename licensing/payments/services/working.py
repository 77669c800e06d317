"""Asking the service about a payment, and taking down what it says: outside and inside transactions, never both."""

import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.payments.calculation import Facts, RefundFact, Status, wait_after
from licensing.payments.gateway import AnswerKept, Gateway, Opened, ServiceRefused, ServiceUnavailable, stale
from licensing.payments.lifecycle import (
    ASKED,
    PAYMENT_LIFECYCLE,
    REFUND_LIFECYCLE,
    UNDER_WAY,
    MovementKind,
    PaymentState,
    RefundState,
)
from licensing.payments.models import OnlineMovement, OnlinePayment, OnlineRefund
from licensing.payments.policies import PAYMENT_WORK
from licensing.payments.selectors import due_payments
from licensing.payments.services.booking import book_movements
from licensing.payments.services.connecting import note_failure
from licensing.payments.services.paying import LEASE, put_on_its_way
from platform_core.access.actors import Actor
from platform_core.audit.services import record_event
from platform_core.clock import Clock
from platform_core.realtime.services import announce

logger = logging.getLogger(__name__)

_STEPS: Final = {
    Status.OPEN: "open",
    Status.PROCESSING: "process",
    Status.SUCCEEDED: "succeed",
    Status.CANCELLED: "cancel",
}
_FINAL: Final = (PaymentState.SUCCEEDED, PaymentState.CANCELLED)
_SOON: Final = timedelta(minutes=10)
_HOURLY: Final = timedelta(hours=1)
_LATER: Final = timedelta(hours=6)
_WEEKLY: Final = timedelta(days=7)
_DISPUTES_FOR: Final = timedelta(days=180)
"""How long after a payment its bank may take it back; asked about weekly, should the service forget to tell."""


def work_on_payment(*, payment_id: UUID, clock: Clock) -> None:
    """Do what is due for a payment: open it at the service, ask for refunds, or take down what it says.

    Any number of workers may be told to, and may die anywhere: every call carries the same key until it is certain that
    nothing came of it, and what moved money is booked once.
    """
    payment = _take(payment_id, clock)
    if payment is None:
        return
    gateway = Gateway(payment.account)
    try:
        if payment.state == PaymentState.INTENDED:
            _open(gateway, payment, clock)
        elif not payment.service_id and not payment.session_id:
            # It was refused, and nothing is there to be asked about.
            OnlinePayment.objects.filter(pk=payment.pk, service_id="", session_id="").update(due_at=None)
        else:
            _close_page(gateway, payment)
            _ask_refunds(gateway, payment, clock)
            _take_down(payment, gateway.facts(payment), clock)
    except ServiceUnavailable as problem:
        _try_again(payment.pk, str(problem), clock)
        note_failure(stripe_account_id=payment.account_id, why=str(problem), clock=clock)
    except ServiceRefused as problem:
        _refused(payment.pk, str(problem), clock)
        note_failure(stripe_account_id=payment.account_id, why=str(problem), clock=clock)


def work_on_due_payments(*, clock: Clock) -> int:
    """Put every payment that is due on its way, and return how many."""
    due = due_payments(clock.now())
    for payment_id, account_id in due:
        put_on_its_way(payment_id=payment_id, account_id=account_id)
    return len(due)


@transaction.atomic
def _take(payment_id: UUID, clock: Clock) -> OnlinePayment | None:
    """Hold a payment that is due, so that nobody else works on it meanwhile; None where there is nothing to do."""
    now = clock.now()
    payment = OnlinePayment.objects.select_for_update(skip_locked=True).filter(pk=payment_id, due_at__lte=now).first()
    if payment is None:
        return None
    payment.due_at = now + LEASE
    if payment.state == PaymentState.INTENDED and payment.first_asked_at is None:
        payment.first_asked_at = now
    payment.save(update_fields=["due_at", "first_asked_at"])
    return OnlinePayment.objects.select_related("account", "invoice__series").get(pk=payment.pk)


def _open(gateway: Gateway, payment: OnlinePayment, clock: Clock) -> None:
    opened: Opened | None = None
    if payment.first_asked_at is not None and stale(payment.first_asked_at, clock.now()):
        opened = gateway.find_payment(payment) or None
        if opened is None:
            _use_next_key(OnlinePayment, payment.pk, payment.key_number, clock)
            return
    try:
        opened = opened or gateway.open_payment(payment)
    except AnswerKept:
        opened = gateway.find_payment(payment)
        if opened is None:
            _use_next_key(OnlinePayment, payment.pk, payment.key_number, clock)
            return
    _take_down_opened(payment, opened, clock)


def _close_page(gateway: Gateway, payment: OnlinePayment) -> None:
    if payment.ending_at is None or payment.state not in UNDER_WAY:
        return
    try:
        gateway.close_page(payment)
    except ServiceRefused as problem:
        # Somebody paid there meanwhile, or it has closed by itself: what follows says which.
        logger.info("the page of payment %s is not to be closed: %s", payment.pk, problem)


def _ask_refunds(gateway: Gateway, payment: OnlinePayment, clock: Clock) -> None:
    for refund in OnlineRefund.objects.filter(payment=payment, state__in=ASKED, service_id="").order_by("pk"):
        refund.payment = payment
        _note_asked(refund, clock)
        try:
            fact = gateway.find_refund(refund) if stale(refund.first_asked_at or clock.now(), clock.now()) else None
            fact = fact or gateway.ask_refund(refund)
        except AnswerKept:
            fact = gateway.find_refund(refund)
            if fact is None:
                _use_next_key(OnlineRefund, refund.pk, refund.key_number, clock)
                continue
        except ServiceRefused as problem:
            _end_refund(refund.pk, str(problem), clock)
            continue
        _know_refund(refund.pk, fact, clock)


@transaction.atomic
def _take_down_opened(asked: OnlinePayment, opened: Opened, clock: Clock) -> None:
    payment = OnlinePayment.objects.select_for_update().get(pk=asked.pk)
    if payment.session_id and payment.session_id != opened.session_id:
        # Another worker opened it meanwhile, under a later key; this one is nobody's, and is never paid.
        return
    payment.session_id = opened.session_id
    payment.page_url = opened.page_url
    payment.save(update_fields=["session_id", "page_url"])
    _apply(payment, opened.facts, clock, hints=asked.hints)
    if opened.facts.service_id or payment.ending_at is not None:
        # Somebody has paid there already, or it is to end: both are seen to at once.
        payment.due_at = clock.now()
        payment.save(update_fields=["due_at"])


@transaction.atomic
def _take_down(asked: OnlinePayment, facts: Facts, clock: Clock) -> None:
    payment = OnlinePayment.objects.select_for_update().get(pk=asked.pk)
    actor = _actor(clock)
    if facts.service_id and not payment.service_id:
        payment.service_id = facts.service_id
        payment.save(update_fields=["service_id"])
    _note_refunds(payment, facts, clock)
    book_movements(actor=actor, payment=payment, facts=facts)
    _apply(payment, facts, clock, hints=asked.hints)


def _apply(payment: OnlinePayment, facts: Facts, clock: Clock, *, hints: int) -> None:
    """Move a payment to where the service says it is, and decide when it is asked next.

    At once, where the service told something after it was asked.
    """
    before = PaymentState(payment.state)
    step = _STEPS[facts.status]
    if before in PAYMENT_LIFECYCLE.steps[step][0]:
        payment.state = PAYMENT_LIFECYCLE.after(step, current=before)
    payment.attempts = 0
    payment.message = facts.message
    payment.due_at = clock.now() if payment.hints != hints else _next_time(payment, clock.now())
    payment.save(update_fields=["state", "attempts", "message", "due_at"])
    if payment.state != before:
        record_event(
            "online_payment.moved",
            actor=_actor(clock),
            subject=payment,
            changes={"state": (before, payment.state)},
        )
        announce(payment.invoice, part=payment)


def _next_time(payment: OnlinePayment, now: datetime) -> datetime | None:
    since = now - payment.started_at
    if OnlineRefund.objects.filter(payment=payment, state__in=ASKED).exists():
        return now + _SOON
    if payment.state == PaymentState.SUCCEEDED:
        # What it costs is known once the service has charged it; what a bank takes back comes much later.
        fee = OnlineMovement.objects.filter(payment=payment, kind=MovementKind.FEE)
        if since < timedelta(days=1) and not fee.exists():
            return now + _HOURLY
        return now + _WEEKLY if since < _DISPUTES_FOR else None
    if payment.state in _FINAL:
        return None
    return now + (_SOON if since < timedelta(days=1) else _LATER)


def _note_refunds(payment: OnlinePayment, facts: Facts, clock: Clock) -> None:
    for fact in facts.refunds:
        refund = _refund_of(payment, fact)
        if refund is None:
            refund = OnlineRefund(
                payment=payment,
                amount_minor=fact.amount_minor,
                reason="made at the payment service",
                made_there=True,
                state=RefundState.PENDING,
                service_id=fact.service_id,
                proposed_at=clock.now(),
            )
            refund.save(force_insert=True)
        _move_refund(refund, fact, clock)


def _refund_of(payment: OnlinePayment, fact: RefundFact) -> OnlineRefund | None:
    known = OnlineRefund.objects.select_for_update().filter(payment=payment)
    found = known.filter(service_id=fact.service_id).first()
    if found is None and fact.ours:
        found = known.filter(pk=UUID(fact.ours)).first()
    return found


@transaction.atomic
def _know_refund(refund_id: UUID, fact: RefundFact, clock: Clock) -> None:
    refund = OnlineRefund.objects.select_for_update().get(pk=refund_id)
    _move_refund(refund, fact, clock)


def _move_refund(refund: OnlineRefund, fact: RefundFact, clock: Clock) -> None:
    before = RefundState(refund.state)
    step = {"succeeded": "succeed", "failed": "fail", "failed_after_success": "fail", "canceled": "fail"}.get(
        fact.status, "ask"
    )
    refund.service_id = fact.service_id
    if before in REFUND_LIFECYCLE.steps[step][0]:
        refund.state = REFUND_LIFECYCLE.after(step, current=before)
    refund.message = fact.reason
    refund.save(update_fields=["service_id", "state", "message"])
    if refund.state != before:
        record_event(
            "online_refund.moved", actor=_actor(clock), subject=refund, changes={"state": (before, refund.state)}
        )
        announce(refund.payment.invoice, part=refund)


@transaction.atomic
def _note_asked(refund: OnlineRefund, clock: Clock) -> None:
    if refund.first_asked_at is None:
        refund.first_asked_at = clock.now()
        refund.save(update_fields=["first_asked_at"])


@transaction.atomic
def _end_refund(refund_id: UUID, why: str, clock: Clock) -> None:
    refund = OnlineRefund.objects.select_for_update().get(pk=refund_id)
    if refund.state not in ASKED or refund.service_id:
        return
    before = RefundState(refund.state)
    refund.state, refund.message = REFUND_LIFECYCLE.after("fail", current=before), why
    refund.save(update_fields=["state", "message"])
    record_event("online_refund.moved", actor=_actor(clock), subject=refund, changes={"state": (before, refund.state)})
    announce(refund.payment.invoice, part=refund)


@transaction.atomic
def _use_next_key(model: type[OnlinePayment | OnlineRefund], record_id: UUID, used: int, clock: Clock) -> None:
    """Ask under another key from now on: it is certain that nothing came of the last one."""
    record = model.objects.select_for_update().get(pk=record_id)
    unknown = not record.service_id and not (isinstance(record, OnlinePayment) and record.session_id)
    if record.key_number == used and unknown:
        record.key_number = used + 1
        record.first_asked_at = None
        record.save(update_fields=["key_number", "first_asked_at"])
    payment_id = record.pk if isinstance(record, OnlinePayment) else record.payment_id
    OnlinePayment.objects.filter(pk=payment_id).update(due_at=clock.now())


@transaction.atomic
def _try_again(payment_id: UUID, why: str, clock: Clock) -> None:
    payment = OnlinePayment.objects.select_for_update().get(pk=payment_id)
    payment.attempts += 1
    payment.message = why[:500]
    payment.due_at = clock.now() + timedelta(seconds=wait_after(payment.attempts))
    payment.save(update_fields=["attempts", "message", "due_at"])


@transaction.atomic
def _refused(payment_id: UUID, why: str, clock: Clock) -> None:
    payment = OnlinePayment.objects.select_for_update().get(pk=payment_id)
    if payment.state != PaymentState.INTENDED:
        # What is open there and yet unknown to it is nothing that goes away by itself: somebody has to look.
        logger.error("the payment service refuses to tell of payment %s: %s", payment_id, why)
        payment.attempts += 1
        payment.message = why[:500]
        payment.due_at = clock.now() + _LATER
        payment.save(update_fields=["attempts", "message", "due_at"])
        return
    before = PaymentState(payment.state)
    payment.state = PAYMENT_LIFECYCLE.after("fail", current=before)
    payment.message, payment.due_at = why[:500], None
    payment.save(update_fields=["state", "message", "due_at"])
    record_event(
        "online_payment.moved", actor=_actor(clock), subject=payment, changes={"state": (before, payment.state)}
    )
    announce(payment.invoice, part=payment)


def _actor(clock: Clock) -> Actor:
    return Actor.system(PAYMENT_WORK, clock=clock)
