"""The accounts on which online payments book."""

from typing import Final

from platform_core.ledger.kinds import AccountClass, AccountKind, register_account_kind

SERVICE_BALANCE: Final = register_account_kind(
    AccountKind("service_balance", AccountClass.ASSET, "支付平台余额", "Balance at the payment service", "101201")
)
PREPAID: Final = register_account_kind(
    AccountKind("prepaid", AccountClass.LIABILITY, "预收被许可方款项", "Paid ahead by licensees", "2203")
)
PAYMENT_FEES: Final = register_account_kind(
    AccountKind("payment_fees", AccountClass.EXPENSE, "支付手续费", "Fees of payment services", "660301")
)
