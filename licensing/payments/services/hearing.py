"""Hearing what the service tells: kept first, in the same transaction as the asking that follows; a hint, no more."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from licensing.payments.gateway import NOT_SIGNED, OUR_PAYMENT, Gateway, ServiceRefused, Told
from licensing.payments.models import OnlinePayment, ServiceEvent, StripeAccount
from licensing.payments.services.connecting import note_unsigned
from licensing.payments.services.paying import put_on_its_way
from platform_core.clock import Clock


def hear_event(*, stripe_account_id: UUID, body: bytes, signature: str, clock: Clock) -> ServiceEvent:
    """Keep an event that is truly from the service, and have the payment it is about asked for anew.

    The same event told again is answered with the one that is there. What is about another account, or real money
    instead of a test, is kept and does nothing. Raises ServiceRefused for a signature that is not right, and alike for
    an account that is not there.
    """
    account = StripeAccount.objects.filter(pk=stripe_account_id).first()
    if account is None:
        # In the words of a wrong signature: strangers ask here, and learn of no account.
        raise ServiceRefused(NOT_SIGNED)
    now = clock.now()
    try:
        told = Gateway(account).told(body, signature, now=now)
    except ServiceRefused:
        if account.webhook_secret:
            # Without a secret nothing can be signed rightly, and that is told of already.
            note_unsigned(stripe_account_id=account.pk, clock=clock)
        raise
    return _keep(account, told, now)


@transaction.atomic
def _keep(account: StripeAccount, told: Told, now: datetime) -> ServiceEvent:
    payment = _payment_of(account, told)
    event, is_new = ServiceEvent.objects.get_or_create(
        account=account,
        service_id=told.service_id,
        defaults={
            "kind": told.kind[:100],
            "subject": told.subject[:64],
            "body": told.body,
            "received_at": now,
            "payment": payment,
        },
    )
    if is_new and payment is not None:
        # Somebody may be asking this very moment, and have the answer from before.
        OnlinePayment.objects.filter(pk=payment.pk).update(due_at=now, hints=F("hints") + 1)
        put_on_its_way(payment_id=payment.pk, account_id=account.pk)
    return event


def _payment_of(account: StripeAccount, told: Told) -> OnlinePayment | None:
    """Return the payment an event is about: by the service's id, or while that is not known yet, by ours."""
    if told.is_live != account.is_live or told.account_id not in ("", account.account_id):
        return None
    payments = OnlinePayment.objects.filter(account=account)
    if told.subject and (found := payments.filter(service_id=told.subject).first()) is not None:
        return found
    named = (told.body.get("data", {}).get("object", {}).get("metadata") or {}).get(OUR_PAYMENT, "")
    try:
        ours = UUID(str(named))
    except ValueError:
        return None
    return payments.filter(pk=ours).first()
