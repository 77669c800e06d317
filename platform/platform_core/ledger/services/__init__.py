"""Opening accounts, booking entries, closing books; rooms above book what they decided, in the same transaction."""

from platform_core.ledger.services.accounts import close_account, open_account
from platform_core.ledger.services.closing import close_books
from platform_core.ledger.services.holding import hold_books
from platform_core.ledger.services.posting import NewEntry, post_entries, post_entry, reverse_entry
from platform_core.ledger.services.reopening import (
    ask_to_reopen_books,
    grant_book_reopening,
    refuse_book_reopening,
    withdraw_book_reopening,
)

__all__ = [
    "NewEntry",
    "ask_to_reopen_books",
    "close_account",
    "close_books",
    "grant_book_reopening",
    "hold_books",
    "open_account",
    "post_entries",
    "post_entry",
    "refuse_book_reopening",
    "reverse_entry",
    "withdraw_book_reopening",
]
