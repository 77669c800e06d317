"""What becomes of lines of bank statements, of accounts that organisations want to be paid to, and of payments."""

from platform_core.lifecycle import Lifecycle
from platform_core.treasury.models import LineState, PayeeState, PayoutState

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

PAYOUT_LIFECYCLE: Lifecycle[PayoutState] = Lifecycle(
    {
        "release first": ({PayoutState.DRAFTED}, PayoutState.HALF_RELEASED),
        "release": ({PayoutState.HALF_RELEASED}, PayoutState.RELEASED),
        "put in file": ({PayoutState.RELEASED}, PayoutState.IN_FILE),
        # Of a file that no bank has: where it goes has changed since.
        "leave out of file": ({PayoutState.IN_FILE}, PayoutState.RELEASED),
        # A bank's line says so; it may have been paid by hand, without a file.
        "note as paid": ({PayoutState.RELEASED, PayoutState.IN_FILE}, PayoutState.PAID),
        "take back": ({PayoutState.IN_FILE, PayoutState.PAID}, PayoutState.RETURNED),
        "cancel payout": (
            {PayoutState.DRAFTED, PayoutState.HALF_RELEASED, PayoutState.RELEASED},
            PayoutState.CANCELLED,
        ),
    }
)
