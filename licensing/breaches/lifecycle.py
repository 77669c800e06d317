"""How far a breach and a proposal to end a licence have come, and the steps between."""

from typing import Final

from django.db import models

from platform_core.lifecycle import Lifecycle


class BreachState(models.TextChoices):
    """How far a breach has come."""

    NOTICED = "noticed", "Noticed: to be put right"
    SUSPENDED = "suspended", "Not put right in time: the licence is suspended"
    CURED = "cured", "Put right"
    WITHDRAWN = "withdrawn", "Withdrawn by the office"
    TERMINATED = "terminated", "The licence was ended for it"


OPEN_STATES: Final = (BreachState.NOTICED, BreachState.SUSPENDED)
"""States in which a breach still waits to be put right."""

BREACH_LIFECYCLE: Final[Lifecycle[BreachState]] = Lifecycle(
    {
        "cure": ({BreachState.NOTICED, BreachState.SUSPENDED}, BreachState.CURED),
        "withdrawal": ({BreachState.NOTICED, BreachState.SUSPENDED}, BreachState.WITHDRAWN),
        "suspension": ({BreachState.NOTICED}, BreachState.SUSPENDED),
        "termination": ({BreachState.SUSPENDED}, BreachState.TERMINATED),
    }
)


class TerminationState(models.TextChoices):
    """Where a proposal to end a licence stands."""

    PROPOSED = "proposed", "Waiting for a second person"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


TERMINATION_LIFECYCLE: Final[Lifecycle[TerminationState]] = Lifecycle(
    {
        "approve": ({TerminationState.PROPOSED}, TerminationState.APPROVED),
        "refuse": ({TerminationState.PROPOSED}, TerminationState.REFUSED),
        "withdraw": ({TerminationState.PROPOSED}, TerminationState.WITHDRAWN),
    }
)
