"""Starting, calculating, approving, posting and correcting closes."""

from licensing.close.services.calculating import calculate, note_failed_calculation
from licensing.close.services.corrections import reopen_after_charge, reopen_after_membership, reopen_after_report
from licensing.close.services.queueing import CALCULATION
from licensing.close.services.runs import (
    approve_close_run,
    cancel_close_run,
    post_close_run,
    request_calculation,
    send_back_close_run,
    start_close_run,
)

__all__ = [
    "CALCULATION",
    "approve_close_run",
    "calculate",
    "cancel_close_run",
    "note_failed_calculation",
    "post_close_run",
    "reopen_after_charge",
    "reopen_after_membership",
    "reopen_after_report",
    "request_calculation",
    "send_back_close_run",
    "start_close_run",
]
