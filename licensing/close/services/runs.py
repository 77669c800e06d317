"""The steps of a close run that people take."""

from uuid import UUID

from django.db import transaction

from licensing.close.calculation import Span, span_of
from licensing.close.events import approval_asked
from licensing.close.export import tables_changed
from licensing.close.lifecycle import CLOSE_RUN_LIFECYCLE, IN_HAND, Calculation, RunStatus
from licensing.close.models import CloseRun
from licensing.close.policies import (
    APPROVE_CLOSE_RUN,
    CALCULATE_CLOSE_RUN,
    CANCEL_CLOSE_RUN,
    CLOSE_APPROVAL,
    CLOSE_WORK,
    POST_CLOSE_RUN,
    SEND_BACK_CLOSE_RUN,
    START_CLOSE_RUN,
)
from licensing.close.selectors import get_close_run, get_run_to_approve, last_posted, reports_changed
from licensing.close.services.corrections import open_correction, record_adjustments
from licensing.close.services.opening import lock_programme, open_draft, terms_for
from licensing.close.services.queueing import end_calculation, queue_calculation, queue_workings
from licensing.close.services.telling import tell_finance, tell_late_licensees, tell_members
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.clock import today
from platform_core.identity.role_plan import Place, require_second_person, require_two_people
from platform_core.jobs.lifecycle import OPEN_STATES
from platform_core.jobs.services import cancel_job
from platform_core.problems import Conflict, WrongState, invalid
from platform_core.realtime.services import announce


@transaction.atomic
def start_close_run(*, actor: Actor, programme_id: UUID, period: str) -> CloseRun:
    """Start the close of a programme's period, and have it calculated under the terms in force on its last day.

    Where the period was closed before, the new run corrects the last closed one. Raises InvalidInput for a period
    that is none or not over, Conflict while another run of it is open or a closed period overlaps it.
    """
    programme = get_visible(Programme, programme_id, actor=actor)
    require(actor, START_CLOSE_RUN, programme)
    programme = lock_programme(programme_id)
    require_two_people(CLOSE_APPROVAL, _place_of(programme), clock=actor.clock)
    span = _span(period)

    if today(actor.clock, programme.alliance.zone) <= span.last_day:
        raise invalid("/period", "not_over", f"{period} is not over yet: close it after {span.last_day:%Y-%m-%d}.")
    run = open_draft(
        actor=actor,
        programme=programme,
        span=span,
        corrects=last_posted(programme_id, span.period, actor=actor),
        opened_by_id=actor.person_id,
    )
    queue_calculation(actor=actor, run=run)

    record_event("close_run.started", actor=actor, subject=run)
    tell_late_licensees(actor=actor, run=run)
    announce(run)
    return run


@transaction.atomic
def request_calculation(*, actor: Actor, run_id: UUID) -> CloseRun:
    """Have a draft or calculated run calculated (again) from the records as they are now."""
    run = get_close_run(run_id, actor=actor, for_change=True)
    require(actor, CALCULATE_CLOSE_RUN, run)

    # The run itself moves when the results are loaded; whether it could is settled now.
    CLOSE_RUN_LIFECYCLE.after("calculate", current=RunStatus(run.status))
    queue_calculation(actor=actor, run=run)

    record_event("close_run.calculation_requested", actor=actor, subject=run)
    tell_late_licensees(actor=actor, run=run)
    announce(run)
    return run


@transaction.atomic
def approve_close_run(*, actor: Actor, run_id: UUID) -> CloseRun:
    """Approve a calculated close, so that it can be posted. Whoever had it calculated may not approve it."""
    run = get_run_to_approve(run_id, actor=actor, for_change=True)
    require(actor, APPROVE_CLOSE_RUN, run)

    status = CLOSE_RUN_LIFECYCLE.after("approve", current=RunStatus(run.status))
    if run.calculation != Calculation.DONE:
        raise WrongState("The last calculation did not end with a result: have the run calculated again.")
    _require_independent(actor, run)
    if changed := _changed_since(run):
        raise Conflict(f"{changed} since this was calculated: have the run calculated again.")
    approval_asked.tell(actor, run)
    run.status = status
    run.approved_by_id = actor.person_id
    run.approved_at = actor.clock.now()
    run.save(update_fields=["status", "approved_by", "approved_at"])

    record_event(
        "close_run.approved",
        actor=actor,
        subject=run,
        changes={"status": (RunStatus.CALCULATED, run.status), "results_sha256": (None, run.results_sha256)},
    )
    tell_finance(actor=actor, run=run, kind="close_run.approved")
    announce(run)
    return run


@transaction.atomic
def send_back_close_run(*, actor: Actor, run_id: UUID, reason: str) -> CloseRun:
    """Send a calculated close back to be calculated again, and say why."""
    run = get_run_to_approve(run_id, actor=actor, for_change=True)
    require(actor, SEND_BACK_CLOSE_RUN, run)

    why = reason.strip()
    if not why:
        raise invalid("/reason", "required", "Say why the run is sent back.")
    status = CLOSE_RUN_LIFECYCLE.after("send back", current=RunStatus(run.status))
    if run.calculation in IN_HAND:
        raise WrongState("The run is being calculated again: wait for the result, or cancel it.")
    run.status = status
    run.sent_back_reason = why
    run.save(update_fields=["status", "sent_back_reason"])

    record_event(
        "close_run.sent_back",
        actor=actor,
        subject=run,
        changes={"status": (RunStatus.CALCULATED, run.status), "reason": (None, why)},
    )
    tell_finance(actor=actor, run=run, kind="close_run.sent_back", reason=why)
    announce(run)
    return run


@transaction.atomic
def cancel_close_run(*, actor: Actor, run_id: UUID) -> CloseRun:
    """Give up a run that was not approved; a calculation under way is stopped, and loads nothing."""
    run = get_close_run(run_id, actor=actor, for_change=True)
    require(actor, CANCEL_CLOSE_RUN, run)

    before = RunStatus(run.status)
    run.status = CLOSE_RUN_LIFECYCLE.after("cancel", current=before)
    if run.calculation in IN_HAND:
        end_calculation(run, "The run was cancelled before it was calculated.")
    run.save(update_fields=["status", "calculation", "message"])

    record_event("close_run.cancelled", actor=actor, subject=run, changes={"status": (before, run.status)})
    announce(run)
    if run.job is not None and run.job.state in OPEN_STATES and run.job.cancel_requested_at is None:
        cancel_job(actor=actor, job_id=run.job.pk)
    return run


@transaction.atomic
def post_close_run(*, actor: Actor, run_id: UUID) -> CloseRun:
    """Post an approved close: from now on it is closed and never changes.

    A correction posts its differences against the run it corrects as adjustments. If reports, other records or the
    terms have changed since it was calculated, the next correction is opened at once. What the statements are made of
    is released by background work, so that it does not depend on who reads when.
    """
    seen = get_close_run(run_id, actor=actor)
    # Filing a report locks the programme too: it either comes before, and is noticed here, or finds the run posted.
    lock_programme(seen.programme_id)
    run = get_close_run(run_id, actor=actor, for_change=True)
    require(actor, POST_CLOSE_RUN, run)

    status = CLOSE_RUN_LIFECYCLE.after("post", current=RunStatus(run.status))
    record_adjustments(run)
    run.status = status
    run.posted_by_id = actor.person_id
    run.posted_at = actor.clock.now()
    run.save(update_fields=["status", "posted_by", "posted_at"])

    record_event("close_run.posted", actor=actor, subject=run, changes={"status": (RunStatus.APPROVED, run.status)})
    tell_finance(actor=actor, run=run, kind="close_run.posted")
    tell_members(actor=actor, run=run)
    announce(run)
    queue_workings(actor=actor, run=run)
    if _changed_since(run):
        open_correction(Actor.system(CLOSE_WORK, on_behalf_of=actor), run, prompted_by=None)
    return run


def _place_of(programme: Programme) -> Place:
    return Place(programme.alliance_id, programme.operating_entity)


def _require_independent(actor: Actor, run: CloseRun) -> None:
    """Refuse an approval where there are no two independent people, or where these two are none."""
    place = _place_of(run.programme)
    require_second_person(CLOSE_APPROVAL, actor=actor, beside=[run.calculated_by_id], place=place)


def _changed_since(run: CloseRun) -> str:
    """Say what of that which a run was calculated from has changed since; nothing where it would come out the same."""
    if reports_changed(run):
        return "Reports were filed"
    if terms_for(run.programme, Span(run.period, run.first_month, run.last_month)).pk != run.terms_version_id:
        return "Other terms came into force"
    if changed := tables_changed(run):
        return f"Records changed ({', '.join(changed)})"
    return ""


def _span(period: str) -> Span:
    try:
        return span_of(period)
    except ValueError as error:
        raise invalid("/period", "invalid", str(error)) from error
