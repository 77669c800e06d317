"""The real files of other systems are understood to the last row; none of them is ours to keep."""

from collections import Counter
from pathlib import Path

import pytest

from pools.patents.formats import (
    ReadEvent,
    ReadPatent,
    Refusal,
    open_patent_table,
    read_office_xml,
    read_patents,
    recognise,
)

DATA = Path(__file__).parents[4] / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the real files are beside the project only")


@pytest.mark.parametrize(
    ("file", "profile", "order", "patents", "doubtful"),
    [
        ("patents/cnipr_export_200.csv", "cnipr", "not_needed", 199, 0),
        ("patents/cnipr_export_200_训练文件.xlsx", "cnipr", "not_needed", 199, 0),
        ("patents/patsnap_export_head14_abstracts_dropped.csv", "patsnap", "not_needed", 14, 0),
        # A Korean utility model of the file is said to be published before it was filed.
        ("patents/lens_pizza_1000_CRonly.csv", "lens", "day_first", 1_000, 1),
        ("patents/google_patents_autonomous.csv", "google", "month_first", 316, 0),
        ("pools/hevc_advance_patent_list_2022-03.csv", "pool_list", "not_needed", 17_361, 0),
    ],
)
def test_a_table_is_recognised_and_every_row_of_it_taken(
    file: str, profile: str, order: str, patents: int, doubtful: int
) -> None:
    table = open_patent_table(DATA / file)
    recognised = recognise(table)
    read = list(read_patents(table, recognised.mapping, day_order=recognised.day_order))

    assert recognised.profile is not None
    assert (recognised.profile.code, recognised.day_order) == (profile, order)
    assert [row for row in read if isinstance(row, Refusal)] == []
    assert (len(read), sum(bool(row.doubts) for row in read if isinstance(row, ReadPatent))) == (patents, doubtful)


def test_owners_of_a_pool_are_told_apart() -> None:
    table = open_patent_table(DATA / "pools/hevc_advance_patent_list_2022-03.csv")
    recognised = recognise(table)
    read = [
        row
        for row in read_patents(table, recognised.mapping, day_order=recognised.day_order)
        if isinstance(row, ReadPatent)
    ]

    assert sum(len(row.owners) > 1 for row in read) == 262
    assert len({row.country for row in read}) == 75


@pytest.mark.parametrize(
    ("file", "patents", "events"),
    [
        ("cnipa_xml/CN104751825B_biblio_sample.xml", 1, 0),
        ("cnipa_xml/CN219801493U_biblio_sample_no_namespace.xml", 1, 0),
        ("ops_xml/biblio/biblio_example.xml", 1, 0),
        ("ops_xml/biblio/biblio_example_2.xml", 1, 0),
        ("ops_xml/biblio/biblio_example_3.xml", 1, 0),
        ("ops_xml/biblio/biblio_example_4.xml", 1, 0),
        ("ops_xml/family/family_input.xml", 6, 0),
        ("ops_xml/legal/example_1.xml", 1, 50),
        ("ops_xml/legal/example_2.xml", 1, 51),
        ("ops_xml/legal/example_3.xml", 1, 14),
    ],
)
def test_what_an_office_answers_is_understood(file: str, patents: int, events: int) -> None:
    read = Counter(map(type, read_office_xml(DATA / file)))

    assert read == Counter({ReadPatent: patents, ReadEvent: events})
