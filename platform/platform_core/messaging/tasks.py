"""The background work of messages."""

from uuid import UUID

from platform_core.jobs.registry import background
from platform_core.jobs.running import Running
from platform_core.messaging import services
from platform_core.messaging.policies import DELIVERY


@background(services.DELIVERING, as_work=DELIVERY)
def deliver(running: Running, *, message_id: str) -> None:
    """Carry one message."""
    services.deliver_message(actor=running.actor, message_id=UUID(message_id))
