"""Where a proposal to end a most-favoured clause stands, and the steps between."""

from typing import Final

from django.db import models

from platform_core.lifecycle import Lifecycle


class EndingState(models.TextChoices):
    """Where a proposal to end a most-favoured clause stands."""

    PROPOSED = "proposed", "Waiting for a second person"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


FAVOUR_ENDING_LIFECYCLE: Final[Lifecycle[EndingState]] = Lifecycle(
    {
        "approve": ({EndingState.PROPOSED}, EndingState.APPROVED),
        "refuse": ({EndingState.PROPOSED}, EndingState.REFUSED),
        "withdraw": ({EndingState.PROPOSED}, EndingState.WITHDRAWN),
    }
)
