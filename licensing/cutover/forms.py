"""The tables of what is carried over from an old workbook, as they are to be filled in."""

from dataclasses import dataclass
from typing import Final

BALANCES: Final = "balances"
INVOICES: Final = "open_invoices"
COLLECTED: Final = "collected"
DISTRIBUTED: Final = "distributed"
REPORTED: Final = "reported"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what it is called, whether it must be there, and how it is filled in."""

    name: str
    zh: str
    example: str
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """A table as it is to be filled in."""

    name: str
    zh: str
    columns: tuple[Column, ...]


FORMS: Final[tuple[Form, ...]] = (
    Form(
        BALANCES,
        "期初余额",
        (
            Column("account", "科目", "bank"),
            Column("holder", "往来方", "", needed=False),
            Column("label", "明细", "0009", needed=False),
            Column("currency", "币种", "CNY", needed=False),
            Column("purpose", "款项用途", "royalties", needed=False),
            Column("debit", "借方余额", "120000.00", needed=False),
            Column("credit", "贷方余额", "", needed=False),
        ),
    ),
    Form(
        INVOICES,
        "未结账单",
        (
            Column("number", "账单号", "A-2025-017"),
            Column("licence_id", "许可合同", "L01"),
            Column("period", "期间", "2025Q3"),
            Column("issued_on", "开具日", "2025-10-15"),
            Column("due_on", "到期日", "2025-11-14"),
            Column("net", "未结净额", "1000.00"),
            Column("tax", "未结税额", "60.00", needed=False),
            Column("withheld", "预计代扣税", "", needed=False),
        ),
    ),
    Form(
        COLLECTED,
        "已收许可费",
        (
            Column("licence_id", "许可合同", "L01"),
            Column("period", "期间", "2025Q3"),
            Column("amount", "已收净额", "500.00"),
        ),
    ),
    Form(
        DISTRIBUTED,
        "已分配",
        (
            Column("period", "期间", "2025Q3"),
            Column("payee", "收款方", "M01"),
            Column("amount", "已分配额", "450.00"),
        ),
    ),
    Form(
        REPORTED,
        "已申报数量",
        (
            Column("licence_id", "许可合同", "L01"),
            Column("product", "产品", "tv"),
            Column("units", "本年数量", "12000"),
        ),
    ),
)
