"""The workbook in which people write what an old workbook ends with."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import xlsxwriter

from licensing.cutover.forms import FORMS
from platform_core.ledger.kinds import account_kinds

ACCOUNTS: Final = (
    "bank",
    "suspense",
    "receivable",
    "billed",
    "collected",
    "output_vat",
    "prepaid",
    "payable",
    "held",
    "reserve",
    "undistributed",
    "fee_income",
    "payment_fees",
    "tax_given_up",
)
_WIDTH: Final = 18
_ROWS: Final = 2_000
_WRITTEN_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Of every copy: two that are fetched one after the other are the same file."""

_NOTES: Final = {
    "zh": (
        "在切换日，将旧台账的期末数带入本平台。每个工作表一张表；不需要的表可留空或删除。请粘贴为数值，不要保留公式。",
        "期初余额：每个账户一行，填借方或贷方余额。往来方：应收、预收填许可合同编号，应付、暂扣填成员代码，其余留空。"
        "明细：银行账户填尾号，准备金填名称。",
        "未结账单：只填尚未结清的部分，保留旧账单号；贷项通知单填负数。各被许可方的合计须等于其应收余额，净额合计须等于“已开单未收”余额。",
        "已收许可费、已分配：按期间累计填写。两者之差须等于“已收待分配”余额；~held:代码 的合计须等于该成员暂扣余额，"
        "~undistributed 须等于未分配余额，~reserve:名称 不得小于准备金余额。",
        "已申报数量：本年度切换日之前各许可合同、各产品的累计数量，用于核对已申报的报告。",
        "科目：",
    ),
    "en": (
        "What the old workbook ends with is carried over on the cut-over day. One sheet for each table; leave out what "
        "you do not need. Paste values, not formulas.",
        "balances: one row an account, its balance a debit or a credit. holder: the licence's code for receivable and "
        "prepaid, the member's code for payable and held, otherwise blank. label: the last digits of a bank account, "
        "the name of a reserve.",
        "open_invoices: only what is still open, under the old number; credit notes below zero. For each licensee they "
        "come to its receivable, and all net amounts to the balance of billed.",
        "collected, distributed: all of a period, as far as money came or was given out. What lies between them is the "
        "balance of collected; ~held:code comes to what is held from the member, ~undistributed to the balance of "
        "that name, ~reserve:name to no less than the reserve.",
        "reported: units of the year before the cut-over day by licence and product, to be checked against reports.",
        "Accounts:",
    ),
}


def template_workbook(language: str) -> bytes:
    """Write the workbook with headings and notes in a language: a sheet of notes, and one for each table."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": _WRITTEN_AT})
        bold = book.add_format({"bold": True, "bg_color": "#EEF2F6", "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        # Codes and numbers stay as they are written: a spreadsheet would take zeros off.
        text = book.add_format({"num_format": "@"})
        notes = book.add_worksheet("说明" if language == "zh" else "notes")
        notes.set_column(0, 0, 24)
        notes.set_column(1, 1, 90, wrapped)
        for row, line in enumerate(_notes(language)):
            notes.write_row(row, 0, line)
        for form in FORMS:
            sheet = book.add_worksheet(form.zh if language == "zh" else form.name)
            for place, column in enumerate(form.columns):
                sheet.write_string(0, place, column.zh if language == "zh" else column.name, bold)
                sheet.set_column(place, place, _WIDTH, text)
            sheet.freeze_panes(1, 0)
    return file.getvalue()


def _notes(language: str) -> Sequence[Sequence[str]]:
    kinds = account_kinds()
    lines = [["", line] for line in _NOTES[language]]
    lines += [[code, kinds[code].zh if language == "zh" else kinds[code].en] for code in ACCOUNTS if code in kinds]
    return lines
