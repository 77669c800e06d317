"""Charts of what patents read on: an owner's own, version by version, until it hands one in with a submission."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from platform_core.audit.models import AuditEvent
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from platform_core.realtime.topics import Part, Topic, parts_known_to
from pools.charts.models import ChartState, ChartTarget, ClaimChart, TargetKind
from pools.charts.selectors import allowed_steps, chart_targets, claim_charts
from pools.charts.services import (
    ChartRow,
    NewTarget,
    add_chart_target,
    discard_chart,
    draft_chart,
    edit_chart,
    remove_chart_target,
    review_chart,
)
from pools.patents.models import Ownership, Patent
from pools.patents.selectors import on_standard, patents
from pools.submissions.models import SubmissionClaim
from pools.submissions.services import NewClaim, draft_submission, edit_submission, file_submission
from tests.api.core.clients import client_of
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
    assert allowed_steps(second, actor=forming.owner) == ["edit", "review", "discard"]
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


def test_a_name_that_grows_when_its_letters_are_made_small_is_kept_and_found(forming: Forming) -> None:
    long = NewTarget(kind=TargetKind.STANDARD, body="ß" * 60, name="ß" * 100)
    made = add_chart_target(actor=forming.owner, patent_id=forming.patent.pk, target=long)
    assert made.name == "ß" * 100
    for text in ("SS", "ß" * 160):
        assert on_standard(Patent.objects.all(), text, actor=forming.owner).count() == 1


def test_lists_of_charts_do_not_fetch_their_rows(forming: Forming) -> None:
    charted(forming)
    assert {tuple(chart.get_deferred_fields()) for chart in claim_charts(actor=forming.owner)} == {("rows",)}


def test_a_draft_is_discarded_and_what_was_reviewed_is_not(forming: Forming) -> None:
    first = charted(forming)
    second = draft_chart(actor=forming.owner, target_id=first.target_id, claim=1)
    for actor, refusal in ((forming.competitor, NotFound), (forming.office, NotFound)):
        with pytest.raises(refusal):
            discard_chart(actor=actor, chart_id=second.pk)
    assert allowed_steps(second, actor=forming.owner) == ["edit", "review", "discard"]
    discard_chart(actor=forming.owner, chart_id=second.pk)
    with pytest.raises(WrongState):
        discard_chart(actor=forming.owner, chart_id=first.pk)
    assert list(ClaimChart.objects.values_list("pk", flat=True)) == [first.pk]
    told = AuditEvent.objects.get(name="claim_chart.discarded")
    assert (told.subject_id, told.alliance_id) == (second.pk, None)
    assert draft_chart(actor=forming.owner, target_id=first.target_id, claim=1).number == 2


def test_a_chart_is_changed_reviewed_and_discarded_as_it_was_read_alone(forming: Forming) -> None:
    target = add_chart_target(actor=forming.owner, patent_id=forming.patent.pk, target=STANDARD)
    chart = draft_chart(actor=forming.owner, target_id=target.pk, claim=1)
    client = client_of(forming.owner_seat)
    address = f"/api/v1/claim-charts/{chart.pk}"
    read = client.get(address)["ETag"]
    edit_chart(actor=forming.owner, chart_id=chart.pk, rows=[ROW])
    for method, path in (("post", f"{address}/review"), ("delete", address)):
        send = getattr(client, method)
        assert send(path).status_code == 428
        assert send(path, headers={"If-Match": read}).status_code == 412
    chart.refresh_from_db()
    assert chart.state == ChartState.DRAFT
    now = client.get(address)["ETag"]
    done = client.post(f"{address}/review", headers={"If-Match": now})
    assert (done.status_code, done.json()["state"]) == (200, "reviewed")
    assert client.delete(address, headers={"If-Match": done["ETag"]}).status_code == 409


def test_what_is_taken_back_is_told_to_its_owner_and_to_no_other_owner(
    forming: Forming, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ownership.objects.create(patent=forming.patent, alliance=forming.alliance, owner=forming.rival.organisation)
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr("platform_core.realtime.services._send", lambda _group, message: sent.append(message))
    target = add_chart_target(actor=forming.owner, patent_id=forming.patent.pk, target=STANDARD)
    chart = draft_chart(actor=forming.owner, target_id=target.pk, claim=1)

    def told(act: Callable[[], object]) -> list[tuple[str, list[bool]]]:
        sent.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        parts = [(message, Part(Topic.parse(message["part"]), message["to"])) for message in sent]
        hearers = (forming.owner, forming.competitor, forming.office)
        return [
            (message["topic"], [bool(parts_known_to(actor, [part])) for actor in hearers]) for message, part in parts
        ]

    patent = f"patents.patent:{forming.patent.pk}"
    assert told(lambda: discard_chart(actor=forming.owner, chart_id=chart.pk)) == [
        (f"charts.claimchart:{chart.pk}", [True, False, False]),
        (patent, [True, False, False]),
    ]
    assert told(lambda: remove_chart_target(actor=forming.owner, target_id=target.pk)) == [
        (patent, [True, False, False])
    ]


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
    # It stays where the rest of the submission is changed, and where its claim is sent as it was.
    edit_submission(actor=forming.owner, submission_id=submission.pk, statement="In short.")
    edit_submission(actor=forming.owner, submission_id=submission.pk, claims=[same], statement="At length.")
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
