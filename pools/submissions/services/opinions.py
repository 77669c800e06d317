"""Writing an opinion, saying whether one agrees, and giving it: what it comes to follows from its findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.access.registry import Permission
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.problems import Conflict, Problem, WrongState, invalid
from platform_core.realtime.services import announce
from pools.submissions.calculation import carries, due, is_essential
from pools.submissions.lifecycle import EVALUATED_IN, NOT_ESSENTIAL_LEADS_BY
from pools.submissions.models import (
    Finding,
    Opinion,
    OpinionResult,
    OpinionState,
    Panel,
    Submission,
    SubmissionState,
    Voice,
)
from pools.submissions.moving import move, panel_of, tell_office, tell_owner, today_of
from pools.submissions.policies import BEGIN_OPINION, VOICE_OPINION, WRITE_OPINION
from pools.submissions.selectors import get_opinion, get_submission
from pools.submissions.texts import check_long_text


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFinding:
    """What is found of one claim on one clause."""

    claim_id: UUID
    essential: bool
    reasons: str = ""


@transaction.atomic
def draft_opinion(
    *, actor: Actor, submission_id: UUID, reasons: str = "", findings: Sequence[NewFinding] = ()
) -> Opinion:
    """Begin the opinion of the panel that is at work, as its lead."""
    submission = get_submission(submission_id, actor=actor, for_change=True)
    require(actor, BEGIN_OPINION, submission)
    if submission.state not in EVALUATED_IN:
        raise WrongState("This submission is not in evaluation.")
    panel = panel_of(submission)
    _check(submission, reasons, findings)
    with told_as(_PROBLEMS):
        opinion = Opinion.objects.create(
            submission=submission,
            panel=panel,
            round=2 if submission.state == SubmissionState.IN_REEVALUATION else 1,
            reasons=reasons,
            created_at=actor.clock.now(),
        )
    _write(opinion, findings)
    record_event("opinion.drafted", actor=actor, subject=opinion, changes={"round": (None, opinion.round)})
    announce(submission, part=opinion)
    return opinion


@transaction.atomic
def edit_opinion(
    *, actor: Actor, opinion_id: UUID, reasons: str | None = None, findings: Sequence[NewFinding] | None = None
) -> Opinion:
    """Change a draft; what the assistants said of it before was said of another text."""
    opinion = _draft(actor, opinion_id, WRITE_OPINION)
    _check(opinion.submission, opinion.reasons if reasons is None else reasons, findings or ())
    if reasons is not None:
        opinion.reasons = reasons
    opinion.first_voice = opinion.first_note = opinion.second_voice = opinion.second_note = ""
    opinion.save(update_fields=["reasons", "first_voice", "first_note", "second_voice", "second_note"])
    if findings is not None:
        opinion.findings.all().delete()
        _write(opinion, findings)
    # What it says is too long for the record, and nothing for whoever reads that but not the draft.
    record_event("opinion.edited", actor=actor, subject=opinion)
    announce(opinion)
    return opinion


@transaction.atomic
def voice_opinion(*, actor: Actor, opinion_id: UUID, agrees: bool, note: str = "") -> Opinion:
    """Say as an assistant whether one agrees with the draft; who does not says why."""
    opinion = _draft(actor, opinion_id, VOICE_OPINION)
    checks = Checks()
    check_long_text(checks, "note", note)
    if len(note) > 2000:
        checks.wrong("note", "too_long", "At most 2,000 characters are kept.")
    if not agrees and not note.strip():
        checks.wrong("note", "required", "Say why you do not agree.")
    checks.refuse()
    if not opinion.reasons.strip() or not opinion.findings.exists():
        raise WrongState("The lead has not written this opinion yet.")
    panel = Panel.objects.get(pk=opinion.panel_id)
    side = "first" if panel.first_assistant_id == actor.seat_id else "second"
    voice = Voice.AGREES if agrees else Voice.DISSENTS
    setattr(opinion, f"{side}_voice", voice)
    setattr(opinion, f"{side}_note", note.strip())
    opinion.save(update_fields=[f"{side}_voice", f"{side}_note"])
    record_event("opinion.voiced", actor=actor, subject=opinion, changes={"voice": (None, voice)})
    announce(opinion)
    return opinion


@transaction.atomic
def give_opinion(*, actor: Actor, opinion_id: UUID) -> Opinion:
    """Give an opinion: it is fixed, its owner reads it, and the submission goes on as it says."""
    seen = get_opinion(opinion_id, actor=actor)
    require(actor, WRITE_OPINION, seen)
    # The submission is locked first, as wherever both are.
    submission = get_submission(seen.submission_id, actor=actor, for_change=True)
    opinion = _draft(actor, opinion_id, WRITE_OPINION)
    if submission.state not in EVALUATED_IN or submission.panel_id != opinion.panel_id:
        raise WrongState("This submission is not in evaluation.")
    found = list(opinion.findings.values_list("claim", "essential"))
    if {claim for claim, _ in found} != set(submission.claims.values_list("pk", flat=True)):
        raise invalid("/findings", "missing", "Say of each claim on each clause whether it is essential.")
    if not opinion.reasons.strip():
        raise invalid("/reasons", "required", "Give the reasons.")
    voices = [opinion.first_voice, opinion.second_voice]
    if "" in voices:
        raise WrongState("Both assistants say first whether they agree.")
    if not carries(voices.count(Voice.AGREES)):
        raise WrongState("Neither assistant agrees: write the opinion so that one of them can.")
    essential = is_essential([each for _, each in found])
    day = today_of(actor, submission)
    opinion.state = OpinionState.GIVEN
    opinion.result = OpinionResult.ESSENTIAL if essential else OpinionResult.NOT_ESSENTIAL
    opinion.given_at = actor.clock.now()
    opinion.given_by_id = actor.seat_id
    before = SubmissionState(submission.state)
    step = "find essential" if essential else NOT_ESSENTIAL_LEADS_BY[before]
    if essential or before is SubmissionState.IN_APPEAL:
        opinion.final_on = day
    opinion.save(update_fields=["state", "result", "given_at", "given_by", "final_on"])
    move(
        actor,
        submission,
        step,
        "submission.evaluated",
        due_on=None if essential else _time_to_ask(submission, before, day),
        changes={"result": (None, opinion.result), "round": (None, opinion.round)},
    )
    announce(submission, part=opinion)
    tell_owner(actor, submission, "submission.evaluated")
    tell_office(actor, submission, "submission.evaluated")
    return opinion


def make_final(submission: Submission, day: date) -> None:
    """Make the last opinion on a submission final, which nobody asked to be looked at again."""
    last = Opinion.objects.filter(submission=submission, state=OpinionState.GIVEN).order_by("-given_at").first()
    if last is not None:
        last.final_on = day
        last.save(update_fields=["final_on"])


def _time_to_ask(submission: Submission, before: SubmissionState, day: date) -> date | None:
    if before is SubmissionState.IN_EVALUATION:
        return due(day, submission.call.reevaluation_days)
    return due(day, submission.call.appeal_days) if before is SubmissionState.IN_REEVALUATION else None


def _draft(actor: Actor, opinion_id: UUID, permission: Permission) -> Opinion:
    opinion = get_opinion(opinion_id, actor=actor, for_change=True)
    require(actor, permission, opinion)
    if opinion.state != OpinionState.DRAFT:
        raise WrongState("An opinion that was given stays as it is.")
    return opinion


def _check(submission: Submission, reasons: str, findings: Sequence[NewFinding]) -> None:
    checks = Checks()
    check_long_text(checks, "reasons", reasons)
    for finding in findings:
        check_long_text(checks, "findings", finding.reasons)
    claims = [finding.claim_id for finding in findings]
    if len(set(claims)) < len(claims):
        checks.wrong("findings", "twice", "Each claim on a clause is found on once.")
    checks.refuse()
    known = set(submission.claims.filter(pk__in=claims).values_list("pk", flat=True))
    if known != set(claims):
        raise invalid("/findings", "unknown", "Findings are on the claims that were submitted.")


def _write(opinion: Opinion, findings: Sequence[NewFinding]) -> None:
    Finding.objects.bulk_create(
        Finding(opinion=opinion, claim_id=each.claim_id, essential=each.essential, reasons=each.reasons)
        for each in findings
    )


_PROBLEMS: dict[str, Problem] = {
    "opinion_once_in_a_round": Conflict("The panel has an opinion under way already: go on with that one."),
}
