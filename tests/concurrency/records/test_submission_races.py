"""Two who submit, appoint, give or publish the same at once: one does, and the other is refused."""

import pytest

from platform_core.access.models import Grant
from platform_core.problems import Problem
from pools.composition.models import ListVersion, PoolState
from pools.composition.services import publish_list_version
from pools.submissions.models import Opinion, OpinionState, Panel, Submission, SubmissionState
from pools.submissions.services import give_opinion, voice_opinion
from tests.concurrency.records.test_races import both
from tests.factories.composition import make_entry, make_pool_member
from tests.integration.submissions.conftest import Forming

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(results: list[object]) -> list[str]:
    return sorted("refused" if isinstance(result, Problem) else "done" for result in results)


def test_each_step_of_a_submission_is_taken_once() -> None:
    forming = Forming()
    assert forming.owner.seat_id
    assert forming.office.seat_id

    assert kinds(both(forming.submit)) == ["done", "refused"]
    submission = Submission.objects.get()
    submission.state = SubmissionState.COMPLETE
    submission.save(update_fields=["state"])

    assert kinds(both(lambda: forming.appoint(submission))) == ["done", "refused"]
    assert Panel.objects.count() == 1
    assert Grant.objects.count() == 3

    opinion = forming.draft(submission, essential=True)
    for number in (1, 2):
        voice_opinion(actor=forming.evaluator(number), opinion_id=opinion.pk, agrees=True)
    actor = forming.evaluator(0)
    assert kinds(both(lambda: give_opinion(actor=actor, opinion_id=opinion.pk))) == ["done", "refused"]
    assert Opinion.objects.get().state == OpinionState.GIVEN
    submission.refresh_from_db()
    assert submission.state == SubmissionState.ESSENTIAL


def test_a_list_is_published_once() -> None:
    forming = Forming()
    forming.pool.state = PoolState.AGREED
    forming.pool.save(update_fields=["state"])
    make_entry(make_pool_member(forming.pool, forming.member), forming.patent)
    office = forming.office

    assert kinds(both(lambda: publish_list_version(actor=office, pool_id=forming.pool.pk))) == ["done", "refused"]
    assert [version.patents for version in ListVersion.objects.all()] == [1]
