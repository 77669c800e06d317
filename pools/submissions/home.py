"""What calls and submissions tell the home page: owners, the office and evaluators what is theirs to do."""

from collections.abc import Iterator, Mapping
from typing import Final

from django.db.models import Q

from members.memberships.policies import current_memberships, today_in
from platform_core.access.actors import Actor
from platform_core.clock import today
from platform_core.home.registry import AT_MOST, Severity, Waiting
from platform_core.identity.roles import Role
from pools.patents.policies import PATENT_DESK
from pools.submissions.lifecycle import EVALUATED_IN
from pools.submissions.models import Call, CallState, Opinion, OpinionState, Panel, Submission, SubmissionState
from pools.submissions.selectors import calls, submissions

_OWNERS: Final[Mapping[str, str]] = {
    SubmissionState.RETURNED: "submission.returned",
    SubmissionState.NOT_ESSENTIAL: "submission.not_essential",
    SubmissionState.CONFIRMED: "submission.confirmed",
}
_OFFICES: Final[Mapping[str, str]] = {
    SubmissionState.SUBMITTED: "submission.to_check",
    SubmissionState.COMPLETE: "submission.to_appoint",
    SubmissionState.APPEALED: "submission.to_appoint",
    SubmissionState.ESSENTIAL: "submission.to_list",
}


def open_calls(actor: Actor) -> Iterator[Waiting]:
    """Tell those who work on a member's patents which calls are open to it."""
    if not any(actor.holds(role) for role in PATENT_DESK) or actor.organisation_id is None:
        return
    day = today_in(actor, "pool__alliance__zone")
    rows = calls(actor=actor).filter(
        Q(submit_by_on=None) | Q(submit_by_on__gte=day),
        state=CallState.PUBLISHED,
        opens_on__lte=day,
        pool__alliance__in=current_memberships(actor).order_by().values("alliance"),
    )
    for call in rows.order_by("submit_by_on", "pk")[:AT_MOST]:
        yield Waiting(
            kind="call.open",
            subject_type=Call._meta.label_lower,
            subject_id=call.pk,
            title=" ".join(filter(None, (call.title_zh, call.title_en))),
            since=call.published_at,
            due_on=call.submit_by_on,
            severity=Severity.FINE,
        )


def own_submissions(actor: Actor) -> Iterator[Waiting]:
    """Tell an owner which of its submissions wait for it."""
    if not any(actor.holds(role) for role in PATENT_DESK) or actor.organisation_id is None:
        return
    rows = submissions(actor=actor).filter(membership__organisation=actor.organisation_id, state__in=_OWNERS)
    for submission in rows.order_by("due_on", "pk")[:AT_MOST]:
        yield _waiting(actor, submission, _OWNERS[submission.state])


def submissions_to_handle(actor: Actor) -> Iterator[Waiting]:
    """Tell the office which submissions are to be checked, evaluated or listed."""
    if not actor.holds(Role.SECRETARIAT):
        return
    rows = submissions(actor=actor).filter(state__in=_OFFICES, pool__alliance__in=actor.scope_ids(Role.SECRETARIAT))
    for submission in rows.order_by("submitted_at", "pk")[:AT_MOST]:
        yield _waiting(actor, submission, _OFFICES[submission.state])


def evaluations_to_do(actor: Actor) -> Iterator[Waiting]:
    """Tell evaluators what they have to write, or to say whether they agree with."""
    if not actor.holds(Role.EVALUATOR) or actor.seat_id is None:
        return
    rows = list(submissions(actor=actor).filter(state__in=EVALUATED_IN).order_by("due_on", "pk")[:AT_MOST])
    panels = {panel.pk: panel for panel in Panel.objects.filter(pk__in=[row.panel_id for row in rows])}
    drafts = {draft.panel_id: draft for draft in Opinion.objects.filter(panel__in=panels, state=OpinionState.DRAFT)}
    for submission in rows:
        panel = panels.get(submission.panel_id) if submission.panel_id else None
        if panel is None:
            continue
        draft = drafts.get(panel.pk)
        if panel.lead_id == actor.seat_id:
            ready = draft is not None and draft.first_voice and draft.second_voice
            yield _waiting(actor, submission, "opinion.to_give" if ready else "opinion.to_write")
        elif panel.first_assistant_id == actor.seat_id or panel.second_assistant_id == actor.seat_id:
            first = panel.first_assistant_id == actor.seat_id
            if draft is not None and draft.reasons and not (draft.first_voice if first else draft.second_voice):
                yield _waiting(actor, submission, "opinion.to_voice")


def _waiting(actor: Actor, submission: Submission, kind: str) -> Waiting:
    late = submission.due_on is not None and submission.due_on < today(actor.clock, submission.pool.alliance.zone)
    return Waiting(
        kind=kind,
        subject_type=Submission._meta.label_lower,
        subject_id=submission.pk,
        title=submission.patent.publication,
        since=submission.submitted_at,
        due_on=submission.due_on,
        severity=Severity.OVERDUE if late else Severity.ATTENTION,
    )
