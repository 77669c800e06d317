"""The states of a claim of a bilateral licence and the steps between them."""

from datetime import timedelta
from typing import Final

from licensing.bilaterals.models import ClaimState
from platform_core.lifecycle import Lifecycle

CLAIM_LIFECYCLE: Final[Lifecycle[ClaimState]] = Lifecycle(
    {
        "ask": ({ClaimState.CLAIMED}, ClaimState.ASKED),
        "confirm": ({ClaimState.ASKED}, ClaimState.CONFIRMED),
        "refuse": ({ClaimState.ASKED}, ClaimState.REFUSED),
        "settle": ({ClaimState.ASKED}, ClaimState.CONFIRMED),
        "withdraw": ({ClaimState.CLAIMED, ClaimState.ASKED}, ClaimState.WITHDRAWN),
    }
)

SILENCE: Final = timedelta(days=30)
"""How long a member may be silent before two people of finance decide by the evidence."""
