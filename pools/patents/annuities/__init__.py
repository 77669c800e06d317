"""Fees that keep patents alive: when they are due, how much they are on a day, what being late costs.

Pure: no database, no clock. Rules and amounts are dated data (`rules.toml`), each with its source.
"""

from pools.patents.annuities.days import WEEKENDS, BadCalendar, WorkingDays, read_calendar
from pools.patents.annuities.rules import NoRules, rules_of
from pools.patents.annuities.working_out import (
    Annuity,
    KeptRight,
    Relief,
    Status,
    compensation_fee,
    schedule,
    work_out,
)

__all__ = [
    "WEEKENDS",
    "Annuity",
    "BadCalendar",
    "KeptRight",
    "NoRules",
    "Relief",
    "Status",
    "WorkingDays",
    "compensation_fee",
    "read_calendar",
    "rules_of",
    "schedule",
    "work_out",
]
