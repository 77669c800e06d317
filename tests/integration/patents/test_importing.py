"""Patents are taken in from files as they were seen, all or none, once, and can be taken back."""

import io
from datetime import date
from pathlib import Path

import pytest

from platform_core.audit.models import AuditEvent
from platform_core.exchange import services, storage
from platform_core.exchange.models import Import, ImportState
from platform_core.exchange.registry import importer_of
from pools.patents.imports.applying import READ_AGAIN
from pools.patents.models import Bibliography, ImportedPatent, Ownership, Patent, Publication, Source
from pools.patents.services import NewPatent, register_patent
from tests.factories.core import make_organisation
from tests.integration.patents.desk import GRANTED, LAID_OPEN, MODEL, WRONG, Desk, quietly

pytestmark = pytest.mark.django_db


def outcomes(found: Import) -> dict[str, int]:
    """Return the outcomes that some row has."""
    return {outcome: count for outcome, count in found.counts.items() if count}


def test_nothing_is_changed_before_it_was_seen(desk: Desk) -> None:
    found = desk.check([GRANTED, LAID_OPEN, MODEL, WRONG])

    assert found.state == ImportState.CHECKED
    assert found.file_name == "list.csv"
    assert (found.told["profile"], found.told["verified"], found.told["encoding"]) == ("cnipr", True, "utf-8")
    assert outcomes(found) == {"new": 2, "part": 1, "refused": 1}
    assert not Patent.objects.exists()
    importer = importer_of("patents.patent")
    assert importer is not None
    [row] = importer.rows(found, "refused", 0, 10)
    assert (row.line, row.problems[0]["code"]) == (5, "wrong_form")
    headings, refused = importer.refused(found, storage.file_of(found.pk))
    assert headings == ["reason", *WRONG]
    assert refused == [row.problems[0]["detail"], *WRONG.values()]


def test_a_file_is_taken_in_with_its_owners_documents_and_sources(desk: Desk) -> None:
    found = desk.apply(desk.check([LAID_OPEN, GRANTED, MODEL]))

    assert found.state == ImportState.APPLIED
    patent = Patent.objects.get(application_key="CN201310199708.X")
    assert (patent.publication, patent.country, patent.right, patent.title) == (
        "CN103294796B",
        "CN",
        "invention",
        "一种信息处理方法",
    )
    # The day of a grant is the day its document was published.
    assert (patent.filed_on, patent.granted_on) == (date(2013, 5, 27), date(2016, 5, 4))
    documents = Publication.objects.filter(patent=patent).values_list("number", "published_on")
    assert list(documents) == [("CN103294796A", date(2013, 9, 11)), ("CN103294796B", date(2016, 5, 4))]
    assert [ownership.owner for ownership in Ownership.objects.filter(patent=patent)] == [desk.firm]
    record = Bibliography.objects.get(patent=patent)
    assert (record.applicants, record.ipc) == (["江汉显示有限公司", "沧澜大学"], ["G06F 17/30"])
    source = Source.objects.get()
    assert record.sources["title"] == record.sources["applicants"] == str(source.pk)
    assert "agency" not in record.sources
    events = list(AuditEvent.objects.order_by("id").values_list("name", flat=True))
    assert events == ["import.started", "import.begun", "import.applied"]


def test_repeating_it_changes_nothing(desk: Desk) -> None:
    desk.apply(desk.check([LAID_OPEN, GRANTED, MODEL]))
    before = list(Patent.objects.order_by("pk").values())

    again = desk.check([MODEL, GRANTED, LAID_OPEN])

    assert outcomes(again) == {"same": 2, "part": 1}
    desk.apply(again)
    assert list(Patent.objects.order_by("pk").values()) == before
    assert (Publication.objects.count(), Ownership.objects.count(), Bibliography.objects.count()) == (3, 2, 2)


def test_a_patent_is_found_by_any_form_of_its_number_and_only_what_a_row_says_is_changed(desk: Desk) -> None:
    desk.apply(desk.check([GRANTED]))
    other = {"Publication Number": "CN 103294796 A", "Jurisdiction": "CN", "Application Number": "CN 201310199708 A"}
    told = {**other, "Title": "Information processing", "Lens ID": "1", "CPC Classifications": "G06F16/00;;G06F17/00"}

    found = desk.check([told])

    assert (found.told["profile"], outcomes(found)) == ("lens", {"changed": 1})
    desk.apply(found)
    patent = Patent.objects.get()
    assert (patent.title, patent.filed_on) == ("Information processing", date(2013, 5, 27))
    assert patent.bibliography.cpc == ["G06F 16/00", "G06F 17/00"]
    assert patent.bibliography.applicants == ["江汉显示有限公司", "沧澜大学"]
    assert len({*patent.bibliography.sources.values()}) == 2


def test_doubtful_rows_are_left_out_unless_they_are_asked_for(desk: Desk) -> None:
    odd = {**GRANTED, "申请日": "2016.06.01"}

    assert outcomes(desk.check([odd])) == {"doubtful": 1}
    desk.apply(desk.check([odd]))
    assert not Patent.objects.exists()

    desk.apply(desk.check([odd], take_doubtful=True))
    patent = Patent.objects.get()
    # It cannot have been granted before it was filed: of the two days the one that decides less is left out.
    assert (patent.filed_on, patent.granted_on) == (date(2016, 6, 1), None)


def test_an_owner_of_all_rows_is_named_once(desk: Desk) -> None:
    owner = make_organisation("武汉显示")

    desk.apply(desk.check([GRANTED, MODEL], owner_id=str(owner.pk)))

    assert {ownership.owner for ownership in Ownership.objects.all()} == {owner}


def test_a_patent_registered_after_the_file_was_read_is_not_made_twice(desk: Desk) -> None:
    found = desk.check([GRANTED, MODEL])
    registered = register_patent(
        actor=desk.actor,
        alliance_id=desk.alliance.pk,
        patent=NewPatent(publication="CN103294796B", country="CN", application="CN201310199708.X", title="自己登记的"),
    )

    kept = desk.apply(found)

    assert (kept.state, kept.detail) == (ImportState.CHECKED, READ_AGAIN)
    assert list(Patent.objects.all()) == [registered]
    assert not Source.objects.exists()
    services.choose_for_import(actor=desk.actor, import_id=found.pk, choices={}, in_background=False)
    again = services.check_import(actor=desk.actor, import_id=found.pk, progress=quietly)
    assert outcomes(again) == {"changed": 1, "new": 1}
    assert desk.apply(again).state == ImportState.APPLIED


def test_a_patent_taken_off_the_register_after_the_file_was_read_is_not_taken_for_changed(desk: Desk) -> None:
    first = desk.apply(desk.check([GRANTED]))
    found = desk.check([{**GRANTED, "名称": "另一名称"}])
    desk.undo(first)

    kept = desk.apply(found)

    assert (kept.state, kept.detail) == (ImportState.CHECKED, READ_AGAIN)
    assert not Patent.objects.exists()


def test_rows_that_cannot_both_be_true_are_refused_but_for_the_first(desk: Desk) -> None:
    other = {**GRANTED, "申请号": "CN201310199709.4"}
    desk.apply(desk.check([MODEL]))
    corrected = {**MODEL, "公开（公告）号": "CN201690606U"}
    as_published = {**MODEL, "申请号": ""}
    contradicting = {**MODEL, "公开（公告）号": "CN201690605Y", "申请号": "CN201020157601.0"}
    desk.apply(desk.check([corrected]))

    found = desk.check([GRANTED, other, contradicting, corrected])

    assert outcomes(found) == {"new": 1, "same": 1, "refused": 2}
    importer = importer_of("patents.patent")
    assert importer is not None
    told = [(row.line, row.problems[0]["code"]) for row in importer.rows(found, "refused", 0, 10)]
    assert told == [(3, "application_differs"), (4, "patent_twice")]
    assert desk.apply(found).state == ImportState.APPLIED
    # Two documents that are on record as those of one patent are two of one patent in the file as well.
    assert outcomes(desk.check([as_published, corrected])) == {"same": 1, "part": 1}


def test_what_cannot_be_read_is_refused_in_words_and_dropped(desk: Desk, tmp_path: Path) -> None:
    found = services.start_import(
        actor=desk.actor,
        alliance_id=desk.alliance.pk,
        subject="patents.patent",
        file=io.BytesIO(b"PK\x03\x04 no package"),
        name="list.xlsx",
        in_background=False,
    )

    refused = services.check_import(actor=desk.actor, import_id=found.pk, progress=quietly)

    assert (refused.state, refused.told) == (ImportState.REFUSED, {"refused": "damaged"})
    assert "save it anew" in refused.detail
    services.discard_import(actor=desk.actor, import_id=found.pk)
    assert not ImportedPatent.objects.exists()
