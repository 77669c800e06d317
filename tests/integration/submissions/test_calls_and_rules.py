"""Calls keep what they promised, and the database itself keeps what was submitted and found."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from platform_core.access.actors import Actor
from platform_core.problems import InvalidInput, NotFound, WrongState
from pools.composition.models import PoolState
from pools.submissions.models import Call, CallAudience, CallState, Finding, Opinion, Panel, PanelKind, Submission
from pools.submissions.selectors import calls
from pools.submissions.services import close_call, draft_call, edit_call, extend_call, publish_call
from tests.factories.composition import make_pool
from tests.factories.core import make_seat
from tests.factories.submissions import make_opinion, make_panel
from tests.integration.submissions.conftest import Forming

pytestmark = pytest.mark.django_db


def test_a_call_is_read_once_published_runs_long_enough_and_is_never_cut_short(forming: Forming) -> None:
    idea = make_pool(forming.alliance, "IDEA", PoolState.IDEA)
    call = draft_call(
        actor=forming.office,
        pool_id=idea.pk,
        title_zh="征集",
        standard="T/UWA 005",
        text_zh="请提交。",
        audience=CallAudience.PUBLIC,
        opens_on=date(2026, 3, 2),
        submit_by_on=date(2026, 3, 30),
    )
    public = Actor.public(clock=forming.clock)
    assert not calls(actor=public).filter(pk=call.pk).exists()
    assert not calls(actor=forming.owner).filter(pk=call.pk).exists()
    with pytest.raises(InvalidInput, match="until 2026-03-31 or later"):
        publish_call(actor=forming.office, call_id=call.pk)
    idea.refresh_from_db()
    assert idea.state == PoolState.IDEA
    edit_call(actor=forming.office, call_id=call.pk, submit_by_on=date(2026, 3, 31))
    published = publish_call(actor=forming.office, call_id=call.pk)
    idea.refresh_from_db()
    assert (published.state, idea.state) == (CallState.PUBLISHED, PoolState.CALL_OPEN)
    assert calls(actor=public).get() == call
    with pytest.raises(WrongState, match="Only a draft is changed"):
        edit_call(actor=forming.office, call_id=call.pk, standard="other")
    with pytest.raises(InvalidInput, match="name a later one"):
        extend_call(actor=forming.office, call_id=call.pk, submit_by_on=date(2026, 3, 30))
    with pytest.raises(WrongState, match="until 2026-03-31"):
        close_call(actor=forming.office, call_id=call.pk)
    extend_call(actor=forming.office, call_id=call.pk, submit_by_on=date(2026, 4, 30))
    forming.wait(60)
    assert close_call(actor=forming.office, call_id=call.pk).state == CallState.CLOSED


def test_a_member_writes_no_call(forming: Forming) -> None:
    with pytest.raises(NotFound):
        publish_call(actor=Actor.public(clock=forming.clock), call_id=forming.call.pk)
    assert Call.objects.count() == 1


def refused(rows: object, **columns: object) -> bool:
    try:
        with transaction.atomic():
            rows.update(**columns)  # type: ignore[attr-defined]  # a queryset of any kind
    except (IntegrityError, DatabaseError):
        return True
    return False


def test_the_database_keeps_what_was_published_submitted_and_found(forming: Forming) -> None:
    submission = forming.submit()
    opinion = make_opinion(make_panel(submission), final=False)
    assert refused(Submission.objects, exclusive=True)
    assert refused(Call.objects, standard="other")
    assert refused(submission.claims, clause="8")
    assert refused(Finding.objects, essential=False)
    assert refused(Opinion.objects, reasons="other")
    with pytest.raises(DatabaseError), transaction.atomic():
        submission.claims.all()._raw_delete("default")
    with pytest.raises(DatabaseError), transaction.atomic():
        Opinion.objects.all()._raw_delete("default")
    opinion.refresh_from_db()
    assert opinion.reasons == "Claim 1 reads on it."


def test_a_panel_is_of_three_people_and_shares_nobody_with_the_other_one(forming: Forming) -> None:
    submission = forming.submit()
    panel = make_panel(submission, *forming.evaluators[:3])
    again = make_seat(forming.evaluators[0].user)
    assert refused(Panel.objects, first_assistant=forming.evaluators[0])
    assert refused(Panel.objects, first_assistant=again)
    for seats in ((again, *forming.evaluators[3:5]), (forming.evaluators[3], again, forming.evaluators[1])):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_panel(submission, *seats, kind=PanelKind.APPEAL)
    assert Panel.objects.get() == panel
    make_panel(submission, *forming.evaluators[3:6], kind=PanelKind.APPEAL)
