"""Conducting breaches of licences from notice to the end, and ending licences by two people."""

from licensing.breaches.papers import run_off_until
from licensing.breaches.services.ending import (
    decide_termination,
    end_on_their_day,
    propose_termination,
    withdraw_termination,
)
from licensing.breaches.services.noticing import (
    close_what_is_put_right,
    notice_breach,
    record_cure,
    suspend_for_breach,
    withdraw_breach,
)

__all__ = [
    "close_what_is_put_right",
    "decide_termination",
    "end_on_their_day",
    "notice_breach",
    "propose_termination",
    "record_cure",
    "run_off_until",
    "suspend_for_breach",
    "withdraw_breach",
    "withdraw_termination",
]
