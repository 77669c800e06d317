"""Papers of a close: amounts in words, exact cells, no formulas, and the same bytes each time."""

import io
from pathlib import Path

import openpyxl
import pytest
from pytest_django import Settings

from licensing.close.papers.words import WORDS
from licensing.close.papers.workings import workings_notes, workings_table
from licensing.close.workings.calculation import Cell, Why, Workings, lay_out
from licensing.papers import FontsMissing, Form, Language, Paper, write_paper
from licensing.papers.numerals import amount_in_chinese
from licensing.papers.paper import Money, Table


@pytest.mark.parametrize(
    ("minor", "words"),
    [
        (0, "人民币零元整"),
        (1, "人民币壹分"),
        (50, "人民币伍角整"),
        (105, "人民币壹元零伍分"),
        (123_456, "人民币壹仟贰佰叁拾肆元伍角陆分"),
        (100_000, "人民币壹仟元整"),
        (100_100, "人民币壹仟零壹元整"),
        (1_000_100, "人民币壹万零壹元整"),
        (10_010_000, "人民币壹拾万零壹佰元整"),
        (120_000_089, "人民币壹佰贰拾万元捌角玖分"),
        (1_000_000_000_100, "人民币壹佰亿零壹元整"),
        (10_000_000_000, "人民币壹亿元整"),
        (-250, "人民币负贰元伍角整"),
        (100_000_000_000_000, "人民币壹万亿元整"),
        (123_456_789_012_345, "人民币壹万贰仟叁佰肆拾伍亿陆仟柒佰捌拾玖万零壹佰贰拾叁元肆角伍分"),
        (100_010_000_000_000, "人民币壹万零壹亿元整"),
    ],
)
def test_amounts_of_yuan_are_written_in_capital_numerals(minor: int, words: str) -> None:
    assert amount_in_chinese(minor, "CNY") == words


def test_other_currencies_have_no_capital_numerals() -> None:
    assert amount_in_chinese(100, "USD") == amount_in_chinese(100, "JPY") == ""


@pytest.mark.parametrize(
    ("money", "grouped", "exact"),
    [
        (Money(123_456_789, "CNY"), "1,234,567.89", "1234567.89"),
        (Money(-5, "CNY", -4_600_000), "-0.05", "-0.046"),
        (Money(1234, "JPY", 1_234_400_000), "1,234", "1234.4"),
        (Money(1234, "KWD"), "1.234", "1.234"),
    ],
)
def test_amounts_are_shown_with_the_decimals_of_their_currency(money: Money, grouped: str, exact: str) -> None:
    assert (money.grouped, money.exact) == (grouped, exact)


def test_every_text_is_there_in_both_languages() -> None:
    assert all(zh and en for zh, en in WORDS.values())


def paper(language: Language = Language.EN, code: str = "P") -> Paper:
    return Paper(
        language=language,
        name="P-2025Q1-1-M1",
        title="Distribution statement",
        subtitle="P · 2025Q1",
        issuer=["Office", "联盟"],
        addressee=["Payee", "某公司"],
        facts=[("Programme", code)],
        figures=[("Payable", Money(12_345, "CNY", 12_345_400_000))],
        tables=[Table("Patents", ["Family", "Weight"], [["=HYPERLINK(1)", 3]])],
        notes=[("How to check", "…")],
        footer="P",
    )


def test_a_workbook_has_numbers_as_numbers_and_the_exact_amount_as_text() -> None:
    written = write_paper(paper(), Form.XLSX)
    book = openpyxl.load_workbook(io.BytesIO(written))
    first = book.worksheets[0]
    (row,) = [row for row in first.iter_rows() if row[0].value == "Payable"]
    assert row[1].value == 123.45
    assert row[1].number_format == '#,##0.00 "CNY"'
    assert (row[2].value, row[2].data_type) == ("123.454", "s")
    cell = book.worksheets[1]["A2"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")
    assert write_paper(paper(), Form.XLSX) == written


def test_a_table_neutralises_formulas_and_carries_the_exact_amount() -> None:
    text = write_paper(paper(code="@cmd"), Form.CSV).decode("utf-8-sig")
    assert "Payable,123.45,CNY,123.454" in text
    assert "'=HYPERLINK(1),3" in text
    assert "Programme,'@cmd" in text


def test_without_fonts_the_reader_hears_what_to_do(settings: Settings, tmp_path: Path) -> None:
    settings.FONT_DIR = tmp_path / "none"
    with pytest.raises(FontsMissing) as told:
        write_paper(paper(), Form.PDF)
    assert "make up" in told.value.detail
    assert "XLSX" in told.value.detail


def test_amounts_that_are_not_told_bear_a_mark_and_a_note_says_why() -> None:
    cells = [
        Cell(("tv",), ("CN",), 400 * 10**6, 200 * 10**6, 40),
        Cell(("tv",), ("DE", "FR"), 90 * 10**6, None, None, Why.TOO_FEW),
        Cell(("tv",), ("US",), 60 * 10**6, None, None, Why.BESIDE),
    ]
    workings = lay_out(cells, 275, 75 * 10**6, currency="CNY", exact=False)
    table = workings_table(workings, Language.EN)
    assert [[cell.major if isinstance(cell, Money) else cell for cell in row] for row in table.rows] == [
        ["tv", "CN", 40, "4.00", "50.0000 %", "2.00"],
        ["tv", "DE, FR", "", "0.90", "", "(a)"],
        ["tv", "US", "", "0.60", "", "(b)"],
        ["Not shown, in sum", "", "", "", "", "0.75"],
        ["Total", "", "", "5.50", "50.0000 %", "2.75"],
    ]
    ((title, note),) = workings_notes(workings, Language.ZH)
    assert (title, note.count("("), "；" in note) == ("不显示的金额", 2, True)
    assert workings_notes(lay_out(cells[:1], 200, 0, currency="CNY", exact=False), Language.ZH) == []
    nothing = workings_table(Workings("CNY", exact=False, earned_minor=5, why=Why.TOGETHER), Language.ZH)
    assert (list(nothing.rows), "合并公布" in nothing.empty) == ([], True)
