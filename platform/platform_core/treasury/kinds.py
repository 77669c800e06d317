"""The kinds of accounts that payments take."""

from typing import Final

from platform_core.ledger.kinds import AccountClass, AccountKind, register_account_kind

IN_TRANSIT: Final = register_account_kind(
    AccountKind("in_transit", AccountClass.LIABILITY, "在途付款", "Payments in transit", "2241")
)
"""What was released and has not left the bank account yet."""
