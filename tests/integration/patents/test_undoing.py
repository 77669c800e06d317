"""What a file brought is taken back, and nothing of what people or other files have said since."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db import models

from platform_core.audit.models import AuditEvent
from platform_core.exchange.models import Import, ImportState
from platform_site import running
from platform_site.cli.imports import import_command
from pools.patents.imports import applying
from pools.patents.imports.undoing import _RECORDS, _building_on
from pools.patents.models import Bibliography, ImportedPatent, Ownership, Patent, Publication, Source
from pools.patents.services import NewPatent, edit_patent, register_patent, transfer_patent
from tests.factories.core import make_alliance, make_organisation
from tests.factories.upkeep import make_payment_order
from tests.integration.patents.desk import GRANTED, LAID_OPEN, MODEL, Desk

pytestmark = pytest.mark.django_db

TITLE, ABSTRACT, CLASS = "名称", "摘要", "主分类号"


def told(found: Import) -> dict[str, int]:
    """Return how many patents went, are as before and stayed when an import was taken back."""
    event = AuditEvent.objects.filter(name="import.undone").order_by("-at", "-pk")[0]
    return {name.removeprefix("patents_"): change["new"] for name, change in event.changes.items()}


def test_what_a_file_brought_is_taken_back(desk: Desk) -> None:
    desk.apply(desk.check([GRANTED]))
    first = list(Patent.objects.values())
    record = list(Bibliography.objects.values("title_en", "abstract", "applicants", "ipc"))
    found = desk.apply(desk.check([{**GRANTED, "名称": "另一名称", "主分类号": "H04L29/08"}, MODEL]))
    assert Patent.objects.count() == 2

    undone = desk.undo(found)

    assert undone.state == ImportState.UNDONE
    assert list(Patent.objects.values()) == first
    assert list(Bibliography.objects.values("title_en", "abstract", "applicants", "ipc")) == record


def test_what_others_changed_since_stays_when_a_file_is_taken_back(desk: Desk) -> None:
    found = desk.apply(desk.check([GRANTED, MODEL]))
    Patent.objects.filter(application_key="CN201310199708.X").update(title="改过的名称")

    desk.undo(found)

    assert [patent.title for patent in Patent.objects.all()] == ["改过的名称"]


def test_an_application_number_and_a_publication_that_a_file_brought_go_with_it(desk: Desk) -> None:
    register_patent(
        actor=desk.actor,
        alliance_id=desk.alliance.pk,
        patent=NewPatent(publication="CN103294796B", country="CN", title="一种信息处理方法"),
    )
    before, published = Patent.objects.values().get(), list(Publication.objects.values())
    found = desk.apply(desk.check([GRANTED, LAID_OPEN]))
    assert Patent.objects.get().application_key == "CN201310199708.X"
    assert {row.number for row in Publication.objects.all()} == {"CN103294796B", "CN103294796A"}

    desk.undo(found)

    assert (Patent.objects.values().get(), list(Publication.objects.values())) == (before, published)


def test_a_patent_stays_once_people_or_other_files_have_said_something_of_it(desk: Desk) -> None:
    found = desk.apply(desk.check([GRANTED, MODEL]))
    patent = Patent.objects.get(application_key="CN201310199708.X")
    heir = make_organisation("沧澜大学")
    transfer_patent(
        actor=desk.actor, patent_id=patent.pk, from_owner_id=desk.firm.pk, to_owner_id=heir.pk, on=date(2026, 1, 1)
    )
    other = desk.apply(desk.check([{**MODEL, ABSTRACT: "背光模组的摘要"}]))

    desk.undo(found)

    assert Patent.objects.count() == 2
    assert list(Ownership.objects.filter(patent=patent).order_by("to_on").values_list("owner", "to_on")) == [
        (desk.firm.pk, date(2026, 1, 1)),
        (heir.pk, None),
    ]
    assert Bibliography.objects.get(patent__right="utility_model").abstract == "背光模组的摘要"
    other.refresh_from_db()
    assert other.state == ImportState.APPLIED
    assert told(found) == {"removed": 0, "restored": 0, "kept": 2}


def test_a_patent_stays_as_long_as_another_file_confirms_it(desk: Desk) -> None:
    first = desk.apply(desk.check([GRANTED]))
    second = desk.apply(desk.check([GRANTED]))

    desk.undo(first)

    assert Patent.objects.count() == 1
    assert told(first) == {"removed": 0, "restored": 0, "kept": 1}
    third, fourth = desk.apply(desk.check([MODEL])), desk.apply(desk.check([MODEL]))
    desk.undo(fourth)
    desk.undo(third)
    assert [patent.right for patent in Patent.objects.all()] == ["invention"]
    assert told(desk.undo(second)) == {"removed": 0, "restored": 0, "kept": 0}


def test_a_patent_stays_that_stands_in_a_payment_order(desk: Desk) -> None:
    found = desk.apply(desk.check([GRANTED, MODEL]))
    paid = Patent.objects.get(right="utility_model")
    make_payment_order(desk.alliance, desk.firm, paid)

    desk.undo(found)

    assert list(Patent.objects.all()) == [paid]
    assert told(found) == {"removed": 1, "restored": 0, "kept": 1}


def test_whatever_refers_to_a_patent_has_it_stay_or_goes_with_it() -> None:
    building_on = set(_building_on())
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey) and field.related_model is Patent and model is not ImportedPatent:
                goes_with_it = model in _RECORDS and field.name == "patent"
                assert goes_with_it != ((model._meta.db_table, field.column) in building_on), field


def test_each_field_gets_back_what_it_had_unless_it_was_changed_since(desk: Desk) -> None:
    desk.apply(desk.check([GRANTED]))
    found = desk.apply(desk.check([{**GRANTED, TITLE: "另一名称", CLASS: "H04L29/08"}]))
    patent = Patent.objects.get()
    edit_patent(actor=desk.actor, patent_id=patent.pk, title="手写的名称")
    assert "title" not in Bibliography.objects.get().sources

    desk.undo(found)

    patent.refresh_from_db()
    record = Bibliography.objects.get()
    assert (patent.title, record.ipc) == ("手写的名称", ["G06F 17/30"])
    assert record.sources["ipc"] == str(Source.objects.earliest("read_at", "pk").pk)
    assert told(found) == {"removed": 0, "restored": 0, "kept": 1}


def test_files_that_are_taken_back_out_of_order_leave_nothing_of_theirs(desk: Desk) -> None:
    desk.apply(desk.check([GRANTED]))
    before, sources = Patent.objects.values().get(), Bibliography.objects.get().sources
    first = desk.apply(desk.check([{**GRANTED, TITLE: "第一次改名"}]))
    second = desk.apply(desk.check([{**GRANTED, TITLE: "第二次改名"}]))

    desk.undo(first)
    assert Patent.objects.get().title == "第二次改名"
    desk.undo(second)

    assert Patent.objects.values().get() == before
    assert Bibliography.objects.get().sources == sources


def test_a_document_that_another_file_told_of_as_well_stays_and_goes_with_that(desk: Desk) -> None:
    desk.apply(desk.check([GRANTED]))
    first = desk.apply(desk.check([GRANTED, LAID_OPEN]))
    second = desk.apply(desk.check([GRANTED, LAID_OPEN]))

    desk.undo(first)

    laid_open = Publication.objects.get(number="CN103294796A")
    assert laid_open.source == Source.objects.get(of_import=second)
    alone = {**LAID_OPEN, "申请号": ""}
    assert desk.check([alone]).counts["new"] == 0


def test_days_do_not_come_back_that_could_not_be_true_with_what_was_recorded_since(desk: Desk) -> None:
    desk.apply(desk.check([{**LAID_OPEN, "申请日": "2013.05.27"}]))
    found = desk.apply(desk.check([{**LAID_OPEN, "申请日": "2010.05.27"}], take_doubtful=True))
    patent = Patent.objects.get()
    edit_patent(actor=desk.actor, patent_id=patent.pk, granted_on=date(2012, 1, 1))

    desk.undo(found)

    patent.refresh_from_db()
    assert (patent.filed_on, patent.granted_on) == (date(2010, 5, 27), date(2012, 1, 1))
    assert told(found) == {"removed": 0, "restored": 0, "kept": 1}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"申请日": "2016.06.01"}, "published_before_filed"),
        ({"公开（公告）号": "", "公开（公告）日": "", "申请日": "2017.01.01"}, "days_contradict_record"),
    ],
)
def test_days_on_record_stay_where_those_of_a_row_cannot_be_true(desk: Desk, row: dict[str, str], problem: str) -> None:
    desk.apply(desk.check([GRANTED]))
    found = desk.check([{**GRANTED, TITLE: "另一名称", **row}], take_doubtful=True)
    assert problem in {one["code"] for one in ImportedPatent.objects.get(of_import=found).problems}

    desk.apply(found)
    patent = Patent.objects.get()
    assert (patent.title, patent.granted_on) == ("另一名称", date(2016, 5, 4))
    assert patent.filed_on is not None
    assert patent.filed_on <= date(2016, 5, 4)
    desk.undo(found)

    patent.refresh_from_db()
    assert (patent.title, patent.filed_on, patent.granted_on) == (
        GRANTED[TITLE],
        date(2013, 5, 27),
        date(2016, 5, 4),
    )


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The command works on the database of the tests."""

    class Here:
        def bring_up_to_date(self) -> None:
            """The tables of the tests are those of the code."""

    @contextmanager
    def site() -> Iterator[Here]:
        yield Here()

    monkeypatch.setattr(running, "site_with_database", site)
    return lambda *arguments: CliRunner().invoke(import_command, list(arguments)).output


def test_the_command_takes_nothing_back_of_another_alliance(desk: Desk, command: Callable[..., str]) -> None:
    found = desk.apply(desk.check([GRANTED]))
    make_alliance("other", association=make_organisation("别的协会"))

    assert "has no such import" in command("--alliance", "other", "--undo", str(found.pk))

    found.refresh_from_db()
    assert found.state == ImportState.APPLIED
    command("--alliance", "uhd", "--undo", str(found.pk))
    assert not Patent.objects.exists()


def test_a_command_that_breaks_off_leaves_an_import_that_can_be_tried_again(
    desk: Desk, command: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(",".join(GRANTED) + "\n" + ",".join(GRANTED.values()) + "\n")

    def interrupted(*_args: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(applying, "register_has_changed", interrupted)
        command(str(file), "--alliance", "uhd")

    assert not Patent.objects.exists()
    assert Import.objects.get().state == ImportState.CHECKED
