"""Entering a patent that was found essential into its pool."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.problems import Conflict
from pools.composition.models import PoolMember
from pools.composition.services import NewEntry, enter_patent
from pools.submissions.lifecycle import SUBMISSION_LIFECYCLE
from pools.submissions.models import Submission, SubmissionState
from pools.submissions.moving import end_assignments, move, tell_owner
from pools.submissions.policies import HANDLE_SUBMISSION
from pools.submissions.selectors import get_submission


@transaction.atomic
def list_patent(
    *,
    actor: Actor,
    submission_id: UUID,
    enters_on: date,
    share: Decimal = Decimal(1),
    class_label: str = "",
    products: Sequence[str] = (),
) -> Submission:
    """Enter a patent that was found essential into the pool from a day on, for the member that submitted it."""
    submission = get_submission(submission_id, actor=actor, for_change=True)
    require(actor, HANDLE_SUBMISSION, submission)
    SUBMISSION_LIFECYCLE.after("listing", current=SubmissionState(submission.state))
    member = PoolMember.objects.filter(pool=submission.pool_id, membership=submission.membership_id).first()
    if member is None:
        raise Conflict("The owner takes no part in the pool yet: take it into the pool first.")
    entry = enter_patent(
        actor=actor,
        pool_id=submission.pool_id,
        entry=NewEntry(
            member_id=member.pk,
            patent_id=submission.patent_id,
            share=share,
            class_label=class_label,
            products=tuple(products),
            enters_on=enters_on,
        ),
    )
    move(
        actor,
        submission,
        "listing",
        "submission.listed",
        columns={"entry_id": entry.pk},
        changes={"enters_on": (None, enters_on)},
    )
    end_assignments(actor, submission.panel_id, "The evaluation is over.")
    tell_owner(actor, submission, "submission.listed")
    return submission
