"""What is done about deductions that are claimed for licensed brands."""

from licensing.deductions.services.comparing import compare_deductions
from licensing.deductions.services.doubting import (
    accept_deduction,
    answer_doubt,
    ask_about_deduction,
    note_correction,
    reject_deduction,
)
from licensing.deductions.services.requesting import (
    COMPARISON,
    carry_out_comparison,
    request_comparison,
    tell_of_failed_comparison,
)

__all__ = [
    "COMPARISON",
    "accept_deduction",
    "answer_doubt",
    "ask_about_deduction",
    "carry_out_comparison",
    "compare_deductions",
    "note_correction",
    "reject_deduction",
    "request_comparison",
    "tell_of_failed_comparison",
]
