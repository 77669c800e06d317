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
from platform_core.treasury.services.payouts import (
    cancel_payout,
    draft_payout,
    make_payout_file,
    release_payout,
    return_payout,
    take_payout_file,
)
from platform_core.treasury.services.releasing import release_line
from platform_core.treasury.services.statements import take_statement

__all__ = [
    "assign_line",
    "cancel_payout",
    "confirm_payee_account",
    "draft_payout",
    "edit_bank_account",
    "enter_payee_account",
    "make_payout_file",
    "open_bank_account",
    "release_line",
    "release_payout",
    "return_payout",
    "reverse_line",
    "set_line_aside",
    "take_line_up",
    "take_payout_file",
    "take_statement",
    "withdraw_payee_account",
]
