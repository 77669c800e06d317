"""The states of a connection and of a run, and the steps between them."""

from platform_core.connections.models import ConnectionState, RunState
from platform_core.lifecycle import Lifecycle

CONNECTION_LIFECYCLE: Lifecycle[ConnectionState] = Lifecycle(
    {
        # Also by itself: where credentials are refused, or whoever kept it may no longer do so.
        "pause": ({ConnectionState.ON}, ConnectionState.PAUSED),
        "resume": ({ConnectionState.PAUSED}, ConnectionState.ON),
        "end": ({ConnectionState.ON, ConnectionState.PAUSED}, ConnectionState.ENDED),
    }
)

RUN_LIFECYCLE: Lifecycle[RunState] = Lifecycle(
    {
        "finish": ({RunState.RUNNING}, RunState.FINISHED),
        "break off": ({RunState.RUNNING}, RunState.STOPPED),
        "fail": ({RunState.RUNNING}, RunState.FAILED),
    }
)
