"""Tables of other systems are read whatever their encoding, marks and habits, and hostile ones are refused in words."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from platform_core.exchange.reading import UnreadableFile, normalise_heading, open_table, split_many
from platform_core.exchange.reading.limits import LONGEST_LINE, MOST_COLUMNS

HEADINGS = ["申请号", "公开（公告）号", "名称", "申请日"]
FIRST = ["CN201310199708.X", "CN103294796B", "一种显示驱动方法，及装置", "2013.05.27"]
SECOND = ["CN201020157600.6", "CN201690605U", "一种“双面”背光模组", "2010.04.13"]


def written(folder: Path, contents: bytes, name: str = "list.csv") -> Path:
    """Write a file of a test."""
    file = folder / name
    file.write_bytes(contents)
    return file


def as_csv(rows: list[list[str]], delimiter: str = ",", end: str = "\r\n") -> str:
    """Return rows as CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_list_is_read_however_it_was_saved(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    text = as_csv([HEADINGS, FIRST, SECOND, ["", "", "", ""]], delimiter, end)

    table = open_table(written(tmp_path, text.encode(encoding)))

    assert table.headings == tuple(HEADINGS)
    assert [(row.line, row.cells) for row in table.rows()] == [(2, FIRST), (3, SECOND)]
    assert (table.told.delimiter, table.told.header_line) == (delimiter, 1)


def test_letters_of_old_systems_are_told_by_the_words_they_make(tmp_path: Path) -> None:
    rows = [["Publication", "Inventors", "Title"]]
    rows += [
        [f"EP{1_000_000 + n}A1", "Müller Jürgen;;Gonçalves João", "Façade à rouleaux, früher Ausführung"]
        for n in range(9)
    ]

    table = open_table(written(tmp_path, as_csv(rows).encode("mac_roman")))

    assert (table.told.encoding, table.told.is_sure_of_encoding) == ("mac_roman", False)
    assert next(table.rows()).cells[1] == "Müller Jürgen;;Gonçalves João"


def test_an_encoding_that_people_chose_is_taken_and_refused_if_it_cannot_be(tmp_path: Path) -> None:
    file = written(tmp_path, as_csv([HEADINGS, FIRST]).encode("gb18030"))

    assert open_table(file, encoding="gb18030").headings == tuple(HEADINGS)
    with pytest.raises(UnreadableFile, match="choose another encoding"):
        open_table(file, encoding="utf-8")


def test_lines_before_the_headings_are_told_and_left_out(tmp_path: Path) -> None:
    preamble = ['"Suchbericht"', "", '"Query: pa=Example"', '"3 results";""', '""']
    body = as_csv([["No", "Title", "Applicants", "Publication number"], ["1", "A\nB", "X \nY", "EP1A1 \nUS2B2"]], ";")

    table = open_table(written(tmp_path, ("\n".join(preamble) + "\n" + body).encode()))

    assert table.headings == ("No", "Title", "Applicants", "Publication number")
    assert table.told.preamble[0] == "Suchbericht"
    [row] = table.rows()
    assert (row.line, split_many(row.cells[3])) == (7, ["EP1A1", "US2B2"])


def test_known_headings_are_found_below_a_row_that_is_as_wide(tmp_path: Path) -> None:
    rows = [["导出", "单位", "某公司", "2026"], HEADINGS, FIRST]

    table = open_table(
        written(tmp_path, as_csv(rows).encode()), known=[normalise_heading(name) for name in ("公开(公告)号", "申请号")]
    )

    assert (table.headings, table.told.header_line) == (tuple(HEADINGS), 2)


def workbook(file: Path, fill: Callable[[xlsxwriter.worksheet.Worksheet], None]) -> Path:
    """Write a workbook of one sheet."""
    with xlsxwriter.Workbook(file) as book:
        fill(book.add_worksheet("专利"))
    return file


def test_a_workbook_gives_days_and_numbers_as_text(tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet, dates = book.add_worksheet("专利"), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, FIRST[:3])
        sheet.write_datetime(1, 3, date(2013, 5, 27), dates)
        sheet.write_number(2, 0, 201310199708)

    table = open_table(file)

    assert (table.told.kind, table.told.sheets) == ("xlsx", ("专利",))
    first, second = table.rows()
    assert first.cells == [*FIRST[:3], "2013-05-27"]
    assert second.cells[0] == "201310199708"
    with pytest.raises(UnreadableFile, match="has no sheet “other”"):
        open_table(file, sheet="other")


def bomb(file: Path, size: int) -> Path:
    """Write a workbook that is small and grows large."""
    workbook(file, lambda sheet: sheet.write(0, 0, "x"))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as package, package.open("xl/media/x.xml", "w") as part:
        for _ in range(size // 1_000_000):
            part.write(b" " * 1_000_000)
    return file


def test_what_grows_too_large_is_refused_before_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform_core.exchange.reading.workbooks.LARGEST_WORKBOOK", 5_000_000)
    file = bomb(tmp_path / "list.xlsx", 6_000_000)

    assert file.stat().st_size < 100_000
    with pytest.raises(UnreadableFile) as refused:
        open_table(file)
    assert refused.value.code == "too_large"


def test_a_workbook_that_works_out_cells_is_refused(tmp_path: Path) -> None:
    file = workbook(tmp_path / "list.xlsx", lambda sheet: sheet.write_formula(0, 0, '=HYPERLINK("http://x","y")'))

    with pytest.raises(UnreadableFile, match="values only"):
        open_table(file)


def test_a_workbook_with_entities_is_refused(tmp_path: Path) -> None:
    file = workbook(tmp_path / "list.xlsx", lambda sheet: sheet.write(0, 0, "x"))
    with zipfile.ZipFile(file, "a") as package:
        package.writestr(
            "xl/more.xml", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
        )

    with pytest.raises(UnreadableFile) as refused:
        open_table(file)
    assert refused.value.code == "entities"


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "empty"),
        (b"PK\x03\x04 and then nothing of a package", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
        (b"MZ\x90\0\x03\0\0\0" * 50, "not_text"),
        (b"one column\nonly\n", "no_table"),
        (",".join(f"c{n}" for n in range(1_000_000)).encode() + b"\n1,2\n", "too_wide_or_long"),
        (b"a,b\n1," + b"x" * (LONGEST_LINE + 10) + b"\n", "too_wide_or_long"),
        (b'a,b\n1,"' + b"never closed\n" * 400_000, "damaged"),
        (b"a,b\n" + b",".join([b"1"] * (MOST_COLUMNS + 1)) + b"\n", "too_wide_or_long"),
    ],
    ids=["nothing", "blanks", "no zip", "no ole", "program", "one column", "wide", "long", "open quote", "wide row"],
)
def test_what_is_no_table_is_refused_with_what_to_do(tmp_path: Path, contents: bytes, code: str) -> None:
    file = written(tmp_path, contents)

    with pytest.raises(UnreadableFile) as refused:
        list(open_table(file).rows())

    assert refused.value.code in ({"too_wide", "line_too_long"} if code == "too_wide_or_long" else {code})
    assert refused.value.detail.endswith(".")


letters = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\u2028\u2029\x85")
cells = st.lists(st.text(letters, max_size=20), min_size=3, max_size=3)


@given(st.lists(cells, min_size=1, max_size=12))
def test_what_is_written_as_csv_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    file = tmp_path_factory.mktemp("csv") / "list.csv"
    file.write_bytes(as_csv([["one", "two", "three"], *rows]).encode("utf-8-sig"))

    read = [row.cells for row in open_table(file, delimiter=",").rows()]

    assert read == [row for row in rows if any(map(str.strip, row))]


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("甲公司;乙公司", ["甲公司", "乙公司"]),
        ("甲公司；乙公司", ["甲公司", "乙公司"]),
        ("A | B | A", ["A", "B"]),
        ("A;;B;;", ["A", "B"]),
        ("RADER JEFF", ["RADER JEFF"]),
        ("SMITH, John \nDOE, Jane", ["SMITH, John", "DOE, Jane"]),
        (" - ", []),
        ("", []),
    ],
)
def test_a_cell_of_several_things_is_taken_apart(cell: str, parts: list[str]) -> None:
    assert split_many(cell) == parts


def test_where_a_semicolon_may_stand_in_a_name_it_does_not_part() -> None:
    assert split_many("A; B;;C", by_semicolon=False) == ["A; B", "C"]


def test_headings_are_the_same_whatever_their_width_and_case() -> None:
    assert normalise_heading("公开（公告） 号") == normalise_heading("公开(公告)号")
    assert normalise_heading("Publication Number") == normalise_heading("publication  number")
