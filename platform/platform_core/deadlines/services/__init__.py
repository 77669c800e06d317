"""Setting, settling and telling of deadlines, and the calendars that show them."""

from platform_core.deadlines.services.calendars import calendar_of, feed_of, make_feed, note_reading, revoke_feed
from platform_core.deadlines.services.keeping import Duty, Kept, set_deadlines
from platform_core.deadlines.services.running import HOUR, RUNNING, defer_runs, run_deadlines
from platform_core.deadlines.services.settling import (
    assign_deadlines,
    reopen_deadline,
    reopen_of_subject,
    settle_deadlines,
    settle_of_subject,
    void_of_subject,
    waive_deadlines,
)

__all__ = [
    "HOUR",
    "RUNNING",
    "Duty",
    "Kept",
    "assign_deadlines",
    "calendar_of",
    "defer_runs",
    "feed_of",
    "make_feed",
    "note_reading",
    "reopen_deadline",
    "reopen_of_subject",
    "revoke_feed",
    "run_deadlines",
    "set_deadlines",
    "settle_deadlines",
    "settle_of_subject",
    "void_of_subject",
    "waive_deadlines",
]
