"""What the office does with a submission before and after its evaluation."""

from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.checks import Checks
from platform_core.problems import WrongState
from pools.submissions.models import Submission
from pools.submissions.moving import end_assignments, move, tell_owner, today_of
from pools.submissions.policies import HANDLE_SUBMISSION
from pools.submissions.selectors import get_submission, in_time
from pools.submissions.services.opinions import make_final


@transaction.atomic
def return_submission(*, actor: Actor, submission_id: UUID, reason: str) -> Submission:
    """Return a submission to its owner, and say what it lacks."""
    submission = _handled(actor, submission_id)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    move(
        actor,
        submission,
        "return",
        "submission.returned",
        columns={"note": reason.strip()},
        changes={"reason": (None, reason.strip())},
    )
    tell_owner(actor, submission, "submission.returned")
    return submission


@transaction.atomic
def complete_submission(*, actor: Actor, submission_id: UUID) -> Submission:
    """Find a submission complete, so that a panel can be appointed."""
    submission = _handled(actor, submission_id)
    move(actor, submission, "completion", "submission.completed")
    tell_owner(actor, submission, "submission.completed")
    return submission


@transaction.atomic
def conclude_submission(*, actor: Actor, submission_id: UUID) -> Submission:
    """Bring a submission to its end whose owner let the time limit for asking again pass."""
    submission = _handled(actor, submission_id)
    day = today_of(actor, submission)
    if not in_time("conclusion", submission, day):
        raise WrongState(f"The owner may still ask for another look until {submission.due_on}.")
    move(actor, submission, "conclusion", "submission.concluded")
    make_final(submission, day)
    end_assignments(actor, submission.panel_id, "The evaluation is over.")
    tell_owner(actor, submission, "submission.concluded")
    return submission


def _handled(actor: Actor, submission_id: UUID) -> Submission:
    submission = get_submission(submission_id, actor=actor, for_change=True)
    require(actor, HANDLE_SUBMISSION, submission)
    return submission
