"""Opening bank accounts, taking statements in, and saying what each line is for."""

from platform_core.treasury.services.accounts import edit_bank_account, open_bank_account
from platform_core.treasury.services.lines import (
    assign_line,
    reverse_line,
    set_line_aside,
    take_line_up,
)
from platform_core.treasury.services.payees import (
    confirm_payee_account,
    enter_payee_account,
    withdraw_payee_account,
)
from platform_core.treasury.services.releasing import release_line
from platform_core.treasury.services.statements import take_statement

__all__ = [
    "assign_line",
    "confirm_payee_account",
    "edit_bank_account",
    "enter_payee_account",
    "open_bank_account",
    "release_line",
    "reverse_line",
    "set_line_aside",
    "take_line_up",
    "take_statement",
    "withdraw_payee_account",
]
