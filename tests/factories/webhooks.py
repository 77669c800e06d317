"""Webhooks for tests."""

from typing import TYPE_CHECKING, Any

from platform_core.identity.models import Seat
from platform_core.webhooks.models import Webhook, WebhookDelivery
from tests.factories.core import NOON

if TYPE_CHECKING:
    from tests.factories.world import World

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def make_webhook(seat: Seat, **columns: Any) -> Webhook:
    given = {"url": "https://hooks.example.com/", "events": ["*"], "secret": SECRET, "created_at": NOON, **columns}
    return Webhook.objects.create(seat=seat, organisation=seat.organisation, **given)


def populate(world: "World") -> None:
    """A webhook with a delivery for somebody on each side, and one that has ended."""
    for side in ("first", "second"):
        for name in ("member_admin", "member_staff", "licensee"):
            webhook = make_webhook(world.seats[f"{side} {name}"])
            WebhookDelivery.objects.create(
                webhook=webhook,
                event="pool.opened",
                topic="composition.pool:x",
                at=NOON,
                created_at=NOON,
                next_attempt_at=NOON,
            )
        make_webhook(world.seats[f"{side} secretariat"], ended_at=NOON)
