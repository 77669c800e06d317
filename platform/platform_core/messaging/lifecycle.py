"""The life of a message on its way out."""

from django.db import models

from platform_core.lifecycle import Lifecycle


class MessageState(models.TextChoices):
    """How far a message is."""

    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    WITHHELD = "withheld", "Withheld"


MESSAGE_LIFECYCLE: Lifecycle[MessageState] = Lifecycle(
    {
        "send": ({MessageState.WAITING}, MessageState.SENT),
        "give up": ({MessageState.WAITING}, MessageState.FAILED),
        "withhold": ({MessageState.WAITING}, MessageState.WITHHELD),
    }
)
