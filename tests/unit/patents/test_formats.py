"""What other systems write of patents is understood, row by row, and what is wrong with a row is said beside it."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from platform_core.exchange.reading import DayOrder, UnreadableFile
from pools.patents.formats import (
    ReadEvent,
    ReadPatent,
    Recognised,
    Refusal,
    open_patent_table,
    profiles,
    read_office_xml,
    read_patents,
    recognise,
)

WRITTEN = Path(__file__).with_name("written")
"""Documents of our own making, as offices write them."""

CNIPR = {
    "申请号": "CN201310199708.X",
    "公开（公告）号": "CN103294796B",
    "公开（公告）日": "2016.05.04",
    "申请日": "2013.05.27",
    "专利号": "ZL201310199708.X",
    "名称": "一种信息处理方法",
    "主分类号": "G06F17/30(2006.01)I",
    "分类号": "G06F17/30(2006.01)I;H04L29/08(2006.01)I",
    "申请（专利权）人": "江汉显示有限公司;沧澜大学",
    "发明（设计）人": "沈砚秋;罗云舟",
    "主权项": "一种方法，其特征在于……",
    "颁证日": "",
}


def table(folder: Path, rows: list[dict[str, str]], *, before: str = "", delimiter: str = ",") -> Path:
    """Write rows as a CSV file, perhaps below lines of something else."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    file = folder / "list.csv"
    file.write_text(before + text.getvalue(), encoding="utf-8-sig")
    return file


def understood(file: Path) -> tuple[Recognised, list[ReadPatent | Refusal]]:
    """Recognise a table and read its rows."""
    opened = open_patent_table(file)
    recognised = recognise(opened)
    is_family_rows = recognised.profile is not None and recognised.profile.is_family_rows
    order = recognised.day_order
    return recognised, list(read_patents(opened, recognised.mapping, day_order=order, is_family_rows=is_family_rows))


def one(file: Path) -> ReadPatent:
    """Return the only row of a table, which was not refused."""
    _, [row] = understood(file)
    assert isinstance(row, ReadPatent), row
    return row


def test_a_chinese_export_is_recognised_and_understood(tmp_path: Path) -> None:
    recognised, [read] = understood(table(tmp_path, [CNIPR]))

    assert recognised.profile is not None
    assert (recognised.profile.code, recognised.day_order, recognised.not_taken) == (
        "cnipr",
        DayOrder.NOT_NEEDED,
        ("颁证日",),
    )
    assert isinstance(read, ReadPatent)
    assert read.publication is not None
    assert read.application is not None
    assert (read.publication.canonical, read.application.canonical) == ("CN103294796B", "CN201310199708.X")
    assert (read.country, read.title, read.right) == ("CN", "一种信息处理方法", "invention")
    assert (read.filed_on, read.published_on) == (date(2013, 5, 27), date(2016, 5, 4))
    assert [person.name for person in read.applicants] == ["江汉显示有限公司", "沧澜大学"]
    assert read.ipc == ["G06F 17/30", "H04L 29/08"]
    assert read.doubts == []


def test_a_table_of_english_headings_with_a_preamble_and_ambiguous_days(tmp_path: Path) -> None:
    rows = [
        {
            "id": "US-9021929-B2",
            "title": "A display",
            "assignee": "Penglei Visual Co., Ltd., Minatogawa Denki, Inc.",
            "inventor/author": "Anna Moss, Jan Ek",
            "priority date": "1/2/03",
            "filing/creation date": "12/27/03",
            "publication date": "5/4/05",
            "grant date": "5/4/05",
            "result link": "https://example.org/x",
        }
    ]
    file = table(tmp_path, rows, before='search URL:,"https://example.org/?q=display",,,,,,,\n')

    recognised, [read] = understood(file)

    assert recognised.profile is not None
    assert (recognised.profile.code, recognised.day_order) == ("google", DayOrder.MONTH_FIRST)
    assert isinstance(read, ReadPatent)
    assert (read.priority_on, read.granted_on) == (date(2003, 1, 2), date(2005, 5, 4))
    assert [person.name for person in read.applicants] == ["Penglei Visual Co., Ltd.", "Minatogawa Denki, Inc."]
    assert [person.name for person in read.inventors] == ["Anna Moss", "Jan Ek"]


def test_a_row_that_is_a_family_is_one_patent_for_each_publication(tmp_path: Path) -> None:
    rows = [
        {
            "No": "1",
            "Title": "A display",
            "Inventors": "MOSS ANNA [GB] \nEK JAN [SE]",
            "Applicants": "PENGLEI VISUAL CO LTD [CN]",
            "Publication number": "EP2400812A1 \nUS9021929B2",
            "Earliest priority": "2010-06-24",
            "IPC": "G09G3/20 \nH04N7/18",
            "CPC": "G09G3/20 (EP,US)",
            "Publication date": "2011-12-28",
            "Family number": "42829439",
        }
    ]

    _, read = understood(table(tmp_path, rows, before="Suche\n\n\n", delimiter=";"))

    assert [row.publication.canonical for row in read if isinstance(row, ReadPatent) and row.publication] == [
        "EP2400812A1",
        "US9021929B2",
    ]
    assert {row.family_code for row in read if isinstance(row, ReadPatent)} == {"42829439"}
    assert {tuple(row.cpc) for row in read if isinstance(row, ReadPatent)} == {("G09G 3/20",)}


def test_a_pools_list_names_owners_and_where_a_european_patent_was_validated(tmp_path: Path) -> None:
    rows = [{"Profile": "Main", "Country": "BE", "Patent Number": "BE-EP1387585", "Licensor": "SUYING, ZHAOHENG"}]

    read = one(table(tmp_path, rows))

    assert read.publication is not None
    assert (read.publication.canonical, read.country) == ("EP1387585", "BE")
    assert [person.name for person in read.owners] == ["SUYING", "ZHAOHENG"]


def test_a_table_of_no_system_is_read_by_what_single_headings_say(tmp_path: Path) -> None:
    recognised, [read] = understood(
        table(tmp_path, [{"申请号": "201310199708.X", "备注一": "x", "标题": "一种方法", "负责人": "沈"}])
    )

    assert recognised.profile is None
    assert recognised.not_taken == ("备注一", "负责人")
    assert isinstance(read, ReadPatent)
    assert read.title == "一种方法"


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"申请号": "CN201310199708.3"}, "application", "wrong_check"),
        ({"公开（公告）日": "2012.05.04"}, "published_on", "published_before_filed"),
        ({"申请日": "2013.02.30"}, "filed_on", "no_day"),
        ({"申请日": "2011.05.27"}, "filed_on", "years_differ"),
        ({"公开（公告）号": "CN203294796U"}, "application", "rights_differ"),
    ],
)
def test_what_people_should_look_at_is_said_beside_the_row(
    tmp_path: Path, changed: dict[str, str], field: str, code: str
) -> None:
    read = one(table(tmp_path, [{**CNIPR, **changed}]))

    assert (field, code) in {(doubt.field, doubt.code) for doubt in read.doubts}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"申请号": "", "公开（公告）号": "", "专利号": "-"}, "no_number"),
        ({"申请号": "20131019970", "公开（公告）号": "", "专利号": ""}, "wrong_form"),
        ({"名称": '=HYPERLINK("http://example.org")'}, "formula"),
        ({"名称": "@SUM(1)"}, "formula"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(tmp_path: Path, changed: dict[str, str], code: str) -> None:
    _, [refused] = understood(table(tmp_path, [{**CNIPR, **changed}]))

    assert isinstance(refused, Refusal)
    assert (refused.line, refused.code) == (2, code)
    assert refused.detail


def test_each_system_is_recognised_by_all_its_headings(tmp_path: Path) -> None:
    for profile in profiles():
        rows = [dict.fromkeys((*profile.columns, *profile.mark), "x")]
        assert recognise(open_patent_table(table(tmp_path, rows))).profile == profile


def test_bibliography_and_events_of_the_european_office_are_understood() -> None:
    document, member, lapse, refused = read_office_xml(WRITTEN / "ops.xml")

    assert isinstance(document, ReadPatent)
    assert document.publication is not None
    assert document.application is not None
    assert (document.publication.canonical, document.application.canonical) == ("EP2400812A1", "EP10167109.7")
    assert (document.filed_on, document.title, document.family_code) == (date(2010, 6, 24), "Display", "42")
    # Each applicant stands there twice, and is one.
    assert [person.name for person in document.applicants] == ["Penglei Visual Co., Ltd."]
    assert (document.ipc, document.cpc) == (["H04W 84/20"], ["H04W 84/20"])
    assert isinstance(member, ReadPatent)
    assert isinstance(lapse, ReadEvent)
    assert (lapse.code, lapse.on, lapse.influence) == ("PG25", date(2015, 3, 2), "-")
    assert lapse.told == {"at_office": "BE", "effective_on": "20140630"}
    assert isinstance(refused, Refusal)
    assert refused.code == "no_day"


def test_a_document_of_the_chinese_office_is_understood() -> None:
    [read] = read_office_xml(WRITTEN / "cnipa.xml")

    assert isinstance(read, ReadPatent)
    assert read.application is not None
    assert (read.application.canonical, read.title, read.ipc) == ("CN201510163325.6", "一种方法", ["G09G 5/10"])
    assert [person.name for person in read.applicants] == ["江汉显示有限公司"]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        (f"<?xml version='1.0'?><!DOCTYPE a [{LAUGHS}]><a>&l9;</a>", "entities"),
        ("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "entities"),
        ("<a>" * 101 + "</a>" * 101, "too_deep"),
        ("<a><b></a>", "damaged"),
        ("<?xml version='1.0' encoding='no-such'?><a/>", "wrong_encoding"),
        ("<html><body>Service unavailable</body></html>", "unknown_xml"),
    ],
    ids=["billion laughs", "other file", "deep", "broken", "encoding", "page"],
)
def test_hostile_and_strange_xml_is_refused_in_words(tmp_path: Path, contents: str, code: str) -> None:
    file = tmp_path / "x.xml"
    file.write_text(contents, encoding="utf-8")

    with pytest.raises(UnreadableFile) as refused:
        list(read_office_xml(file))

    assert refused.value.code == code
