"""The states of a licence outside a programme and the steps between them."""

from typing import Final

from licensing.direct.models import DirectState
from platform_core.lifecycle import Lifecycle

DIRECT_LIFECYCLE: Final[Lifecycle[DirectState]] = Lifecycle(
    {
        "send": ({DirectState.DRAFT}, DirectState.SENT),
        "recall": ({DirectState.SENT}, DirectState.DRAFT),
        "sign": ({DirectState.SENT}, DirectState.SIGNED),
        "countersign": ({DirectState.SIGNED}, DirectState.IN_FORCE),
        # Once more: what was licensed under another licence may have to end before that one does.
        "terminate": ({DirectState.IN_FORCE, DirectState.TERMINATED}, DirectState.TERMINATED),
        "cancel": ({DirectState.DRAFT, DirectState.SENT, DirectState.SIGNED}, DirectState.CANCELLED),
    }
)
