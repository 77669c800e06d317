"""The states of a doubtful deduction and the steps between them."""

from typing import Final

from licensing.deductions.models import DoubtState
from platform_core.lifecycle import Lifecycle

DOUBT_LIFECYCLE: Final[Lifecycle[DoubtState]] = Lifecycle(
    {
        "answer": ({DoubtState.ASKED}, DoubtState.ANSWERED),
        # By what the licensee showed, and not without.
        "accept": ({DoubtState.ANSWERED}, DoubtState.ACCEPTED),
        "reject": ({DoubtState.ASKED, DoubtState.ANSWERED}, DoubtState.REJECTED),
        "correct": ({DoubtState.ASKED, DoubtState.ANSWERED}, DoubtState.CORRECTED),
    }
)
