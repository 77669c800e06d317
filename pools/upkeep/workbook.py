"""The workbook by which the Chinese office takes many fees at once: nine columns, one line for each fee."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter

from platform_core.api.exports.writers import safe_cell
from platform_core.money import exponent

SHEET: Final = "网上缴费"
COLUMNS: Final = (
    "序号",
    "申请号/专利号/国际申请号/海牙转交编号",
    "业务类型",
    "票据抬头",
    "统一社会信用代码",
    "费用种类",
    "外币金额",
    "费用金额（人民币）",
    "备注",
)
BUSINESS: Final = "国家申请"
_RIGHTS: Final = {"invention": "发明专利", "utility_model": "实用新型专利", "design": "外观设计专利"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee of one patent as it stands in the workbook; amounts in minor units."""

    application: str
    right: str
    year: int
    fee_minor: int
    surcharge_minor: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Whose name and code stand on the receipt."""

    name: str
    code: str


_MADE: Final = datetime(2000, 1, 1)  # noqa: DTZ001  # a workbook knows no zones
"""What a workbook says of when it was made."""


def write_workbook(payer: Payer, fees: Sequence[Fee], *, currency: str) -> bytes:
    """Return the workbook of an order: a line for each fee and one more for its surcharge.

    What people wrote is written as text, and begins with an apostrophe where a program could take it for a formula.
    """
    with tempfile.SpooledTemporaryFile(max_size=4 * 2**20) as file:
        options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(file, options) as book:
            # The same fees make the same file: when it was asked for stands with whoever asked.
            book.set_properties({"created": _MADE})
            sheet = book.add_worksheet(SHEET)
            bold = book.add_format({"bold": True})
            amount = book.add_format({"num_format": "0.00"})
            for position, heading in enumerate(COLUMNS):
                sheet.write_string(0, position, heading, bold)
                sheet.set_column(position, position, max(10, 2 * len(heading)))
            for number, row in enumerate(_rows(payer, fees), start=1):
                _write_row(sheet, number, row, amount, currency)
        file.seek(0)
        return file.read()


def _rows(payer: Payer, fees: Iterable[Fee]) -> Iterable[tuple[str, str, str, str, int, str]]:
    for fee in fees:
        kind = _RIGHTS.get(fee.right, _RIGHTS["invention"])
        yield fee.application, payer.name, payer.code, f"{kind}第{fee.year}年年费", fee.fee_minor, fee.note
        if fee.surcharge_minor:
            yield (
                fee.application,
                payer.name,
                payer.code,
                f"{kind}年费滞纳金",
                fee.surcharge_minor,
                f"第{fee.year}年",
            )


def _write_row(sheet: Any, number: int, row: tuple[str, str, str, str, int, str], amount: Any, currency: str) -> None:
    application, name, code, kind, minor, note = row
    sheet.write_number(number, 0, number)
    for position, text in ((1, application), (2, BUSINESS), (3, name), (4, code), (5, kind), (8, note)):
        if text:
            sheet.write_string(number, position, safe_cell(text))
    sheet.write_number(number, 7, float(Decimal(minor).scaleb(-exponent(currency))), amount)
