"""Patents are found by words inside longer text, people, classes and how they stand, by those who may see them."""

from datetime import date
from typing import Any

import pytest

from platform_core.access.actors import COMMAND_LINE, Actor
from pools.patents.indexing import read_words_again
from pools.patents.models import Bibliography, Patent, PatentWords
from pools.patents.selectors import Wanted, find_patents, patents
from pools.patents.services import edit_patent
from tests.factories.core import make_alliance, make_organisation
from tests.factories.patents import make_patent

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)


@pytest.fixture
def register() -> dict[str, Patent]:
    alliance, owner = make_alliance("uhd"), make_organisation("江汉显示")
    display = make_patent(alliance, "CN103294796B", owner, title="一种液晶显示装置及其驱动方法")
    panel = make_patent(alliance, "US9021929B2", owner, title="Backlit display panels")
    Bibliography.objects.create(
        patent=display,
        abstract="本发明公开了量子点背光。",
        applicants=["华为技术有限公司"],
        ipc=["G06F 17/30", "H04N 19/00"],
    )
    Bibliography.objects.create(patent=panel, applicants=["Display Co"], ipc=["G06F 1/16"])
    Patent.objects.filter(pk=display.pk).update(filed_on=date(2013, 5, 27), granted_on=date(2016, 5, 4), ends_on=None)
    Patent.objects.filter(pk=panel.pk).update(granted_on=date(2015, 1, 1), ends_on=date(2020, 1, 1))
    assert read_words_again() == 2
    return {"display": display, "panel": panel}


def found(**wanted: Any) -> set[str]:
    rows = find_patents(patents(actor=Actor.system(COMMAND_LINE)), Wanted(**wanted), today=TODAY)
    return set(rows.values_list("publication", flat=True))


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"text": "显示装置"}, {"display"}),
        ({"text": "显示"}, {"display"}),
        ({"text": "装置显示"}, set()),
        ({"text": "量子点 驱动"}, {"display"}),
        ({"text": "DISPLAY"}, {"panel"}),
        ({"text": "back panel"}, {"panel"}),
        ({"text": "华为"}, {"display"}),
        ({"text": "、，"}, set()),
        ({"text": "CN 103294796"}, {"display"}),
        ({"text": "9,021,929"}, {"panel"}),
        ({"applicant": "华为技术"}, {"display"}),
        ({"applicant": "液晶"}, set()),
        ({"symbol": "G06F"}, {"display", "panel"}),
        ({"symbol": "G06F 1"}, {"panel"}),
        ({"symbol": "H04N 19/00"}, {"display"}),
        ({"symbol": "nonsense"}, set()),
        ({"standing": "in_force"}, {"display"}),
        ({"standing": "ended"}, {"panel"}),
        ({"standing": "pending"}, set()),
        ({"text": "display", "symbol": "G06F", "standing": "ended", "applicant": "co"}, {"panel"}),
        ({"text": "display", "standing": "in_force"}, set()),
    ],
)
def test_patents_are_found(register: dict[str, Patent], wanted: dict[str, str], names: set[str]) -> None:
    assert found(**wanted) == {register[name].publication for name in names}


def test_what_was_changed_is_found_by_its_new_words_once_they_are_read(register: dict[str, Patent]) -> None:
    edit_patent(actor=Actor.system(COMMAND_LINE), patent_id=register["display"].pk, title="一种扬声器")
    Bibliography.objects.filter(patent=register["panel"]).update(abstract="With a hinge")
    # What changes no word is not read again.
    Patent.objects.filter(pk=register["panel"].pk).update(ends_on=date(2021, 1, 1))
    Bibliography.objects.filter(patent=register["display"]).update(office_status="有效")

    assert PatentWords.objects.filter(reading=0).count() == 2
    assert read_words_again() == 2
    assert (found(text="扬声器"), found(text="液晶")) == ({"CN103294796B"}, set())
    assert found(text="hinge") == {"US9021929B2"}
    assert read_words_again() == 0
