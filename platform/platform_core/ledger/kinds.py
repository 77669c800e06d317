"""The kinds of accounts there are, filled in the `apps.py` of each room: what stands on them, and its words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class AccountClass(StrEnum):
    """On which side of the books a kind of account stands."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


DEBIT_CLASSES: Final = frozenset((AccountClass.ASSET, AccountClass.EXPENSE))
"""Classes whose balances are debits; people read the others with the sign turned."""


@dataclass(frozen=True, slots=True)
class AccountKind:
    """What stands on an account: its code, the side of the books, its words, and its number in a chart of accounts."""

    code: str
    side: AccountClass
    zh: str
    en: str
    voucher_code: str
    """The code of the account (科目编码) in the vouchers that accounting programs take in."""


_kinds: dict[str, AccountKind] = {}


def register_account_kind(kind: AccountKind) -> AccountKind:
    """Make a kind of account known."""
    if _kinds.setdefault(kind.code, kind) != kind:
        raise ValueError(f"there is a kind of account called {kind.code!r} already")
    return kind


def account_kinds() -> Mapping[str, AccountKind]:
    """Return all kinds of accounts by their codes."""
    return _kinds


BANK: Final = register_account_kind(AccountKind("bank", AccountClass.ASSET, "银行存款", "Bank", "1002"))
SUSPENSE: Final = register_account_kind(
    AccountKind("suspense", AccountClass.LIABILITY, "待认领款项", "Unassigned receipts", "2241")
)
OPENING: Final = register_account_kind(
    AccountKind("opening", AccountClass.EQUITY, "期初余额", "Opening balances", "3001")
)
