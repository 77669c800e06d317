"""The whole course of a submission: to the list, to a refusal, or withdrawn, and what must not happen on the way."""

from datetime import date

import pytest

from platform_core.access.grants.services import assign_seat
from platform_core.access.models import Grant
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Seat
from platform_core.identity.roles import Role
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from pools.composition.models import PoolEntry
from pools.submissions.models import Opinion, OpinionResult, OpinionState, Panel, Submission, SubmissionState
from pools.submissions.selectors import allowed_steps, opinions, panels, submissions
from pools.submissions.services import (
    appeal_submission,
    complete_submission,
    conclude_submission,
    draft_submission,
    edit_submission,
    file_submission,
    give_opinion,
    list_patent,
    renew_panel,
    replace_evaluator,
    request_reevaluation,
    return_submission,
    voice_opinion,
    withdraw_submission,
)
from tests.factories.composition import make_pool_member
from tests.factories.conflicts import make_affiliation, make_declared_tie
from tests.factories.core import NOON, make_organisation, make_seat
from tests.factories.patents import make_patent
from tests.factories.submissions import make_evaluator
from tests.integration.submissions.conftest import CLAIMS, Forming

pytestmark = pytest.mark.django_db


def state_of(submission: Submission) -> str:
    submission.refresh_from_db()
    return submission.state


def test_what_is_found_essential_enters_the_list(forming: Forming) -> None:
    submission = forming.submit()
    returned = return_submission(actor=forming.office, submission_id=submission.pk, reason="Claim 4 has no chart.")
    assert returned.note == "Claim 4 has no chart."
    edit_submission(actor=forming.owner, submission_id=submission.pk, statement="See the chart.", claims=CLAIMS)
    # What was returned is filed again even when the call is over.
    forming.wait(200)
    file_submission(actor=forming.owner, submission_id=submission.pk)
    complete_submission(actor=forming.office, submission_id=submission.pk)
    panel = forming.appoint(submission)
    assert state_of(submission) == SubmissionState.IN_EVALUATION

    given = forming.find(submission, essential=True)
    assert (given.result, given.state, given.round) == (OpinionResult.ESSENTIAL, OpinionState.GIVEN, 1)
    assert given.final_on == date(2026, 9, 18)
    assert state_of(submission) == SubmissionState.ESSENTIAL

    with pytest.raises(Conflict, match="takes no part in the pool"):
        list_patent(actor=forming.office, submission_id=submission.pk, enters_on=date(2026, 10, 1))
    make_pool_member(forming.pool, forming.member)
    list_patent(actor=forming.office, submission_id=submission.pk, enters_on=date(2026, 10, 1), products=["tv"])
    entry = PoolEntry.objects.get()
    assert (entry.patent, entry.enters_on, entry.products) == (forming.patent, date(2026, 10, 1), ["tv"])
    assert state_of(submission) == SubmissionState.LISTED
    assert submission.entry == entry
    # The panel is done, and sees it no more.
    assert Grant.objects.filter(subject_id=panel.pk, revoked_at=forming.clock.now()).count() == 3
    assert not submissions(actor=forming.evaluator(0)).exists()
    names = AuditEvent.objects.filter(subject_id=submission.pk).order_by("pk").values_list("name", flat=True)
    assert list(names) == [
        "submission.drafted",
        "submission.filed",
        "submission.returned",
        "submission.edited",
        "submission.filed",
        "submission.completed",
        "submission.evaluation_begun",
        "submission.evaluated",
        "submission.listed",
    ]


def test_the_same_panel_looks_again_then_a_new_one_decides(forming: Forming) -> None:
    submission = forming.complete()
    first = forming.appoint(submission)
    assert forming.find(submission, essential=False).final_on is None
    assert state_of(submission) == SubmissionState.NOT_ESSENTIAL
    assert submission.due_on == date(2026, 4, 1)
    with pytest.raises(WrongState):
        appeal_submission(actor=forming.owner, submission_id=submission.pk, reason="A new panel at once.")

    request_reevaluation(actor=forming.owner, submission_id=submission.pk, reason="See figure 3.")
    second = forming.find(submission, essential=False)
    assert (second.panel, second.round, second.final_on) == (first, 2, None)
    assert state_of(submission) == SubmissionState.CONFIRMED

    appeal_submission(actor=forming.owner, submission_id=submission.pk, reason="Figure 3 shows it.")
    assert not submissions(actor=forming.evaluator(0)).exists()
    # Nobody of the first panel, in whatever place, or seat.
    again = make_seat(forming.evaluators[1].user)
    for seats in ((3, 4, 0), (2, 4, 5)):
        with pytest.raises(Conflict, match="all others"):
            forming.appoint(submission, *seats)
    assert again.user_id == forming.evaluators[1].user_id
    assert Panel.objects.count() == 1
    appealed = forming.appoint(submission, 3, 4, 5)
    assert appealed.kind == "appeal"
    # They judge by themselves: what the first panel wrote is not theirs.
    assert list(opinions(actor=forming.evaluator(3))) == []
    assert list(panels(actor=forming.evaluator(3))) == [appealed]
    third = forming.find(submission, essential=False, lead=3)
    assert (third.panel, third.round, third.final_on) == (appealed, 1, date(2026, 3, 2))
    assert state_of(submission) == SubmissionState.REFUSED
    # It came to nothing, so that the patent may be submitted again.
    assert forming.submit().state == SubmissionState.SUBMITTED


def test_time_limits_run_out_for_the_owner_and_only_then_the_office_ends_it(forming: Forming) -> None:
    submission = forming.complete()
    forming.appoint(submission)
    forming.find(submission, essential=False)
    submission.refresh_from_db()
    assert allowed_steps(submission, actor=forming.owner) == ["reevaluation", "withdrawal"]
    assert allowed_steps(submission, actor=forming.office) == []
    with pytest.raises(WrongState, match="until 2026-04-01"):
        conclude_submission(actor=forming.office, submission_id=submission.pk)
    forming.wait(31)
    with pytest.raises(WrongState, match="ended on 2026-04-01"):
        request_reevaluation(actor=forming.owner, submission_id=submission.pk, reason="Late.")
    assert state_of(submission) == SubmissionState.NOT_ESSENTIAL
    assert allowed_steps(submission, actor=forming.owner) == ["withdrawal"]
    conclude_submission(actor=forming.office, submission_id=submission.pk)
    assert state_of(submission) == SubmissionState.REFUSED
    assert Opinion.objects.get().final_on == date(2026, 4, 2)


def test_a_withdrawn_submission_takes_its_panel_off(forming: Forming) -> None:
    submission = forming.complete()
    forming.appoint(submission)
    withdraw_submission(actor=forming.owner, submission_id=submission.pk, reason="Sold.")
    assert state_of(submission) == SubmissionState.WITHDRAWN
    assert not submissions(actor=forming.evaluator(0)).exists()


def test_an_owner_submits_its_own_patent_once_and_only_while_the_call_is_open(forming: Forming) -> None:
    with pytest.raises(NotFound):
        draft_submission(actor=forming.competitor, call_id=forming.call.pk, patent_id=forming.patent.pk, claims=CLAIMS)
    assert not Submission.objects.exists()
    submission = forming.submit()
    with pytest.raises(Conflict, match="go on with that submission"):
        forming.submit()
    assert Submission.objects.count() == 1
    with pytest.raises(WrongState, match="not changed"):
        edit_submission(actor=forming.owner, submission_id=submission.pk, claims=CLAIMS[:1])
    assert submission.claims.count() == 2
    forming.wait(150)
    other = make_patent(forming.alliance, "CN2B", forming.member.organisation)
    with pytest.raises(WrongState, match="takes no patents today"):
        draft_submission(actor=forming.owner, call_id=forming.call.pk, patent_id=other.pk, claims=CLAIMS)
    assert Submission.objects.count() == 1


def test_a_submission_without_claims_is_not_filed(forming: Forming) -> None:
    drafted = draft_submission(actor=forming.owner, call_id=forming.call.pk, patent_id=forming.patent.pk)
    with pytest.raises(InvalidInput, match="Name the claims"):
        file_submission(actor=forming.owner, submission_id=drafted.pk)
    assert state_of(drafted) == SubmissionState.DRAFT
    # What an owner only began to write is nobody else's.
    assert not submissions(actor=forming.office).exists()


def test_an_owner_learns_of_an_opinion_when_it_is_given_and_never_who_wrote_it(forming: Forming) -> None:
    submission = forming.complete()
    forming.appoint(submission)
    opinion = forming.draft(submission, essential=True)
    assert not opinions(actor=forming.owner).exists()
    assert not panels(actor=forming.owner).exists()
    assert opinions(actor=forming.office).get() == opinion
    voice_opinion(actor=forming.evaluator(1), opinion_id=opinion.pk, agrees=True)
    with pytest.raises(WrongState, match="Both assistants"):
        give_opinion(actor=forming.evaluator(0), opinion_id=opinion.pk)
    voice_opinion(actor=forming.evaluator(2), opinion_id=opinion.pk, agrees=True)
    for number in (1, 2):
        with pytest.raises(NotAllowed):
            give_opinion(actor=forming.evaluator(number), opinion_id=opinion.pk)
    for actor in (forming.owner, forming.competitor):
        with pytest.raises(NotFound):
            give_opinion(actor=actor, opinion_id=opinion.pk)
    opinion.refresh_from_db()
    assert opinion.state == OpinionState.DRAFT
    give_opinion(actor=forming.evaluator(0), opinion_id=opinion.pk)
    assert opinions(actor=forming.owner).get() == opinion
    assert not panels(actor=forming.owner).exists()


def test_an_opinion_that_nobody_else_agrees_with_is_not_given(forming: Forming) -> None:
    submission = forming.complete()
    forming.appoint(submission)
    opinion = forming.draft(submission, essential=True)
    for number in (1, 2):
        voice_opinion(actor=forming.evaluator(number), opinion_id=opinion.pk, agrees=False, note="No.")
    with pytest.raises(WrongState, match="Neither assistant agrees"):
        give_opinion(actor=forming.evaluator(0), opinion_id=opinion.pk)
    opinion.refresh_from_db()
    assert (opinion.state, opinion.result) == (OpinionState.DRAFT, "")
    assert state_of(submission) == SubmissionState.IN_EVALUATION


@pytest.mark.parametrize("tie", ["seat at the owner", "declared tie", "tie to an affiliate", "former owner"])
def test_nobody_tied_to_an_owner_evaluates(forming: Forming, tie: str) -> None:
    submission = forming.complete()
    person, owner = forming.evaluators[2].user, forming.member.organisation
    match tie:
        case "seat at the owner":
            make_seat(person, owner)
        case "declared tie":
            make_declared_tie(person, owner)
        case "tie to an affiliate":
            subsidiary = make_organisation("子公司")
            make_affiliation(owner, subsidiary)
            make_declared_tie(person, subsidiary)
        case _:
            seller = make_organisation("原权利人")
            forming.patent.ownerships.create(
                alliance=forming.alliance, owner=seller, to_on=date(2020, 1, 1), from_on=date(2019, 1, 1)
            )
            make_declared_tie(person, seller)
    with pytest.raises(InvalidInput, match="conflict of interest"):
        forming.appoint(submission)
    assert not Panel.objects.exists()
    assert not Grant.objects.exists()
    assert state_of(submission) == SubmissionState.COMPLETE


def test_a_tie_that_arises_shuts_an_evaluator_out_at_once_and_somebody_takes_the_place(forming: Forming) -> None:
    submission = forming.complete()
    panel = forming.appoint(submission)
    opinion = forming.draft(submission, essential=True)
    voice_opinion(actor=forming.evaluator(1), opinion_id=opinion.pk, agrees=True)
    make_declared_tie(forming.evaluators[2].user, forming.member.organisation)
    with pytest.raises(NotFound):
        voice_opinion(actor=forming.evaluator(2), opinion_id=opinion.pk, agrees=True)
    assert not submissions(actor=forming.evaluator(2)).exists()

    replace_evaluator(
        actor=forming.office,
        panel_id=panel.pk,
        place="second_assistant",
        seat_id=forming.evaluators[3].pk,
        reason="A tie.",
    )
    opinion.refresh_from_db()
    assert (opinion.first_voice, opinion.second_voice) == ("", "")
    voice_opinion(actor=forming.evaluator(3), opinion_id=opinion.pk, agrees=True)
    former = Grant.objects.get(subject_id=panel.pk, seat=forming.evaluators[2])
    assert former.revoked_at == NOON
    # Who was on it at some time is on no other panel of the submission.
    voice_opinion(actor=forming.evaluator(1), opinion_id=opinion.pk, agrees=True)


def test_an_assignment_without_a_place_on_the_panel_opens_nothing(forming: Forming) -> None:
    submission = forming.complete()
    panel = forming.appoint(submission)
    fourth = make_evaluator()
    forming.evaluators.append(fourth)
    assign_seat(
        actor=forming.office,
        subject_type="submissions.panel",
        subject_id=panel.pk,
        role=Role.EVALUATOR,
        seat_id=fourth.pk,
        reason="By hand.",
        ends_at=Grant.objects.earliest("pk").ends_at,
    )
    assert not submissions(actor=forming.evaluator(6)).exists()
    # A place ends with the assignment's last day.
    assert submissions(actor=forming.evaluator(0)).get() == submission
    forming.wait(365)
    assert not submissions(actor=forming.evaluator(0)).exists()


def test_a_panel_is_assigned_for_longer_when_another_look_outlasts_its_assignment(forming: Forming) -> None:
    submission = forming.complete()
    panel = forming.appoint(submission)
    forming.find(submission, essential=False)
    with pytest.raises(WrongState, match="not at work"):
        renew_panel(actor=forming.office, panel_id=panel.pk, until_on=date(2028, 1, 1), reason="Another look.")
    request_reevaluation(actor=forming.owner, submission_id=submission.pk, reason="See figure 3.")
    with pytest.raises(InvalidInput, match="until 2027-03-01 already"):
        renew_panel(actor=forming.office, panel_id=panel.pk, until_on=date(2027, 3, 1), reason="Another look.")
    renew_panel(actor=forming.office, panel_id=panel.pk, until_on=date(2028, 1, 1), reason="Another look.")
    forming.wait(400)
    assert submissions(actor=forming.evaluator(0)).get() == submission


def test_a_panel_that_somebody_left_is_renewed_once_somebody_else_has_the_place(forming: Forming) -> None:
    submission = forming.complete()
    panel = forming.appoint(submission)
    forming.find(submission, essential=False)
    request_reevaluation(actor=forming.owner, submission_id=submission.pk, reason="See figure 3.")
    Seat.objects.filter(pk=forming.evaluators[2].pk).update(ended_at=NOON)
    given = Grant.objects.filter(subject_id=panel.pk).count()
    with pytest.raises(Conflict, match="has left"):
        renew_panel(actor=forming.office, panel_id=panel.pk, until_on=date(2028, 1, 1), reason="Another look.")
    panel.refresh_from_db()
    assert (panel.until_on, Grant.objects.filter(subject_id=panel.pk).count()) == (date(2027, 3, 1), given)
    assert not AuditEvent.objects.filter(name="panel.renewed").exists()
    replace_evaluator(
        actor=forming.office,
        panel_id=panel.pk,
        place="second_assistant",
        seat_id=forming.evaluators[3].pk,
        reason="They left.",
    )
    renewed = renew_panel(actor=forming.office, panel_id=panel.pk, until_on=date(2028, 1, 1), reason="Another look.")
    assert renewed.until_on == date(2028, 1, 1)
