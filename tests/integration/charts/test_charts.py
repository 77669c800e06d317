"""Charts of what patents read on: an owner's own, version by version, until it hands one in with a submission."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from platform_core.audit.models import AuditEvent
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from pools.charts.models import ChartState, ChartTarget, ClaimChart, TargetKind
from pools.charts.selectors import allowed_steps, chart_targets, claim_charts
from pools.charts.services import (
    ChartRow,
    NewTarget,
    add_chart_target,
    draft_chart,
    edit_chart,
    remove_chart_target,
    review_chart,
)
from pools.patents.models import Ownership, Patent
from pools.patents.selectors import on_standard, patents
from pools.submissions.models import SubmissionClaim
from pools.submissions.services import NewClaim, draft_submission, edit_submission, file_submission
from tests.factories.charts import make_chart_target, make_claim_chart
from tests.integration.submissions.conftest import Forming

pytestmark = pytest.mark.django_db

STANDARD = NewTarget(kind=TargetKind.STANDARD, body="T/UWA", name="005", version="2025")
ROW = ChartRow(element="a display", place="7.2.1", evidence="figure 3")


@pytest.fixture
def forming() -> Forming:
    return Forming()


def charted(forming: Forming, *, claim: int = 1) -> ClaimChart:
    """Return the reviewed chart of a claim of the owner."""
    owner = forming.owner
    target = ChartTarget.objects.first() or add_chart_target(actor=owner, patent_id=forming.patent.pk, target=STANDARD)
    chart = draft_chart(actor=owner, target_id=target.pk, claim=claim)
    edit_chart(actor=owner, chart_id=chart.pk, rows=[ROW])
    return review_chart(actor=owner, chart_id=chart.pk)


def test_a_chart_is_written_reviewed_and_followed_by_its_next_version(forming: Forming) -> None:
    first = charted(forming)
    assert (first.number, first.state, first.rows) == (
        1,
        ChartState.REVIEWED,
        [{"element": "a display", "place": "7.2.1", "evidence": "figure 3"}],
    )
    with pytest.raises(WrongState):
        edit_chart(actor=forming.owner, chart_id=first.pk, rows=[])
    second = draft_chart(actor=forming.owner, target_id=first.target_id, claim=1)
    assert (second.number, second.rows, second.state) == (2, first.rows, ChartState.DRAFT)
    with pytest.raises(Conflict):
        draft_chart(actor=forming.owner, target_id=first.target_id, claim=1)
    assert allowed_steps(first, actor=forming.owner) == ["next"]
    assert allowed_steps(second, actor=forming.owner) == ["edit", "review"]
    assert draft_chart(actor=forming.owner, target_id=first.target_id, claim=4).number == 1
    names = AuditEvent.objects.filter(subject_id=first.pk).order_by("pk").values_list("name", flat=True)
    assert list(names) == ["claim_chart.drafted", "claim_chart.edited", "claim_chart.reviewed"]
    assert set(AuditEvent.objects.filter(subject_type__startswith="charts.").values_list("alliance", flat=True)) == {
        None
    }


@pytest.mark.parametrize("rows", [[], [ChartRow(element="a display")], [ChartRow(element="", place="7.2.1")]])
def test_a_chart_that_is_not_whole_is_not_reviewed(forming: Forming, rows: list[ChartRow]) -> None:
    target = add_chart_target(actor=forming.owner, patent_id=forming.patent.pk, target=STANDARD)
    chart = draft_chart(actor=forming.owner, target_id=target.pk, claim=1)
    edit_chart(actor=forming.owner, chart_id=chart.pk, rows=rows)
    with pytest.raises(InvalidInput):
        review_chart(actor=forming.owner, chart_id=chart.pk)
    chart.refresh_from_db()
    assert (chart.state, chart.reviewed_at) == (ChartState.DRAFT, None)


def test_a_chart_of_one_owner_is_no_other_owners_and_not_the_offices(forming: Forming) -> None:
    Ownership.objects.create(patent=forming.patent, alliance=forming.alliance, owner=forming.rival.organisation)
    chart = charted(forming)
    rival = forming.competitor
    # It owns the patent too, reads and charts it, and learns nothing of what the other one charted.
    assert patents(actor=rival).filter(pk=forming.patent.pk).exists()
    for actor in (rival, forming.office):
        assert not chart_targets(actor=actor).exists()
        assert not claim_charts(actor=actor).exists()
        assert not on_standard(Patent.objects.all(), "T/UWA 005", actor=actor).exists()
        with pytest.raises(NotFound):
            review_chart(actor=actor, chart_id=chart.pk)
    own = add_chart_target(actor=rival, patent_id=forming.patent.pk, target=STANDARD)
    assert chart_targets(actor=rival).get() == own
    assert own.organisation == forming.rival.organisation
    assert chart_targets(actor=forming.owner).get() == chart.target
    with pytest.raises(NotAllowed):
        add_chart_target(actor=forming.office, patent_id=forming.patent.pk, target=STANDARD)
    assert ChartTarget.objects.count() == 2


def test_patents_are_found_by_the_standards_they_read_on(forming: Forming) -> None:
    charted(forming)
    for text, found in (("t/uwa005", 1), ("UWA 005 2025", 1), ("005", 1), ("006", 0), ("/", 0)):
        assert on_standard(Patent.objects.all(), text, actor=forming.owner).count() == found, text


def test_what_is_handed_in_with_a_claim_is_read_with_it_and_nothing_else_is(forming: Forming) -> None:
    chart, other = charted(forming), charted(forming, claim=4)
    claim = NewClaim(number=1, standard="T/UWA 005 2025", clause="7.2.1", claim_chart_id=chart.pk)
    submission = draft_submission(
        actor=forming.owner, call_id=forming.call.pk, patent_id=forming.patent.pk, claims=[claim]
    )
    # What is only begun is nobody else's.
    assert not claim_charts(actor=forming.office).exists()
    file_submission(actor=forming.owner, submission_id=submission.pk)
    assert list(claim_charts(actor=forming.office)) == [chart]
    assert not chart_targets(actor=forming.office).exists()
    assert allowed_steps(chart, actor=forming.office) == []
    assert not claim_charts(actor=forming.competitor).exists()
    assert other in claim_charts(actor=forming.owner)


def test_a_claim_takes_no_chart_that_is_not_its_own(forming: Forming) -> None:
    chart = charted(forming)
    foreign = make_claim_chart(make_chart_target(forming.patent, forming.rival.organisation), reviewed=True)
    draft = make_claim_chart(chart.target, claim=2)
    right: dict[str, Any] = {"number": 1, "standard": "T/UWA 005 2025", "clause": "7.2.1"}
    submission = draft_submission(
        actor=forming.owner, call_id=forming.call.pk, patent_id=forming.patent.pk, claims=[NewClaim(**right)]
    )
    product = add_chart_target(
        actor=forming.owner, patent_id=forming.patent.pk, target=NewTarget(kind=TargetKind.PRODUCT, name="Sony X9")
    )
    close = add_chart_target(
        actor=forming.owner,
        patent_id=forming.patent.pk,
        target=NewTarget(kind=TargetKind.STANDARD, body="3GPP", name="TS 36.3", version="21"),
    )
    of_product, of_close = (make_claim_chart(target, reviewed=True) for target in (product, close))
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"claim_chart_id": of_product.pk, "standard": "sony x-9"}, "of_product"),
        ({"claim_chart_id": of_close.pk, "standard": "3GPP TS 36.321"}, "other_chart"),
        ({"claim_chart_id": foreign.pk}, "unknown"),
        ({"claim_chart_id": draft.pk, "number": 2}, "draft"),
        ({"claim_chart_id": chart.pk, "number": 3}, "other_chart"),
        ({"claim_chart_id": chart.pk, "standard": "T/UWA 006"}, "other_chart"),
    ]
    for given, code in wrong:
        claims = [NewClaim(**{**right, "clause": "9.4"}), NewClaim(**{**right, **given})]
        with pytest.raises(InvalidInput) as refused:
            edit_submission(actor=forming.owner, submission_id=submission.pk, claims=claims)
        assert [(error.pointer, error.code) for error in refused.value.errors] == [("/claims/1/claim_chart_id", code)]
    assert SubmissionClaim.objects.get().claim_chart is None
    # What is written otherwise is the same standard all the same.
    same = NewClaim(**{**right, "standard": "t/uwa  005-2025", "claim_chart_id": chart.pk})
    edit_submission(actor=forming.owner, submission_id=submission.pk, claims=[same])
    assert SubmissionClaim.objects.get().claim_chart == chart


def test_what_was_charted_stays(forming: Forming) -> None:
    chart = charted(forming)
    with pytest.raises(Conflict):
        remove_chart_target(actor=forming.owner, target_id=chart.target_id)
    for rows, change in (
        (ClaimChart.objects.all(), {"rows": []}),
        (ClaimChart.objects.all(), {"state": ChartState.DRAFT, "reviewed_at": None}),
        (ChartTarget.objects.all(), {"name": "006"}),
        (ChartTarget.objects.all(), {"organisation": forming.rival.organisation}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    empty = add_chart_target(
        actor=forming.owner, patent_id=forming.patent.pk, target=NewTarget(kind=TargetKind.PRODUCT, name="TV 9")
    )
    remove_chart_target(actor=forming.owner, target_id=empty.pk)
    assert ChartTarget.objects.get() == chart.target
