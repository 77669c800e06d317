"""The life of an invitation; one that has run out is open still, and can be sent anew."""

from django.db import models

from platform_core.lifecycle import Lifecycle


class InvitationState(models.TextChoices):
    """What became of an invitation."""

    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    WITHDRAWN = "withdrawn", "Withdrawn"


INVITATION_LIFECYCLE: Lifecycle[InvitationState] = Lifecycle(
    {
        "accept": ({InvitationState.OPEN}, InvitationState.ACCEPTED),
        "send again": ({InvitationState.OPEN}, InvitationState.OPEN),
        "withdraw": ({InvitationState.OPEN}, InvitationState.WITHDRAWN),
    }
)
