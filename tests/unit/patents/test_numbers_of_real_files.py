"""Every number in the files of other systems is read, where those files are at hand; none of them is ours to keep."""

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest

from pools.patents.numbers import Check, Stage, read_number

DATA = Path(__file__).parents[4] / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the real files are beside the project only")


def column(file: str, name: str, encoding: str = "utf-8-sig", skip: int = 0) -> list[str]:
    """Return the cells of a column that are not empty."""
    lines = (DATA / file).read_bytes().decode(encoding).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [row[name] for row in csv.DictReader(lines[skip:]) if row.get(name)]


def refused(texts: Iterable[str], stage: Stage | None = None) -> list[str]:
    """Return those that are not valid."""
    return [text for text in texts if not read_number(text, stage=stage).is_valid]


def test_each_of_the_seventeen_thousand_numbers_of_a_published_pool() -> None:
    numbers = column("pools/hevc_advance_patent_list_2022-03.csv", "Patent Number")

    assert len(numbers) == 17_361
    assert refused(numbers) == []
    validated = [number for number in map(read_number, numbers) if number.country]
    assert {number.office for number in validated} == {"EP"}
    assert len(validated) > 1_000


def test_chinese_applications_have_the_right_check_digit() -> None:
    numbers = column("patents/cnipr_export_200.csv", "申请号")

    assert len(numbers) == 199
    assert {read_number(number).check for number in numbers} == {Check.OK}


def test_numbers_as_the_lens_writes_them() -> None:
    file = "patents/lens_pizza_1000_CRonly.csv"
    published = column(file, "Publication Number", "mac_roman")
    filed = column(file, "Application Number", "mac_roman")

    assert (len(published), len(filed)) == (1_000, 1_000)
    assert refused(published) == refused(filed, Stage.APPLICATION) == []
    assert {read_number(number, stage=Stage.APPLICATION).stage for number in filed} == {Stage.APPLICATION}


def test_numbers_as_google_and_patsnap_write_them() -> None:
    google = column("patents/google_patents_autonomous.csv", "id", "mac_roman", skip=1)
    patsnap = column("patents/patsnap_export_head14_abstracts_dropped.csv", "公开(公告)号")
    cited = [
        number
        for cell in column("patents/patsnap_export_head14_abstracts_dropped.csv", "引用专利")
        for number in cell.split(" | ")
        if number != "-"
    ]

    assert (len(google), len(patsnap)) == (316, 14)
    assert refused([*google, *patsnap, *cited]) == []
