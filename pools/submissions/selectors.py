"""Finding calls, submissions, panels and opinions."""

from collections.abc import Iterable
from datetime import date
from typing import cast
from uuid import UUID

from django.db.models import OuterRef, Prefetch, Q, Subquery

from platform_core.access.actors import Actor
from platform_core.access.kernel import answers_of, can, get_visible, permitted_rows
from platform_core.access.querysets import VisibleQuerySet
from platform_core.access.registry import Permission
from platform_core.clock import today
from pools.submissions.lifecycle import CALL_LIFECYCLE, EVALUATED_IN, SUBMISSION_LIFECYCLE
from pools.submissions.models import (
    Call,
    CallState,
    Finding,
    Opinion,
    OpinionState,
    Panel,
    Submission,
    SubmissionClaim,
    SubmissionState,
)
from pools.submissions.policies import (
    APPOINT_PANEL,
    BEGIN_OPINION,
    EDIT_CALL,
    EDIT_SUBMISSION,
    EVERY_SEAT,
    HANDLE_SUBMISSION,
    READ_OPINION_REASONS,
    VOICE_OPINION,
    WRITE_OPINION,
)

_STEPS = {
    "filing": EDIT_SUBMISSION,
    "return": HANDLE_SUBMISSION,
    "completion": HANDLE_SUBMISSION,
    "panel": APPOINT_PANEL,
    "appeal panel": APPOINT_PANEL,
    "reevaluation": EDIT_SUBMISSION,
    "appeal": EDIT_SUBMISSION,
    "conclusion": HANDLE_SUBMISSION,
    "listing": HANDLE_SUBMISSION,
    "withdrawal": EDIT_SUBMISSION,
}
"""The steps that people take, and what it takes to take them."""


def calls(*, actor: Actor) -> VisibleQuerySet[Call]:
    """List the calls for patents the actor may see."""
    return Call.objects.visible_to(actor).select_related("pool__alliance")


def submissions(*, actor: Actor) -> VisibleQuerySet[Submission]:
    """List the submissions the actor may see, with their claims."""
    claims = SubmissionClaim.objects.order_by("number", "standard", "clause")
    return (
        Submission.objects.visible_to(actor)
        .select_related("pool__alliance", "call", "patent", "membership__organisation")
        .prefetch_related(Prefetch("claims", claims))
    )


def panels(*, actor: Actor) -> VisibleQuerySet[Panel]:
    """List the panels the actor may see, with who is on them."""
    return Panel.objects.visible_to(actor).select_related(
        *(f"{place}__{part}" for place in EVERY_SEAT for part in ("user", "organisation"))
    )


def opinions(*, actor: Actor) -> VisibleQuerySet[Opinion]:
    """List the opinions the actor may know of, with their findings, and the submission where all of it is shown."""
    findings = Finding.objects.select_related("claim").order_by("claim__number", "claim__standard", "claim__clause")
    whole = Opinion.objects.permitted_to(actor, READ_OPINION_REASONS).filter(pk=OuterRef("pk"))
    rows = Opinion.objects.visible_to(actor).annotate(
        submission_shown=Subquery(whole.order_by().values("submission_id")[:1])
    )
    found = rows.select_related("submission__patent", "panel").prefetch_related(Prefetch("findings", findings))
    return cast("VisibleQuerySet[Opinion]", found)


def get_call(call_id: UUID, *, actor: Actor, for_change: bool = False) -> Call:
    """Return one call the actor may see, locked if it is to be changed."""
    return get_visible(Call, call_id, actor=actor, for_change=for_change)


def get_submission(submission_id: UUID, *, actor: Actor, for_change: bool = False) -> Submission:
    """Return one submission the actor may see, locked if it is to be changed."""
    return get_visible(Submission, submission_id, actor=actor, for_change=for_change)


def get_panel(panel_id: UUID, *, actor: Actor, for_change: bool = False) -> Panel:
    """Return one panel the actor may see, locked if it is to be changed."""
    return get_visible(Panel, panel_id, actor=actor, for_change=for_change)


def get_opinion(opinion_id: UUID, *, actor: Actor, for_change: bool = False) -> Opinion:
    """Return one opinion the actor may know of, locked if it is to be changed."""
    return get_visible(Opinion, opinion_id, actor=actor, for_change=for_change)


def allowed_steps_of_calls(found: Iterable[Call], *, actor: Actor) -> dict[UUID, list[str]]:
    """Return the steps that lead on from each call and that the actor may take (one query)."""
    rows = list(found)
    permitted = Call.objects.permitted_to(actor, EDIT_CALL).filter(pk__in=[row.pk for row in rows])
    editable = set(permitted.order_by().values_list("pk", flat=True))
    return {row.pk: CALL_LIFECYCLE.allowed(CallState(row.state)) if row.pk in editable else [] for row in rows}


def allowed_steps(submission: Submission, *, actor: Actor) -> list[str]:
    """Return the steps that lead on from a submission and that the actor may take today (one query)."""
    may = _may(submission, actor)
    day = today(actor.clock, submission.pool.alliance.zone)
    steps = [
        step
        for step in SUBMISSION_LIFECYCLE.allowed(SubmissionState(submission.state))
        if step in _STEPS and may[_STEPS[step]] and in_time(step, submission, day)
    ]
    # An appeal's panel is appointed at the same address as the first.
    found = ["panel" if step == "appeal panel" else step for step in steps]
    if submission.state in EVALUATED_IN and may[BEGIN_OPINION]:
        drafted = submission.opinions.filter(panel=submission.panel_id, state=OpinionState.DRAFT)
        found += [] if drafted.exists() else ["opinion"]
    return found


def _may(submission: Submission, actor: Actor) -> dict[Permission, bool]:
    permissions = sorted({*_STEPS.values(), BEGIN_OPINION}, key=str)
    answer = answers_of(
        Submission,
        submission.pk,
        {f"may_{number}": permitted_rows(actor, each, Submission) for number, each in enumerate(permissions)},
    )
    return {each: bool(answer and answer[f"may_{number}"]) for number, each in enumerate(permissions)}


def in_time(step: str, submission: Submission, day: date) -> bool:
    """Say whether the time limit that runs leaves a step open: an owner asks within it, the office ends it after."""
    due = submission.due_on
    if step in ("reevaluation", "appeal"):
        return due is None or day <= due
    return step != "conclusion" or due is None or day > due


def reasons_shown(found: Iterable[Opinion], *, actor: Actor) -> frozenset[UUID]:
    """Return of which of these opinions the actor may read all (one query)."""
    ids = [opinion.pk for opinion in found]
    rows = Opinion.objects.permitted_to(actor, READ_OPINION_REASONS).filter(pk__in=ids)
    return frozenset(rows.order_by().values_list("pk", flat=True))


def steps_of_opinion(opinion: Opinion, *, actor: Actor) -> list[str]:
    """Return what the actor may do with a draft: write and give it, or say whether it agrees."""
    if opinion.state != OpinionState.DRAFT:
        return []
    writes, voices = can(actor, WRITE_OPINION, opinion), can(actor, VOICE_OPINION, opinion)
    voiced = bool(opinion.first_voice and opinion.second_voice)
    return [*(["edit"] if writes else []), *(["giving"] if writes and voiced else []), *(["voice"] if voices else [])]


def open_on(day: date) -> Q:
    """Return the condition for calls that take patents on a day."""
    return Q(Q(submit_by_on=None) | Q(submit_by_on__gte=day), state=CallState.PUBLISHED, opens_on__lte=day)
