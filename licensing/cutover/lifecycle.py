"""How what is carried over from an old workbook moves from a preview to the books, and out of them again."""

from typing import Final

from licensing.cutover.models import OpeningState
from platform_core.lifecycle import Lifecycle

OPENING_LIFECYCLE: Final[Lifecycle[OpeningState]] = Lifecycle(
    {
        "supersede": ({OpeningState.PREVIEWED}, OpeningState.SUPERSEDED),
        "book": ({OpeningState.PREVIEWED}, OpeningState.BOOKED),
        "undo": ({OpeningState.BOOKED}, OpeningState.UNDONE),
    }
)
