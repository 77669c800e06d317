"""Giving money back: one person proposes it, another approves it, and only then is the service asked."""

from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from licensing.payments.lifecycle import REFUND_LIFECYCLE, MovementKind, PaymentState, RefundState
from licensing.payments.models import OnlineMovement, OnlinePayment, OnlineRefund
from licensing.payments.policies import DECIDE_REFUND, PROPOSE_REFUND, REFUND_DECISION
from licensing.payments.selectors import get_online_payment
from licensing.payments.services.paying import put_on_its_way
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.identity.role_plan import Place, require_second_person, require_two_people
from platform_core.problems import WrongState
from platform_core.realtime.services import announce

_COUNTED = (RefundState.PROPOSED, RefundState.INTENDED, RefundState.PENDING, RefundState.SUCCEEDED)


@transaction.atomic
def propose_refund(*, actor: Actor, payment_id: UUID, amount_minor: int, reason: str) -> OnlineRefund:
    """Propose to give back part of a payment that arrived, or all of it; a second person decides."""
    payment = get_online_payment(payment_id, actor=actor, for_change=True)
    require(actor, PROPOSE_REFUND, payment)
    require_two_people(REFUND_DECISION, _place_of(payment), clock=actor.clock)
    if payment.state != PaymentState.SUCCEEDED:
        raise WrongState("Only what was paid is given back.", current=payment.state)
    # What a bank took back is not there to be given back once more.
    kinds = (MovementKind.RECEIVED, MovementKind.DISPUTED, MovementKind.DISPUTE_WON)
    received = OnlineMovement.objects.filter(payment=payment, kind__in=kinds)
    there = int(received.aggregate(sum=Sum("amount_minor"))["sum"] or 0)
    given = OnlineRefund.objects.filter(payment=payment, state__in=_COUNTED).aggregate(sum=Sum("amount_minor"))["sum"]
    checks = Checks()
    checks.text("reason", reason, longest=500)
    if not 0 < amount_minor <= there - int(given or 0):
        checks.wrong("amount_minor", "too_much", "Write an amount above 0, at most what is left of the payment.")
    checks.refuse()
    refund = OnlineRefund.objects.create(
        payment=payment,
        amount_minor=amount_minor,
        reason=reason.strip(),
        proposed_at=actor.clock.now(),
        proposed_by_id=actor.person_id,
    )
    record_event("online_refund.proposed", actor=actor, subject=refund, changes={"amount_minor": (None, amount_minor)})
    announce(payment.invoice, part=refund)
    return refund


@transaction.atomic
def decide_refund(*, actor: Actor, refund_id: UUID, approve: bool) -> OnlineRefund:
    """Approve or refuse to give money back that somebody else proposed; what is approved is asked in the background."""
    seen = get_visible(OnlineRefund, refund_id, actor=actor)
    payment = OnlinePayment.objects.select_for_update().get(pk=seen.payment_id)
    refund = get_visible(OnlineRefund, refund_id, actor=actor, for_change=True)
    require(actor, DECIDE_REFUND, refund)
    place = _place_of(payment)
    require_second_person(REFUND_DECISION, actor=actor, beside=[refund.proposed_by_id], place=place)
    before = RefundState(refund.state)
    refund.state = REFUND_LIFECYCLE.after("approve" if approve else "refuse", current=before)
    refund.decided_at, refund.decided_by_id = actor.clock.now(), actor.person_id
    refund.save(update_fields=["state", "decided_at", "decided_by"])
    record_event(
        "online_refund.approved" if approve else "online_refund.refused",
        actor=actor,
        subject=refund,
        changes={"state": (before, refund.state)},
    )
    announce(payment.invoice, part=refund)
    if approve:
        payment.due_at = actor.clock.now()
        payment.save(update_fields=["due_at"])
        put_on_its_way(payment_id=payment.pk, account_id=payment.account_id)
    return refund


def _place_of(payment: OnlinePayment) -> Place:
    entity = payment.account.operating_entity
    return Place.of(entity)
