"""Opening accounts, booking entries, closing books; rooms above book what they decided, in the same transaction."""

from platform_core.ledger.services.accounts import close_account, open_account
from platform_core.ledger.services.closing import close_books, reopen_books
from platform_core.ledger.services.posting import NewEntry, post_entries, post_entry, reverse_entry

__all__ = [
    "NewEntry",
    "close_account",
    "close_books",
    "open_account",
    "post_entries",
    "post_entry",
    "reopen_books",
    "reverse_entry",
]
