"""The steps of a distribution that people take before money is released."""

from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from licensing.close.lifecycle import CALCULATION_LIFECYCLE, IN_HAND, Calculation, RunStatus
from licensing.close.models import CloseRun
from licensing.distribution.lifecycle import DISTRIBUTION_LIFECYCLE, OPEN, STATED, DistributionStatus
from licensing.distribution.models import DistributionPart, DistributionRun, PayoutTerms
from licensing.distribution.policies import (
    APPROVE_DISTRIBUTION,
    CALCULATE_DISTRIBUTION,
    CANCEL_DISTRIBUTION,
    DISTRIBUTION_APPROVAL,
    REVIEW_DISTRIBUTION,
    SEND_BACK_DISTRIBUTION,
    SET_PAYOUT_TERMS,
    START_DISTRIBUTION,
)
from licensing.distribution.selectors import get_distribution, receipts_of, received_by
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.identity.role_plan import Place, require_second_person, require_two_people
from platform_core.identity.roles import Purpose, Role
from platform_core.jobs.lifecycle import OPEN_STATES
from platform_core.jobs.registry import required_task
from platform_core.jobs.services import cancel_job, defer
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import notify_seats
from platform_core.problems import Conflict, Problem, WrongState, invalid
from platform_core.realtime.services import announce

CALCULATION: Final = "distribution_run.calculate"
"""The background work that works a distribution out."""

_LONGEST_WINDOW: Final = 366


@transaction.atomic
def set_payout_terms(
    *, actor: Actor, programme_id: UUID, from_on: date, objection_days: int, minimum_minor: int
) -> PayoutTerms:
    """Set how a programme's distributions are made from a day on; those released before keep theirs."""
    programme = get_visible(Programme, programme_id, actor=actor)
    require(actor, SET_PAYOUT_TERMS, programme)
    checks = Checks()
    if not 0 <= objection_days <= _LONGEST_WINDOW:
        checks.wrong("objection_days", "bad_days", f"Between 0 and {_LONGEST_WINDOW} days.")
    if not 0 <= minimum_minor < 10**15:
        checks.wrong("minimum_minor", "bad_amount", "Write an amount of at least 0, in minor units.")
    checks.refuse()
    with told_as(_PROBLEMS):
        terms = PayoutTerms.objects.create(
            programme=programme, from_on=from_on, objection_days=objection_days, minimum_minor=minimum_minor
        )
    record_event(
        "payout_terms.set",
        actor=actor,
        subject=terms,
        changes={
            "from_on": (None, from_on),
            "objection_days": (None, objection_days),
            "minimum_minor": (None, minimum_minor),
        },
    )
    announce(terms)
    return terms


@transaction.atomic
def start_distribution(*, actor: Actor, programme_id: UUID, through_on: date) -> DistributionRun:
    """Start a distribution of what a programme received by the end of a day, and have it worked out.

    Raises Conflict while another one is open: each goes on from what the ones before gave.
    """
    programme = get_visible(Programme, programme_id, actor=actor, for_change=True)
    require(actor, START_DISTRIBUTION, programme)
    require_two_people(DISTRIBUTION_APPROVAL, _place_of(programme), clock=actor.clock)
    if through_on > today(actor.clock, programme.alliance.zone):
        raise invalid(
            "/through_on", "in_the_future", "Money is distributed once it has arrived: choose an earlier day."
        )
    of_programme = DistributionRun.objects.filter(programme=programme)
    if of_programme.filter(status__in=OPEN).exists():
        raise Conflict("A distribution of this programme is open already: finish or cancel that one first.")
    last_day = of_programme.filter(status__in=STATED).aggregate(last=Max("through_on"))["last"]
    if last_day is not None and through_on < last_day:
        # It would claw back what came between the two days, though the money is there.
        raise invalid(
            "/through_on", "before_the_last", f"The last distribution is of {last_day}: choose that day or a later one."
        )
    number = of_programme.aggregate(highest=Max("number"))["highest"] or 0
    run = DistributionRun.objects.create(
        programme=programme,
        number=number + 1,
        through_on=through_on,
        currency=programme.currency,
        opened_at=actor.clock.now(),
        opened_by_id=actor.person_id,
    )
    _queue(actor, run)
    record_event("distribution_run.started", actor=actor, subject=run, changes={"through_on": (None, through_on)})
    announce(run)
    return run


@transaction.atomic
def request_distribution(*, actor: Actor, run_id: UUID) -> DistributionRun:
    """Have a distribution worked out again from the records as they are now; a review is to be made anew."""
    run = get_distribution(run_id, actor=actor, for_change=True)
    require(actor, CALCULATE_DISTRIBUTION, run)
    DISTRIBUTION_LIFECYCLE.after("calculate", current=DistributionStatus(run.status))
    _queue(actor, run)
    record_event("distribution_run.calculation_requested", actor=actor, subject=run)
    announce(run)
    return run


@transaction.atomic
def review_distribution(*, actor: Actor, run_id: UUID, review: str) -> DistributionRun:
    """Note that a calculated distribution was looked through, and what was found."""
    run = get_distribution(run_id, actor=actor, for_change=True)
    require(actor, REVIEW_DISTRIBUTION, run)
    checks = Checks()
    checks.text("review", review, longest=500)
    checks.refuse()
    before = DistributionStatus(run.status)
    status = DISTRIBUTION_LIFECYCLE.after("review", current=before)
    _require_done(run)
    if not run.periods:
        raise WrongState("Nothing is new to anybody: cancel it, and start another one once money has come.")
    run.status, run.review = status, review.strip()
    run.reviewed_at, run.reviewed_by_id = actor.clock.now(), actor.person_id
    run.save(update_fields=["status", "review", "reviewed_at", "reviewed_by"])
    record_event("distribution_run.reviewed", actor=actor, subject=run, changes={"status": (before, run.status)})
    _tell_finance(actor, run, "distribution_run.awaits_approval")
    announce(run)
    return run


@transaction.atomic
def approve_distribution(*, actor: Actor, run_id: UUID) -> DistributionRun:
    """Approve a reviewed distribution as the second person, if nothing it was worked out from has changed."""
    run = get_distribution(run_id, actor=actor, for_change=True)
    require(actor, APPROVE_DISTRIBUTION, run)
    before = DistributionStatus(run.status)
    status = DISTRIBUTION_LIFECYCLE.after("approve", current=before)
    _require_done(run)
    place = _place_of(run.programme)
    before_it = [run.calculated_by_id, run.reviewed_by_id]
    require_second_person(DISTRIBUTION_APPROVAL, actor=actor, beside=before_it, place=place)
    require_unchanged(run)
    run.status = status
    run.approved_at, run.approved_by_id = actor.clock.now(), actor.person_id
    run.save(update_fields=["status", "approved_at", "approved_by"])
    record_event(
        "distribution_run.approved",
        actor=actor,
        subject=run,
        changes={"status": (before, run.status), "total_minor": (None, run.total_minor)},
    )
    _tell_finance(actor, run, "distribution_run.approved")
    announce(run)
    return run


@transaction.atomic
def send_back_distribution(*, actor: Actor, run_id: UUID, reason: str) -> DistributionRun:
    """Send a distribution back to be worked out again, and say why; an approval goes with the review."""
    run = get_distribution(run_id, actor=actor, for_change=True)
    require(actor, SEND_BACK_DISTRIBUTION, run)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    before = DistributionStatus(run.status)
    run.status = DISTRIBUTION_LIFECYCLE.after("send back", current=before)
    if run.calculation in IN_HAND:
        raise WrongState("The distribution is being calculated again: wait for the result, or cancel it.")
    run.sent_back_reason = reason.strip()
    run.reviewed_at, run.reviewed_by, run.review = None, None, ""
    run.approved_at, run.approved_by = None, None
    run.save(
        update_fields=[
            "status",
            "sent_back_reason",
            "reviewed_at",
            "reviewed_by",
            "review",
            "approved_at",
            "approved_by",
        ]
    )
    record_event(
        "distribution_run.sent_back",
        actor=actor,
        subject=run,
        changes={"status": (before, run.status), "reason": (None, run.sent_back_reason)},
    )
    _tell_finance(actor, run, "distribution_run.sent_back", reason=run.sent_back_reason)
    announce(run)
    return run


@transaction.atomic
def cancel_distribution(*, actor: Actor, run_id: UUID) -> DistributionRun:
    """Give up a distribution that was not released; a calculation under way is stopped, and loads nothing."""
    run = get_distribution(run_id, actor=actor, for_change=True)
    require(actor, CANCEL_DISTRIBUTION, run)
    before = DistributionStatus(run.status)
    run.status = DISTRIBUTION_LIFECYCLE.after("cancel", current=before)
    if run.calculation in IN_HAND:
        end_calculation(run, "The distribution was cancelled before it was calculated.")
    run.approved_at, run.approved_by = None, None
    run.save(update_fields=["status", "calculation", "message", "approved_at", "approved_by"])
    record_event("distribution_run.cancelled", actor=actor, subject=run, changes={"status": (before, run.status)})
    announce(run)
    if run.job is not None and run.job.state in OPEN_STATES and run.job.cancel_requested_at is None:
        cancel_job(actor=actor, job_id=run.job.pk)
    return run


def require_unchanged(run: DistributionRun) -> None:
    """Refuse a distribution for which other money has been received, or other shares hold, than when it was made."""
    now = received_by(run.programme_id, through=run.through_on)
    then = receipts_of(run)
    if {period: rows for period, rows in now.items() if rows} != then:
        raise Conflict("Other money has been received than this was worked out from: have it calculated again.")
    used = DistributionPart.objects.filter(run=run).order_by().values("close_run")
    if CloseRun.objects.filter(corrects__in=used, status=RunStatus.POSTED).exists():
        raise Conflict("A close that this was worked out from has been corrected: have it calculated again.")


def end_calculation(run: DistributionRun, why: str) -> None:
    """Note on a locked distribution that its calculation ended without a result."""
    run.calculation = CALCULATION_LIFECYCLE.after("fail", current=Calculation(run.calculation))
    run.message = why


def _queue(actor: Actor, run: DistributionRun) -> None:
    task = required_task(CALCULATION)
    run.calculation = CALCULATION_LIFECYCLE.after("queue", current=Calculation(run.calculation))
    run.attempt += 1
    run.message = ""
    run.asked_by_id = actor.person_id
    run.job = defer(
        task,
        actor=actor,
        subject=run,
        arguments={"run_id": run.pk, "attempt": run.attempt},
        one_at_a_time=f"distribution:{run.pk}",
    )
    run.save(update_fields=["calculation", "attempt", "message", "asked_by", "job"])


def _require_done(run: DistributionRun) -> None:
    if run.calculation != Calculation.DONE:
        raise WrongState("The last calculation did not end with a result: have it calculated again.")


def _place_of(programme: Programme) -> Place:
    return Place(programme.alliance_id, programme.operating_entity)


def _tell_finance(actor: Actor, run: DistributionRun, kind: str, *, reason: str = "") -> None:
    values = {"programme": run.programme.code, "number": run.number}
    notify_seats(
        actor=actor,
        seats=seats_holding(
            Role.FINANCE,
            actor=actor,
            operating_entity=run.programme.operating_entity_id,
            purpose=Purpose.ROYALTIES,
        ),
        kind=kind,
        subject=run,
        values=values | ({"reason": reason} if reason else {}),
    )


_PROBLEMS: dict[str, Problem] = {
    "payoutterms_once_from_a_day": Conflict("There are terms from that day already: choose another day."),
}
