"""What every step of a submission has in common: its state, its time limit, the record, and whom it is told."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.access.grants.services import withdraw_grants
from platform_core.access.models import Grant
from platform_core.audit.services import Change, record_event
from platform_core.clock import today
from platform_core.identity.roles import Role
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import notify_seats
from platform_core.problems import WrongState
from platform_core.realtime.services import announce
from pools.patents.policies import PATENT_DESK
from pools.submissions.lifecycle import SUBMISSION_LIFECYCLE
from pools.submissions.models import Panel, Submission, SubmissionState


def move(
    actor: Actor,
    submission: Submission,
    step: str,
    event: str,
    *,
    due_on: date | None = None,
    columns: Mapping[str, object] | None = None,
    changes: Mapping[str, Change] | None = None,
) -> None:
    """Take a submission, which is locked, on by a step; the time limit that ran ends, and another one may begin."""
    before, limit = SubmissionState(submission.state), submission.due_on
    submission.state = SUBMISSION_LIFECYCLE.after(step, current=before)
    submission.due_on = due_on
    for column, value in (columns or {}).items():
        setattr(submission, column, value)
    submission.save(update_fields=["state", "due_on", *(columns or {})])
    record_event(
        event,
        actor=actor,
        subject=submission,
        changes={"state": (before, submission.state), "due_on": (limit, due_on), **(changes or {})},
    )
    announce(submission)


def today_of(actor: Actor, submission: Submission) -> date:
    """Return the day it is in the alliance of a submission."""
    return today(actor.clock, submission.pool.alliance.zone)


def tell_owner(actor: Actor, submission: Submission, kind: str) -> None:
    """Tell those who work on the owner's patents how its submission stands."""
    organisation = submission.membership.organisation_id
    seats = {seat for role in PATENT_DESK for seat in seats_holding(role, actor=actor, organisation=organisation)}
    notify_seats(actor=actor, seats=sorted(seats), kind=kind, subject=submission, values=_values(submission))


def tell_office(actor: Actor, submission: Submission, kind: str) -> None:
    """Tell the alliance's office what an owner did."""
    seats = seats_holding(Role.SECRETARIAT, actor=actor, alliance=submission.pool.alliance_id)
    notify_seats(actor=actor, seats=seats, kind=kind, subject=submission, values=_values(submission))


def tell_panel(actor: Actor, submission: Submission, kind: str) -> None:
    """Tell the panel whose turn it is."""
    panel = panel_of(submission)
    seats: list[UUID] = [panel.lead_id, panel.first_assistant_id, panel.second_assistant_id]
    notify_seats(actor=actor, seats=seats, kind=kind, subject=submission, values=_values(submission))


def panel_of(submission: Submission) -> Panel:
    """Return the panel whose turn it is."""
    if submission.panel_id is None:
        raise WrongState("No panel was appointed yet.")
    return Panel.objects.get(pk=submission.panel_id)


def _values(submission: Submission) -> dict[str, str]:
    return {"label": submission.patent.publication}


def end_assignments(actor: Actor, panel_id: UUID | None, reason: str) -> None:
    """Take a panel off a submission whose evaluation by it is over: nobody sees it longer than the work needs."""
    if panel_id is None:
        return
    panel = Panel.objects.get(pk=panel_id)
    given = Grant.objects.filter(subject_type=Panel._meta.label_lower, subject_id=panel_id)
    for organisation_id in sorted(set(given.values_list("granted_by__organisation", flat=True))):
        withdraw_grants(
            actor=actor, subject=panel, granting_organisation_id=organisation_id, reason=reason, at=actor.clock.now()
        )
