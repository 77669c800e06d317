"""What becomes of a line of a bank statement, and of an account that an organisation wants to be paid to."""

from platform_core.lifecycle import Lifecycle
from platform_core.treasury.models import LineState, PayeeState

LINE_LIFECYCLE: Lifecycle[LineState] = Lifecycle(
    {
        "assign": ({LineState.OPEN, LineState.SET_ASIDE}, LineState.ASSIGNED),
        "set aside": ({LineState.OPEN}, LineState.SET_ASIDE),
        "take up": ({LineState.SET_ASIDE}, LineState.OPEN),
        "release": ({LineState.ASSIGNED}, LineState.OPEN),
        "reverse": ({LineState.OPEN, LineState.SET_ASIDE}, LineState.REVERSED),
    }
)

PAYEE_LIFECYCLE: Lifecycle[PayeeState] = Lifecycle(
    {
        "confirm": ({PayeeState.ENTERED}, PayeeState.CONFIRMED),
        "withdraw": ({PayeeState.ENTERED, PayeeState.CONFIRMED}, PayeeState.WITHDRAWN),
    }
)
