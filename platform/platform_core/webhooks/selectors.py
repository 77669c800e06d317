"""Finding webhooks and what was sent to them."""

from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.webhooks.models import Webhook, WebhookDelivery


def webhooks(*, actor: Actor) -> VisibleQuerySet[Webhook]:
    """List the webhooks the actor may see that have not ended."""
    return Webhook.objects.visible_to(actor).filter(ended_at=None)


def webhook(webhook_id: UUID, *, actor: Actor, for_change: bool = False) -> Webhook:
    """Return one webhook, locked if it is to be changed."""
    return get_visible(Webhook, webhook_id, actor=actor, for_change=for_change)


def deliveries(webhook_id: UUID, *, actor: Actor) -> VisibleQuerySet[WebhookDelivery]:
    """List what was sent to a webhook that the actor may see."""
    return WebhookDelivery.objects.visible_to(actor).filter(webhook=webhook(webhook_id, actor=actor))
