"""The accounts on which distributions book."""

from typing import Final

from platform_core.ledger.kinds import AccountClass, AccountKind, register_account_kind

PAYABLE: Final = register_account_kind(
    AccountKind("payable", AccountClass.LIABILITY, "应付成员分配款", "Distributions payable", "224101")
)
HELD: Final = register_account_kind(
    AccountKind("held", AccountClass.LIABILITY, "暂扣成员分配款", "Distributions withheld", "224102")
)
RESERVE: Final = register_account_kind(AccountKind("reserve", AccountClass.LIABILITY, "准备金", "Reserves", "224103"))
UNDISTRIBUTED: Final = register_account_kind(
    AccountKind("undistributed", AccountClass.LIABILITY, "未分配款项", "Undistributed", "224104")
)
FEE_INCOME: Final = register_account_kind(
    AccountKind("fee_income", AccountClass.INCOME, "管理费收入", "Administration fees", "6051")
)
WITHHELD_TAX: Final = register_account_kind(
    AccountKind(
        "withheld_tax",
        AccountClass.LIABILITY,
        "应交税费—代扣代缴税款",
        "Tax withheld, owed to the tax office",
        "222110",
    )
)
FX_CLEARING: Final = register_account_kind(
    AccountKind("fx_clearing", AccountClass.LIABILITY, "货币兑换", "Currency exchange", "224107")
)
"""What was converted at a rate and is still to be bought; one account in each of two currencies, named by both."""
FX_DIFFERENCE: Final = register_account_kind(
    AccountKind("fx_difference", AccountClass.EXPENSE, "汇兑损益", "Exchange differences", "6603")
)
