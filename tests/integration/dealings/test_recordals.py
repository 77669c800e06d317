"""Recordals of licences of Chinese patents: their days, the data of the form, and what the office said."""

from datetime import date

import pytest

from licensing.dealings.models import (
    Recordal,
    RecordalResult,
)
from licensing.dealings.papers import recordal_paper
from licensing.dealings.selectors import recordal_data
from licensing.dealings.services import (
    accept_offer,
    close_dealing,
    countersign,
    decide_seal,
    note_original,
    record_recordal,
    record_signature,
    request_seal,
)
from licensing.papers.paper import Form, write_paper
from platform_core.deadlines.models import Deadline
from platform_core.problems import Conflict, InvalidInput, NotAllowed, WrongState
from tests.factories.contracts import (
    drawn_up,
    in_force,
    listed_in_china,
    signed_by,
)
from tests.integration.dealings.conftest import Talks

pytestmark = pytest.mark.django_db


def test_the_recordal_counts_from_the_last_of_both_signatures(talks: Talks) -> None:
    listed_in_china(talks)
    dealing = talks.applied()
    talks.offered(dealing, starts_on=date(2026, 1, 5))
    accept_offer(actor=talks.acting("prospect"), dealing_id=dealing.pk, number=1)
    dealing.refresh_from_db()
    drawn_up(talks, dealing)
    office = talks.acting("secretariat")
    record_signature(actor=office, dealing_id=dealing.pk, signature=signed_by(talks, dealing))
    note_original(actor=office, dealing_id=dealing.pk, received_on=date(2026, 2, 2))
    request_seal(actor=office, dealing_id=dealing.pk)
    decide_seal(actor=talks.acting("colleague"), dealing_id=dealing.pk, is_approved=True)
    # The office sealed first, and the licensee signed on the first of February.
    countersign(actor=office, dealing_id=dealing.pk, signature=signed_by(talks, dealing, signed_on=date(2026, 1, 20)))
    assert Recordal.objects.get(dealing=dealing).due_on == date(2026, 5, 1)


def test_a_licence_of_chinese_patents_is_recorded_within_three_months(talks: Talks) -> None:
    listed_in_china(talks)
    dealing = in_force(talks)
    recordal = Recordal.objects.get(dealing=dealing)
    assert (recordal.due_on, recordal.patents) == (date(2026, 6, 1), 1)
    deadline = Deadline.objects.get(subject_id=dealing.pk, kind="licence_recordal", state="open")
    assert (deadline.due_on, deadline.rule) == (date(2026, 6, 1), recordal.rule)
    assert "令第62号" in recordal.rule
    office = talks.acting("secretariat")
    text = write_paper(recordal_paper(dealing, *recordal_data(dealing, actor=office)), Form.CSV).decode()
    assert all(part in text for part in ("CN177877880B", "普通许可", "prospect 显示", "L9", "2026-06-01"))

    record_recordal(actor=office, dealing_id=dealing.pk, filed_on=date(2026, 2, 2))
    deadline.refresh_from_db()
    assert deadline.state == "settled"
    with pytest.raises(InvalidInput) as refused:
        record_recordal(actor=office, dealing_id=dealing.pk, filed_on=date(2026, 2, 1), result=RecordalResult.RECORDED)
    assert [error.pointer for error in refused.value.errors] == ["/number", "/result_on"]
    done = record_recordal(
        actor=office,
        dealing_id=dealing.pk,
        filed_on=date(2026, 2, 1),
        result=RecordalResult.RECORDED,
        result_on=date(2026, 2, 2),
        number="2026510000101",
    )
    assert (done.result, done.number) == ("recorded", "2026510000101")
    with pytest.raises(NotAllowed):
        record_recordal(actor=talks.acting("prospect"), dealing_id=dealing.pk, filed_on=date(2026, 2, 2))


def test_a_recordal_that_is_recorded_stays_and_one_that_was_refused_is_filed_again(talks: Talks) -> None:
    listed_in_china(talks)
    dealing = in_force(talks)
    office = talks.acting("secretariat")
    record_recordal(
        actor=office,
        dealing_id=dealing.pk,
        filed_on=date(2026, 2, 1),
        result=RecordalResult.REFUSED,
        result_on=date(2026, 2, 1),
    )
    again = record_recordal(actor=office, dealing_id=dealing.pk, filed_on=date(2026, 2, 2))
    assert (again.filed_on, again.result, again.result_on) == (date(2026, 2, 2), "", None)
    record_recordal(
        actor=office,
        dealing_id=dealing.pk,
        filed_on=date(2026, 2, 2),
        result=RecordalResult.RECORDED,
        result_on=date(2026, 2, 2),
        number="2026510000101",
    )
    with pytest.raises(WrongState, match="recorded already"):
        record_recordal(actor=office, dealing_id=dealing.pk, filed_on=date(2026, 2, 1))
    kept = Recordal.objects.get(dealing=dealing)
    assert (kept.filed_on, kept.result, kept.result_on, kept.number) == (
        *(date(2026, 2, 2), "recorded", date(2026, 2, 2), "2026510000101"),
    )


def test_a_licence_without_chinese_patents_needs_no_recordal(talks: Talks) -> None:
    listed_in_china(talks, granted_on=None)
    dealing = in_force(talks)
    assert not Recordal.objects.exists()
    assert not Deadline.objects.filter(kind="licence_recordal").exists()
    with pytest.raises(Conflict, match="needs no recordal"):
        record_recordal(actor=talks.acting("secretariat"), dealing_id=dealing.pk, filed_on=date(2026, 2, 2))
    with pytest.raises(WrongState):
        close_dealing(actor=talks.acting("secretariat"), dealing_id=dealing.pk, reason="No more.")
