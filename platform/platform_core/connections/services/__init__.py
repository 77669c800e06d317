"""Keeping connections, and asking them."""

from platform_core.connections.services.asking import RUN, defer_due_runs, is_under_way, on_behalf_of
from platform_core.connections.services.keeping import (
    ConnectionEdits,
    edit_connection,
    end_connection,
    open_connection,
    pause_connection,
    replace_connection_secret,
    request_run,
    resume_connection,
)
from platform_core.connections.services.running import LONGEST_RUN, end_dead_runs, run_connection

__all__ = [
    "LONGEST_RUN",
    "RUN",
    "ConnectionEdits",
    "defer_due_runs",
    "edit_connection",
    "end_connection",
    "end_dead_runs",
    "is_under_way",
    "on_behalf_of",
    "open_connection",
    "pause_connection",
    "replace_connection_secret",
    "request_run",
    "resume_connection",
    "run_connection",
]
