"""The states of a request for a licence and the steps between them."""

from typing import Final

from platform_core.lifecycle import Lifecycle
from pools.asking.models import RequestState

_OPEN: Final = frozenset({RequestState.RECEIVED, RequestState.ACKNOWLEDGED})

REQUEST_LIFECYCLE: Final = Lifecycle(
    {
        "confirmation": ({RequestState.UNCONFIRMED}, RequestState.RECEIVED),
        "acknowledgement": ({RequestState.RECEIVED}, RequestState.ACKNOWLEDGED),
        "answer": (_OPEN, RequestState.ANSWERED),
        "closing": (_OPEN | {RequestState.ANSWERED}, RequestState.CLOSED),
    }
)
"""The steps have the names of the addresses below a request at which they are taken."""
