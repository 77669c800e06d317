"""Finding online payments and what became of them, through what the reader may see."""

from datetime import datetime
from uuid import UUID

from licensing.payments.models import OnlineMovement, OnlinePayment, OnlineRefund, ServiceEvent, StripeAccount
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet

AT_ONCE = 200
"""How many payments one round puts on their way."""


def stripe_accounts(*, actor: Actor) -> VisibleQuerySet[StripeAccount]:
    """List the Stripe accounts an actor may see; their keys are never among what is shown."""
    return StripeAccount.objects.visible_to(actor).defer("secret_key", "webhook_secret")


def online_payments(*, actor: Actor) -> VisibleQuerySet[OnlinePayment]:
    """List the online payments an actor may see."""
    rows = OnlinePayment.objects.visible_to(actor).defer("client_secret")
    return rows.select_related("invoice__series", "invoice__licence__licensee", "invoice__licence__programme")


def get_online_payment(payment_id: UUID, *, actor: Actor, for_change: bool = False) -> OnlinePayment:
    """Fetch one online payment the actor may see, locked if it is fetched for a change."""
    return get_visible(OnlinePayment, payment_id, actor=actor, for_change=for_change)


def refunds(*, actor: Actor) -> VisibleQuerySet[OnlineRefund]:
    """List the refunds an actor may see."""
    return OnlineRefund.objects.visible_to(actor).select_related(
        "payment__invoice__series", "proposed_by", "decided_by"
    )


def movements(*, actor: Actor) -> VisibleQuerySet[OnlineMovement]:
    """List what moved money at the payment service, as far as the actor may see it."""
    return OnlineMovement.objects.visible_to(actor).select_related("payment__invoice__series")


def events(*, actor: Actor) -> VisibleQuerySet[ServiceEvent]:
    """List what the payment service told, as far as the actor may see it."""
    return ServiceEvent.objects.visible_to(actor).defer("body")


def account_in_use(operating_entity_id: UUID) -> StripeAccount | None:
    """Return the account with which an operating entity is paid online, if it has one."""
    return StripeAccount.objects.filter(operating_entity=operating_entity_id, closed_at=None).first()


def due_payments(now: datetime) -> list[tuple[UUID, UUID]]:
    """Return the payments of which the service is to be asked by now, each with its account, the longest due first."""
    rows = OnlinePayment.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    return list(rows.values_list("pk", "account_id")[:AT_ONCE])
