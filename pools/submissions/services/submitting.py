"""What an owner does: submitting a patent with its claims, asking for another look, withdrawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from members.memberships.models import Membership
from members.memberships.policies import current_memberships
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.clock import today
from platform_core.documents.selectors import documents
from platform_core.problems import Conflict, NotAllowed, Problem, WrongState, invalid
from platform_core.realtime.services import announce
from pools.charts.calculation import is_same_name
from pools.charts.models import ChartState, ClaimChart, TargetKind
from pools.charts.policies import EDIT_CLAIM_CHART
from pools.patents.models import Patent
from pools.submissions.calculation import due, is_open
from pools.submissions.models import Call, CallState, Submission, SubmissionClaim, SubmissionState
from pools.submissions.moving import end_assignments, move, tell_office, tell_panel, today_of
from pools.submissions.policies import EDIT_SUBMISSION, SUBMIT_PATENT
from pools.submissions.selectors import get_call, get_submission, in_time
from pools.submissions.texts import check_long_text

MOST_CLAIMS = 200
"""Claims on clauses that one submission may name."""

_WRITABLE = (SubmissionState.DRAFT.value, SubmissionState.RETURNED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClaim:
    """A claim alleged to read on a clause of a standard, with a paper on the submission or a chart of the patent."""

    number: int
    standard: str
    clause: str
    explanation: str = ""
    chart_id: UUID | None = None
    claim_chart_id: UUID | None = None


class SubmissionEdits(TypedDict, total=False):
    """What may be changed of a submission that is not under way."""

    statement: str
    claims: Sequence[NewClaim]


@transaction.atomic
def draft_submission(
    *,
    actor: Actor,
    call_id: UUID,
    patent_id: UUID,
    statement: str = "",
    claims: Sequence[NewClaim] = (),
    file: bool = False,
) -> Submission:
    """Begin to submit an own patent to an open call, and file it at once if that is meant."""
    call = get_call(call_id, actor=actor)
    patent = get_visible(Patent, patent_id, actor=actor)
    require(actor, SUBMIT_PATENT, patent)
    _check_open(actor, call)
    if patent.alliance_id != call.pool.alliance_id:
        raise Conflict("The patent is on the register of another alliance.")
    membership = current_memberships(actor).filter(alliance=call.pool.alliance_id).order_by("pk").first()
    if membership is None:
        raise NotAllowed("Only a member of the alliance submits patents to its pools.")
    # Two who submit the same patent at once wait for each other here, not at the constraint.
    Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    if any(claim.chart_id is not None for claim in claims):
        raise _CHART_ELSEWHERE
    checks = Checks()
    check_long_text(checks, "statement", statement)
    _check_claims(checks, claims)
    _check_claim_charts(checks, actor, patent, claims)
    checks.refuse()
    with told_as(_PROBLEMS):
        submission = Submission.objects.create(
            call=call,
            pool_id=call.pool_id,
            patent=patent,
            membership=membership,
            statement=statement,
            created_at=actor.clock.now(),
        )
    _write_claims(submission, claims)
    record_event("submission.drafted", actor=actor, subject=submission, changes={"patent": (None, patent)})
    announce(patent, part=submission)
    return file_submission(actor=actor, submission_id=submission.pk) if file else submission


@transaction.atomic
def edit_submission(*, actor: Actor, submission_id: UUID, **edits: Unpack[SubmissionEdits]) -> Submission:
    """Change what is submitted, as long as it is not under way."""
    submission = _own(actor, submission_id)
    if "claims" in edits:
        _check_charts(actor, submission, edits["claims"])
    if submission.state not in _WRITABLE:
        raise WrongState("What was filed is not changed: withdraw it, or wait until it is returned.")
    checks = Checks()
    changes: dict[str, tuple[object, object]] = {}
    if "statement" in edits:
        changes |= apply_edits(submission, {"statement": edits["statement"]})
        check_long_text(checks, "statement", submission.statement)
    if "claims" in edits:
        _check_claims(checks, edits["claims"])
        _check_claim_charts(checks, actor, submission.patent, edits["claims"])
    checks.refuse()
    if changes:
        submission.save(update_fields=["statement"])
        # It is too long for the record.
        changes = {"statement": (None, "changed")}
    if "claims" in edits:
        before = submission.claims.count()
        submission.claims.all().delete()
        _write_claims(submission, edits["claims"])
        changes["claims"] = (before, len(edits["claims"]))
    if changes:
        record_event("submission.edited", actor=actor, subject=submission, changes=changes)
        announce(submission)
    return submission


@transaction.atomic
def file_submission(*, actor: Actor, submission_id: UUID) -> Submission:
    """File a submission, so that the office checks it; what was returned may be filed again after the call's end."""
    submission = _own(actor, submission_id)
    if submission.state != SubmissionState.RETURNED:
        _check_open(actor, submission.call)
    if not submission.claims.exists():
        raise invalid("/claims", "required", "Name the claims that you allege to be essential, and on which clauses.")
    move(
        actor,
        submission,
        "filing",
        "submission.filed",
        columns={"submitted_at": actor.clock.now(), "submitted_by_id": actor.user_id, "note": ""},
    )
    tell_office(actor, submission, "submission.filed")
    return submission


@transaction.atomic
def request_reevaluation(*, actor: Actor, submission_id: UUID, reason: str) -> Submission:
    """Ask the same panel to look at it once more, within the call's time limit."""
    submission = _own(actor, submission_id)
    _check_asking(actor, submission, "reevaluation", reason)
    move(
        actor,
        submission,
        "reevaluation",
        "submission.reevaluation_requested",
        due_on=due(today_of(actor, submission), submission.call.evaluation_days),
        columns={"note": reason.strip()},
        changes={"reason": (None, reason.strip())},
    )
    tell_office(actor, submission, "submission.reevaluation_requested")
    tell_panel(actor, submission, "submission.reevaluation_requested")
    return submission


@transaction.atomic
def appeal_submission(*, actor: Actor, submission_id: UUID, reason: str) -> Submission:
    """Appeal to a new panel, within the call's time limit; the first one is taken off."""
    submission = _own(actor, submission_id)
    _check_asking(actor, submission, "appeal", reason)
    end_assignments(actor, submission.panel_id, "The owner appealed to a new panel.")
    move(
        actor,
        submission,
        "appeal",
        "submission.appealed",
        columns={"note": reason.strip()},
        changes={"reason": (None, reason.strip())},
    )
    tell_office(actor, submission, "submission.appealed")
    return submission


@transaction.atomic
def withdraw_submission(*, actor: Actor, submission_id: UUID, reason: str = "") -> Submission:
    """Withdraw a submission; its patent may be submitted again."""
    submission = _own(actor, submission_id)
    checks = Checks()
    checks.text("reason", reason, needed=False, longest=500)
    checks.refuse()
    move(
        actor,
        submission,
        "withdrawal",
        "submission.withdrawn",
        columns={"note": reason.strip()},
        changes={"reason": (None, reason.strip())},
    )
    end_assignments(actor, submission.panel_id, "The submission was withdrawn.")
    if submission.submitted_at is not None:
        tell_office(actor, submission, "submission.withdrawn")
    return submission


def _own(actor: Actor, submission_id: UUID) -> Submission:
    submission = get_submission(submission_id, actor=actor, for_change=True)
    require(actor, EDIT_SUBMISSION, submission)
    return submission


def _check_open(actor: Actor, call: Call) -> None:
    day = today(actor.clock, call.pool.alliance.zone)
    if call.state != CallState.PUBLISHED or not is_open(day, call.opens_on, call.submit_by_on):
        raise WrongState("This call takes no patents today.")


def _check_asking(actor: Actor, submission: Submission, step: str, reason: str) -> None:
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    if not in_time(step, submission, today_of(actor, submission)):
        raise WrongState(f"The time limit for this ended on {submission.due_on}.")


def _check_claims(checks: Checks, claims: Sequence[NewClaim]) -> None:
    if len(claims) > MOST_CLAIMS:
        checks.wrong("claims", "too_many", f"At most {MOST_CLAIMS} claims on clauses are submitted together.")
    seen: set[tuple[int, str, str]] = set()
    for place, claim in enumerate(claims):
        if not 1 <= claim.number <= 1000:
            checks.wrong(f"claims/{place}/number", "bad_number", "A claim has the number that it has in the patent.")
        checks.text(f"claims/{place}/standard", claim.standard)
        checks.text(f"claims/{place}/clause", claim.clause)
        check_long_text(checks, f"claims/{place}/explanation", claim.explanation)
        name = (claim.number, claim.standard.strip(), claim.clause.strip())
        if name in seen:
            checks.wrong(f"claims/{place}/clause", "twice", f"Claim {claim.number} on {claim.clause} is named twice.")
        seen.add(name)


def _check_charts(actor: Actor, submission: Submission, claims: Sequence[NewClaim]) -> None:
    charts = {claim.chart_id for claim in claims if claim.chart_id is not None}
    if charts:
        label = Submission._meta.label_lower
        here = documents(actor=actor).filter(subject_type=label, subject_id=submission.pk, pk__in=charts)
        if here.count() < len(charts):
            raise _CHART_ELSEWHERE


def _check_claim_charts(checks: Checks, actor: Actor, patent: Patent, claims: Sequence[NewClaim]) -> None:
    """Note charts that are not of the actor's own of this patent, are drafts, or show another claim or standard."""
    wanted = {claim.claim_chart_id for claim in claims if claim.claim_chart_id is not None}
    own = ClaimChart.objects.permitted_to(actor, EDIT_CLAIM_CHART).filter(target__patent=patent, pk__in=wanted)
    found = {chart.pk: chart for chart in own.select_related("target")}
    for place, claim in enumerate(claims):
        if claim.claim_chart_id is None:
            continue
        field = f"claims/{place}/claim_chart_id"
        chart = found.get(claim.claim_chart_id)
        if chart is None:
            checks.wrong(field, "unknown", "There is no such chart of this patent among your own.")
        elif chart.state != ChartState.REVIEWED:
            checks.wrong(field, "draft", "Only a reviewed chart is handed in: what was submitted stays as it was.")
        elif chart.target.kind != TargetKind.STANDARD:
            checks.wrong(field, "of_product", "The chart is of a product: a claim of a submission reads on a standard.")
        elif chart.claim != claim.number or not is_same_name(str(chart.target), claim.standard):
            checks.wrong(field, "other_chart", f"The chart is of claim {chart.claim} on {chart.target}.")


def _write_claims(submission: Submission, claims: Sequence[NewClaim]) -> None:
    SubmissionClaim.objects.bulk_create(
        SubmissionClaim(
            submission=submission,
            number=claim.number,
            standard=claim.standard.strip(),
            clause=claim.clause.strip(),
            explanation=claim.explanation,
            chart_id=claim.chart_id,
            claim_chart_id=claim.claim_chart_id,
        )
        for claim in claims
    )


_CHART_ELSEWHERE = invalid("/claims", "unknown", "Attach the chart to the submission first, then name it here.")
_PROBLEMS: dict[str, Problem] = {
    "submission_once_at_a_time": Conflict("This patent is submitted to the pool already: go on with that submission."),
}
