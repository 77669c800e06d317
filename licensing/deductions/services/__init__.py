"""What is done about deductions that are claimed for licensed brands."""

from licensing.deductions.services.comparing import compare_deductions
from licensing.deductions.services.doubting import (
    accept_deduction,
    answer_doubt,
    ask_about_deduction,
    note_correction,
    reject_deduction,
)

__all__ = [
    "accept_deduction",
    "answer_doubt",
    "ask_about_deduction",
    "compare_deductions",
    "note_correction",
    "reject_deduction",
]
