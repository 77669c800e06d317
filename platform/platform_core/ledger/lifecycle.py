"""What becomes of the question whether closed days are opened again."""

from platform_core.ledger.models import ReopeningState
from platform_core.lifecycle import Lifecycle

REOPENING_LIFECYCLE: Lifecycle[ReopeningState] = Lifecycle(
    {
        "grant": ({ReopeningState.ASKED}, ReopeningState.GRANTED),
        "refuse": ({ReopeningState.ASKED}, ReopeningState.REFUSED),
        "withdraw": ({ReopeningState.ASKED}, ReopeningState.WITHDRAWN),
    }
)
