"""Appointing those who evaluate: one lead and two assistants, free of ties to the owner, and on appeal all others."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.grants.services import assign_seat, revoke_grant
from platform_core.access.kernel import require
from platform_core.access.models import Grant
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.identity.models import Seat
from platform_core.identity.roles import Role
from platform_core.problems import Conflict, Problem, WrongState, invalid
from platform_core.realtime.services import announce
from pools.submissions.calculation import due
from pools.submissions.lifecycle import EVALUATED_IN, SUBMISSION_LIFECYCLE
from pools.submissions.models import Opinion, OpinionState, Panel, PanelKind, Submission, SubmissionState
from pools.submissions.moving import move, tell_owner, tell_panel, today_of
from pools.submissions.policies import APPOINT_PANEL, ASSIGN_EVALUATOR, EVERY_SEAT
from pools.submissions.selectors import get_panel, get_submission

_LABEL = Panel._meta.label_lower


@transaction.atomic
def appoint_panel(
    *,
    actor: Actor,
    submission_id: UUID,
    lead_id: UUID,
    first_assistant_id: UUID,
    second_assistant_id: UUID,
    until_on: date,
    reason: str,
) -> Panel:
    """Appoint who evaluates a complete submission, or one that was appealed, until a day; each is asked for ties."""
    submission = get_submission(submission_id, actor=actor, for_change=True)
    require(actor, APPOINT_PANEL, submission)
    appealed = submission.state == SubmissionState.APPEALED
    step = "appeal panel" if appealed else "panel"
    SUBMISSION_LIFECYCLE.after(step, current=SubmissionState(submission.state))
    seats = [lead_id, first_assistant_id, second_assistant_id]
    _lock_seats(actor, seats)
    _find_seats(actor, {"lead_id": lead_id, "first_assistant_id": seats[1], "second_assistant_id": seats[2]})
    _check(actor, submission, seats, until_on)
    with told_as(_PROBLEMS):
        panel = Panel.objects.create(
            submission=submission,
            kind=PanelKind.APPEAL if appealed else PanelKind.FIRST,
            lead_id=lead_id,
            first_assistant_id=first_assistant_id,
            second_assistant_id=second_assistant_id,
            until_on=until_on,
            appointed_at=actor.clock.now(),
            appointed_by_id=actor.user_id,
        )
    for seat_id in seats:
        _assign(actor, panel, seat_id, until_on, reason)
    # Who is on it is for the office and for themselves: that evaluation began, told beside it, is for the owner too.
    record_event(
        "panel.appointed",
        actor=actor,
        subject=panel,
        changes={place: (None, seat_id) for place, seat_id in zip(EVERY_SEAT, seats, strict=True)},
    )
    move(
        actor,
        submission,
        step,
        "submission.evaluation_begun",
        due_on=due(today_of(actor, submission), submission.call.evaluation_days),
        columns={"panel_id": panel.pk},
    )
    tell_owner(actor, submission, "submission.evaluation_begun")
    tell_panel(actor, submission, "submission.evaluation_begun")
    return panel


@transaction.atomic
def replace_evaluator(*, actor: Actor, panel_id: UUID, place: str, seat_id: UUID, reason: str) -> Panel:
    """Put somebody else in a place of a panel that is at work; a draft is put to its voices anew."""
    seen = get_panel(panel_id, actor=actor)
    require(actor, ASSIGN_EVALUATOR, seen)
    submission = get_submission(seen.submission_id, actor=actor, for_change=True)
    panel = get_panel(panel_id, actor=actor, for_change=True)
    require(actor, ASSIGN_EVALUATOR, panel)
    if place not in EVERY_SEAT:
        raise invalid("/place", "unknown", "A panel has a lead, a first and a second assistant.")
    if submission.panel_id != panel.pk or submission.entry_id is not None:
        raise WrongState("This panel is not at work any more.")
    _lock_seats(actor, [seat_id])
    _find_seats(actor, {"seat_id": seat_id})
    _check(actor, submission, [seat_id], panel.until_on)
    former: UUID = getattr(panel, f"{place}_id")
    if former == seat_id:
        raise invalid("/seat_id", "same", "Choose somebody else than who has the place now.")
    setattr(panel, f"{place}_id", seat_id)
    with told_as(_PROBLEMS):
        panel.save(update_fields=[place])
    given = Grant.objects.filter(
        subject_type=_LABEL, subject_id=panel.pk, seat=former, role=Role.EVALUATOR, ends_at__gt=actor.clock.now()
    )
    for grant_id in given.order_by("pk").values_list("pk", flat=True):
        revoke_grant(actor=actor, grant_id=grant_id, reason=reason)
    _assign(actor, panel, seat_id, panel.until_on, reason)
    Opinion.objects.filter(panel=panel, state=OpinionState.DRAFT).update(
        first_voice="", first_note="", second_voice="", second_note=""
    )
    record_event(
        "panel.evaluator_replaced",
        actor=actor,
        subject=panel,
        changes={place: (former, seat_id), "reason": (None, reason.strip())},
    )
    announce(panel)
    return panel


@transaction.atomic
def renew_panel(*, actor: Actor, panel_id: UUID, until_on: date, reason: str) -> Panel:
    """Assign a panel's people until a later day, such as for a re-evaluation; each is asked for ties anew."""
    seen = get_panel(panel_id, actor=actor)
    require(actor, ASSIGN_EVALUATOR, seen)
    submission = get_submission(seen.submission_id, actor=actor, for_change=True)
    panel = get_panel(panel_id, actor=actor, for_change=True)
    require(actor, ASSIGN_EVALUATOR, panel)
    if submission.panel_id != panel.pk or submission.state not in EVALUATED_IN:
        raise WrongState("This panel is not at work any more.")
    seats = [panel.lead_id, panel.first_assistant_id, panel.second_assistant_id]
    _check(actor, submission, [], until_on)
    if until_on <= panel.until_on:
        raise invalid("/until_on", "earlier", f"They are assigned until {panel.until_on} already: name a later day.")
    _lock_seats(actor, seats)
    if Seat.objects.visible_to(actor).filter(pk__in=seats, ended_at=None).count() < len(seats):
        raise Conflict("Somebody on the panel has left, or you may not see their seat: replace them first.")
    for seat_id in seats:
        _assign(actor, panel, seat_id, until_on, reason)
    before, panel.until_on = panel.until_on, until_on
    panel.save(update_fields=["until_on"])
    record_event(
        "panel.renewed",
        actor=actor,
        subject=panel,
        changes={"until_on": (before, until_on), "reason": (None, reason.strip())},
    )
    announce(panel)
    return panel


def _lock_seats(actor: Actor, seats: Sequence[UUID]) -> None:
    """Lock seats and that of whoever appoints, in one order: two appointments of the same people do not cross."""
    wanted = [*seats, *([actor.seat_id] if actor.seat_id else [])]
    list(Seat.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk").values_list("pk"))


def _find_seats(actor: Actor, seats: Mapping[str, UUID]) -> None:
    """Refuse a seat that is not there, or that the office does not see, in the same words."""
    open_seats = Seat.objects.visible_to(actor).filter(pk__in=list(seats.values()), ended_at=None)
    known = set(open_seats.values_list("pk", flat=True))
    for field, seat_id in seats.items():
        if seat_id not in known:
            raise invalid(f"/{field}", "unknown", "There is no such seat, or it has ended, or you may not see it.")


def _check(actor: Actor, submission: Submission, seats: Sequence[UUID], until_on: date) -> None:
    checks = Checks()
    if len(set(seats)) < len(seats):
        checks.wrong("lead_id", "twice", "A panel is of three people.")
    if until_on < today_of(actor, submission):
        checks.wrong("until_on", "past", "The assignment must last until today or a later day.")
    checks.refuse()
    people = set(Seat.objects.filter(pk__in=list(seats)).values_list("user", flat=True))
    others = Panel.objects.filter(submission=submission)
    if submission.state != SubmissionState.APPEALED and submission.panel_id is not None:
        others = others.exclude(pk=submission.panel_id)
    # Whoever was on the other panel at any time, and not only at its end.
    before = Grant.objects.filter(subject_type=_LABEL, subject_id__in=others.order_by().values("pk"))
    if before.filter(seat__user__in=people).exists():
        raise _PROBLEMS["panel_shares_nobody"]


def _assign(actor: Actor, panel: Panel, seat_id: UUID, until_on: date, reason: str) -> None:
    zone = ZoneInfo(panel.submission.pool.alliance.zone)
    assign_seat(
        actor=actor,
        subject_type=_LABEL,
        subject_id=panel.pk,
        role=Role.EVALUATOR,
        seat_id=seat_id,
        reason=reason,
        ends_at=datetime.combine(until_on + timedelta(days=1), time(), zone),
    )


_PROBLEMS: dict[str, Problem] = {
    "panel_of_three": invalid("/lead_id", "twice", "A panel is of three people."),
    "panel_shares_nobody": Conflict("Somebody here was on its other panel: an appeal goes to all others."),
    "panel_of_three_people": Conflict("A panel is of three people, whatever seats they have."),
}
