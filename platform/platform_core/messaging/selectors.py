"""Reading what messages left the platform."""

from django.db.models import QuerySet

from platform_core.access.actors import Actor
from platform_core.messaging.models import Message


def messages(*, actor: Actor) -> QuerySet[Message]:
    """Return the messages the actor may see; what they said is not kept."""
    return Message.objects.visible_to(actor).defer("values").select_related("user")
