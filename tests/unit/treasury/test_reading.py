"""Statements as banks write them: encodings, marks, preambles, columns and totals; every wrong line is named."""

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from platform_core.exchange.reading import UnreadableFile
from platform_core.treasury.calculation import (
    BankLine,
    fingerprint,
    is_plain,
    occurrences,
    oldest_first,
    places_in_days,
)
from platform_core.treasury.mapping import BadMapping, bank_profiles, mapping_from
from platform_core.treasury.reading import ReadStatement, read_statement

TWO_COLUMNS: dict[str, Any] = {
    "day": ["交易日期"],
    "paid_out": ["借方发生额"],
    "paid_in": ["贷方发生额"],
    "balance": ["余额"],
    "counterparty_name": ["对方户名"],
    "counterparty_account": ["对方账号"],
    "text": ["摘要", "附言"],
    "serial": ["流水号"],
}
HEADINGS = "交易日期,借方发生额,贷方发生额,余额,对方户名,对方账号,摘要,附言,流水号"
TABLE = f"""账号：4200 1234 5678
起止日期：2026-10-01 至 2026-10-31
{HEADINGS}
20261008,,"1,234,567.80","1,354,567.80",蓬莱视讯有限公司,\t6222020000001234,转账,第三季度许可费,A001
2026-10-09,20.00,,1354547.80,,,手续费,,A002
合计,20.00,"1,234,567.80",,,,,,
"""


def read(tmp_path: Path, text: str, mapping: dict[str, Any], *, encoding: str = "utf-8") -> ReadStatement:
    path = tmp_path / "statement.csv"
    path.write_bytes(text.encode(encoding))
    return read_statement(path, mapping_from(mapping), currency="CNY")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_statement_is_read_with_its_preamble_thousands_and_totals(tmp_path: Path, encoding: str) -> None:
    found = read(tmp_path, TABLE, TWO_COLUMNS, encoding=encoding)

    assert found.mistakes == []
    assert (found.header_line, found.left_out) == (3, [6])
    assert found.columns["text"] == "摘要 + 附言"
    assert found.lines == [
        BankLine(
            line=4,
            booked_on=date(2026, 10, 8),
            amount_minor=123_456_780,
            balance_minor=135_456_780,
            counterparty_name="蓬莱视讯有限公司",
            counterparty_account="6222020000001234",
            text="转账 第三季度许可费",
            serial="A001",
        ),
        BankLine(
            line=5,
            booked_on=date(2026, 10, 9),
            amount_minor=-2_000,
            balance_minor=135_454_780,
            text="手续费",
            serial="A002",
        ),
    ]


def test_the_latest_line_may_stand_first_and_one_column_may_say_which_way(tmp_path: Path) -> None:
    mapping = {"day": ["日期"], "amount": ["金额"], "direction": ["借贷标志"], "balance": ["余额"]}
    text = "日期,金额,借贷标志,余额\n2026/10/09,30,借,70\n2026/10/09,100,贷,100\n2026/10/08,50,借,0\n"
    found = read(tmp_path, text, mapping)
    assert [(line.booked_on.day, line.amount_minor, line.balance_minor) for line in found.lines] == [
        (8, -5_000, 0),
        (9, 10_000, 10_000),
        (9, -3_000, 7_000),
    ]


def test_a_signed_column_is_read_in_all_its_forms(tmp_path: Path) -> None:
    cells = ["-12.5", "(7.00)", "￥1，000.00", "+3", "−4.1", "８．８"]
    text = "day;amount\n" + "".join(f"2026-10-08;{cell}\n" for cell in cells)
    found = read(tmp_path, text, {"day": ["day"], "amount": ["Amount"]})
    assert [line.amount_minor for line in found.lines] == [-1250, -700, 100_000, 300, -410, 880]


@pytest.mark.parametrize(
    ("cell", "detail"),
    [
        ("1.230,00", "is no amount"),
        ("1.234,56", "is no amount"),
        ("12,50", "is no amount"),
        ("1,23,456.00", "is no amount"),
        ("1'234,567.00", "is no amount"),
        ("1.000", "could be two amounts"),
        ("1.230", "could be two amounts"),
        ("1e5", "is no amount"),
    ],
)
def test_what_could_be_another_amount_elsewhere_is_refused(tmp_path: Path, cell: str, detail: str) -> None:
    found = read(tmp_path, f"day;amount\n2026-10-08;{cell}\n", {"day": ["day"], "amount": ["amount"]})
    assert found.lines == []
    assert [wrong.line for wrong in found.mistakes] == [2]
    assert detail in found.mistakes[0].detail


@pytest.mark.parametrize(
    ("cell", "currency", "minor"),
    [
        ("1,234", "JPY", 1234),
        ("１，２３４", "JPY", 1234),
        ("1,234.567", "KWD", 1_234_567),
        ("1.234", "KWD", 1234),
        ("1'234.50", "CNY", 123_450),
        ("1234.5000", "CNY", 123_450),
    ],
)
def test_amounts_are_read_in_the_units_of_their_currency(tmp_path: Path, cell: str, currency: str, minor: int) -> None:
    path = tmp_path / "statement.csv"
    path.write_text(f"day;amount\n2026-10-08;{cell}\n", encoding="utf-8")
    found = read_statement(path, mapping_from({"day": ["day"], "amount": ["amount"]}), currency=currency)
    assert [line.amount_minor for line in found.lines] == [minor]


def test_a_workbook_that_fills_the_memory_once_unpacked_is_refused_before_it_is(tmp_path: Path) -> None:
    path = tmp_path / "statement.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b" " * 61_000_000)
    assert path.stat().st_size < 100_000
    with pytest.raises(UnreadableFile, match="at most 60 MB"):
        read_statement(path, mapping_from(TWO_COLUMNS), currency="CNY")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("曜汐电子", True),
        ("2026Q1 许可费, 第一期", True),
        ("=1+1", False),
        ("＝HYPERLINK(1)", False),
        ("＋86", False),
        ("曜汐\r\n2,他人,6222", False),
        ("曜汐\u2028他人", False),
        ("曜汐\x85他人", False),
    ],
)
def test_a_text_for_a_banks_file_is_one_cell_of_one_line(text: str, plain: bool) -> None:
    assert is_plain(text) is plain


@pytest.mark.parametrize(
    ("row", "detail"),
    [
        ("昨天,1,,1,,,,,", "Line 3: “昨天” is no day, or could be two."),
        ("2026-10-08,1,2,1,,,,,", "Line 3: it has an amount both out and in."),
        ("2026-10-08,,1.005,1,,,,,", "Line 3: “1.005” has more decimals than the currency."),
        ("2026-10-08,一百,,1,,,,,", "Line 3: “一百” is no amount."),
        ("2026-10-08,,,1,,,,,", "Line 3: it moves nothing: its amount is missing or zero."),
    ],
)
def test_a_line_that_cannot_be_one_is_named(tmp_path: Path, row: str, detail: str) -> None:
    found = read(tmp_path, f"{HEADINGS}\n2026-10-08,,1,5,,,,,\n{row}\n", TWO_COLUMNS)
    assert [(wrong.line, wrong.detail) for wrong in found.mistakes] == [(3, detail)]


def test_balances_follow_from_line_to_line_unless_the_account_says_otherwise(tmp_path: Path) -> None:
    text = f"{HEADINGS}\n2026-10-08,,1,5,,,,,\n2026-10-09,,1,6,,,,,\n2026-10-10,1,,6,,,,,\n"
    found = read(tmp_path, text, TWO_COLUMNS)
    assert [wrong.line for wrong in found.mistakes] == [4]
    assert "does not follow" in found.mistakes[0].detail
    assert read(tmp_path, text, {**TWO_COLUMNS, "ignore_balances": True}).mistakes == []


def test_a_file_without_the_columns_is_refused_with_those_it_has(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"no column 贷方发生额; it has 交易日期, 借方发生额"):
        read(tmp_path, "交易日期,借方发生额\n2026-10-08,1\n", TWO_COLUMNS)


def line(day: int, amount: int, **said: Any) -> BankLine:
    return BankLine(line=1, booked_on=date(2026, 10, day), amount_minor=amount, **said)


def test_a_line_is_known_by_its_serial_number_else_by_all_it_says() -> None:
    assert fingerprint(line(8, 5, serial="A", text="one")) == fingerprint(line(8, 5, serial="A", text="other"))
    # A payment and its fee.
    assert fingerprint(line(8, 5, serial="A")) != fingerprint(line(8, 1, serial="A"))
    assert fingerprint(line(8, 5, balance_minor=7)) != fingerprint(line(8, 5, balance_minor=12))
    assert fingerprint(line(8, 5, text="one")) != fingerprint(line(8, 5, text="other"))
    assert [number for _, number in occurrences([line(8, 5), line(8, 5), line(9, 5)])] == [1, 2, 1]


def test_lines_of_one_day_are_in_the_order_by_which_their_balances_follow() -> None:
    lines = [line(8, 5, balance_minor=15), line(8, 10, balance_minor=10)]
    assert oldest_first(lines) == lines[::-1]
    assert oldest_first(lines[::-1]) == lines[::-1]


def test_lines_that_come_later_stand_behind_those_of_their_day_that_are_known() -> None:
    lines = [line(8, 5), line(8, 6), line(8, 7), line(9, 1)]
    known = {occurrences(lines)[0]: 1, occurrences(lines)[1]: 2}
    assert places_in_days(lines, known) == [1, 2, 3, 1]


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("day", {"day": []}),
        ("amount", {"amount": ["金额"]}),
        ("paid_in", {"paid_in": []}),
        ("direction", {"direction": ["借贷标志"]}),
        ("encoding", {"encoding": "rot13"}),
        ("colour", {"colour": "red"}),
        ("text", {"text": "摘要"}),
        ("serial", {"serial": [" "]}),
    ],
)
def test_what_is_no_mapping_is_refused_with_its_part(part: str, change: dict[str, Any]) -> None:
    with pytest.raises(BadMapping) as refused:
        mapping_from({**TWO_COLUMNS, **change})
    assert refused.value.part == part


def test_no_bank_is_said_to_be_verified_that_was_not() -> None:
    assert {code: bank.verified for code, bank in bank_profiles().items()} == {
        "icbc": False,
        "ccb": False,
        "boc": False,
        "cmb": False,
    }
    for bank in bank_profiles().values():
        assert mapping_from(bank.mapping.document()) == bank.mapping
