"""The table to fill in for a report: the columns, with the licence's products and months set out."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import xlsxwriter

from licensing.agreements.models import Licence
from licensing.reports.calculation import DETAIL_COLUMNS, LINE_COLUMNS
from licensing.reports.calculation.headings import CHINESE
from licensing.reports.models import ProductAlias
from licensing.reports.selectors import product_aliases, products_of
from platform_core.access.actors import Actor
from platform_core.api.exports.writers import safe_cell
from platform_core.identity.models import Language

COLUMNS: Final = (*LINE_COLUMNS[1:], *DETAIL_COLUMNS)
"""The licence is named by the report itself, so that the table need not."""

_MADE: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Stands where a workbook tells when it was made, so that the same table gives the same bytes."""

_SHEETS: Final = {
    Language.CHINESE: ("销售明细", "填写说明", "本公司产品名称"),
    Language.ENGLISH: ("Sales", "How to fill in", "Own names"),
}
_NOTES: Final[dict[Language, dict[str, str]]] = {
    Language.CHINESE: {
        "month": "销售月份，写作 2025-03",
        "product": "许可项目的产品代码；本公司已登记的产品名称也可填写",
        "made_in": "制造国家或地区，ISO 双字母代码，例如 CN",
        "sold_in": "销售国家或地区，ISO 双字母代码，例如 DE",
        "units": "销售数量，整数；退货填负数",
        "net_amount": "净销售额，按币种主单位，最多 6 位小数；按台计费的产品可留空",
        "currency": "ISO 币种代码，例如 CNY",
        "brand_or_customer": "可选：品牌，或代工的客户",
        "model": "可选：型号",
        "first_sold_in": "可选：首次销售的国家或地区",
        "exclusion_code": "可选：主张不计费的事由代码；填写时须写明依据",
        "evidence": "可选：依据的文件名称或编号",
        "": "没有填写制造地、销售地、数量和金额的行不计入报告。没有销售的月份请作零申报。",
    },
    Language.ENGLISH: {
        "month": "Month of sale, written 2025-03",
        "product": "The programme's product code; your own recorded names of products are read as well",
        "made_in": "Country of manufacture, ISO code of two letters, such as CN",
        "sold_in": "Country of sale, ISO code of two letters, such as DE",
        "units": "Units sold, a whole number; negative for returns",
        "net_amount": "Net sales in major units, at most 6 decimals; blank where the royalty is per unit",
        "currency": "ISO currency code, such as CNY",
        "brand_or_customer": "Optional: the brand, or the customer it is made for",
        "model": "Optional: the model",
        "first_sold_in": "Optional: the country of first sale",
        "exclusion_code": "Optional: why no royalty is said to be due; it needs its evidence",
        "evidence": "Optional: name or number of the paper that shows it",
        "": "Rows without countries, units and amount are passed over. Months without sales are reported as such.",
    },
}


def template_name(licence: Licence, first_month: date, last_month: date) -> str:
    """Return what the file is called, without its ending."""
    months = sorted({f"{month:%Y-%m}" for month in (first_month, last_month)})
    return f"{licence.code} {' – '.join(months)}"


def template_csv(licence: Licence, months: Sequence[date], language: Language) -> bytes:
    """Write the table as CSV in UTF-8 with its mark, which Excel reads as well."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_headings(language))
    writer.writerows([safe_cell(cell) for cell in row] for row in _rows(licence, months))
    return ("\ufeff" + text.getvalue()).encode()


def template_xlsx(licence: Licence, months: Sequence[date], language: Language, *, actor: Actor) -> bytes:
    """Write the table as a workbook: a sheet to fill in, one that says how, and the licensee's own names if any."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": licence.code, "created": _MADE})
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        lines, notes, names = _SHEETS[language]
        sheet = book.add_worksheet(lines)
        # As text, so that a month stays the month that was typed and no day is made of it.
        sheet.set_column(0, 0, 12, text)
        sheet.set_column(1, len(COLUMNS) - 1, 18)
        _write(sheet, 0, _headings(language), bold)
        for at, row in enumerate(_rows(licence, months), start=1):
            _write(sheet, at, row)
        sheet.freeze_panes(1, 0)
        about = book.add_worksheet(notes)
        about.set_column(0, 0, 22)
        about.set_column(1, 1, 90)
        for at, (column, note) in enumerate(_NOTES[language].items()):
            _write(about, at, [_heading(column, language), note])
        own = product_aliases(actor=actor).filter(licence=licence).order_by("key")
        if own:
            _write_names(book.add_worksheet(names), own)
    return file.getvalue()


def _write_names(sheet: Any, names: Sequence[ProductAlias] | Any) -> None:
    sheet.set_column(0, 1, 36)
    for at, alias in enumerate(names):
        _write(sheet, at, [alias.name, alias.product])


def _write(sheet: Any, at: int, cells: Sequence[str], style: Any = None) -> None:
    for place, cell in enumerate(cells):
        if cell:
            sheet.write_string(at, place, cell, style)


def _headings(language: Language) -> list[str]:
    return [_heading(column, language) for column in COLUMNS]


def _heading(column: str, language: Language) -> str:
    return CHINESE.get(column, column) if language is Language.CHINESE else column


def _rows(licence: Licence, months: Sequence[date]) -> Iterator[list[str]]:
    products = products_of(licence.programme, licence=licence) or [""]
    currency = licence.programme.currency
    for month in months:
        for product in products:
            filled = {"month": f"{month:%Y-%m}", "product": product, "currency": currency}
            yield [filled.get(column, "") for column in COLUMNS]
