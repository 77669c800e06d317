"""Asking a licensee about a doubtful deduction, its answer, and what comes of it."""

from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.deductions.calculation import Outcome
from licensing.deductions.correcting import charges_less, counting_now
from licensing.deductions.lifecycle import DOUBT_LIFECYCLE
from licensing.deductions.models import ComparedDeduction, DeductionComparison, DoubtfulDeduction, DoubtState
from licensing.deductions.policies import (
    ACCEPT_DECISION,
    ACCEPT_DEDUCTION,
    ANSWER_DOUBT,
    ASK_ABOUT_DEDUCTION,
    DEAL_WITH_DOUBT,
)
from licensing.deductions.reading import ReportFiles
from licensing.reports.models import ReportedMonth, SalesReport
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.access.registry import Permission
from platform_core.audit.services import record_event
from platform_core.checks import checked_text, told_as
from platform_core.documents.selectors import documents
from platform_core.identity.role_plan import Place, require_second_person, require_two_people
from platform_core.identity.roles import Purpose, Role
from platform_core.notices.selectors import seats_by_organisation, seats_holding
from platform_core.notices.services import notify_seats
from platform_core.problems import Conflict, Problem, invalid
from platform_core.realtime.services import announce

LONGEST: Final = 1000


@transaction.atomic
def ask_about_deduction(*, actor: Actor, comparison_id: UUID, deduction_id: UUID, request: str) -> DoubtfulDeduction:
    """Tell a licensee that a deduction it claims is doubtful, and what it is asked for; of the brand it learns nothing.

    What agrees is asked about by nobody: that something was not asked about tells nothing either.
    """
    comparison = get_visible(
        DeductionComparison, comparison_id, actor=actor, along=["report__licence__programme__operating_entity"]
    )
    require(actor, ASK_ABOUT_DEDUCTION, comparison)
    found = ComparedDeduction.objects.visible_to(actor).filter(comparison=comparison, pk=deduction_id).first()
    if found is None:
        raise invalid("/deduction_id", "unknown", "There is no such deduction in this comparison.")
    if found.outcome == Outcome.AGREES:
        raise Conflict("This deduction agrees with what the brand reported: there is nothing to ask.")
    if not _counts(comparison.report):
        raise Conflict("The report was superseded: compare the one that counts now.")
    require_two_people(ACCEPT_DECISION, _place_of(comparison.report), clock=actor.clock)
    with told_as(_PROBLEMS):
        doubt = DoubtfulDeduction.objects.create(
            compared=found,
            report=comparison.report,
            brand_name=found.brand_name,
            product=found.product,
            claimed_units=found.claimed_units,
            request=checked_text("request", request, longest=LONGEST),
            asked_at=actor.clock.now(),
            asked_by_id=actor.person_id,
        )
    record_event("doubtful_deduction.asked", actor=actor, subject=doubt, changes={"request": (None, doubt.request)})
    _tell_licensee(actor, doubt)
    announce(doubt)
    announce(comparison, part=doubt)
    return doubt


@transaction.atomic
def answer_doubt(*, actor: Actor, doubt_id: UUID, answer: str) -> DoubtfulDeduction:
    """Answer for the licensee what it was asked about a deduction; papers are attached to it besides."""
    doubt = _doubt(actor, doubt_id, ANSWER_DOUBT, "answer")
    doubt.answer = checked_text("answer", answer, longest=LONGEST)
    doubt.answered_at, doubt.answered_by_id = actor.clock.now(), actor.person_id
    moved = _moved(actor, doubt, "answer", "doubtful_deduction.answered")
    notify_seats(
        actor=actor,
        seats=seats_holding(
            Role.FINANCE,
            actor=actor,
            operating_entity=doubt.report.licence.programme.operating_entity_id,
            purpose=Purpose.ROYALTIES,
        ),
        kind="doubtful_deduction.answered",
        subject=moved,
        values={"licence": moved.report.licence.code},
    )
    return moved


@transaction.atomic
def accept_deduction(*, actor: Actor, doubt_id: UUID, decision: str) -> DoubtfulDeduction:
    """Let a deduction stand by the evidence, as the second person: the licensee then supersedes its report without it.

    No bill changes by this alone: the close bills every line of a report that counts, and a report that takes its
    place is billed by the difference.
    """
    doubt = _doubt(actor, doubt_id, ACCEPT_DEDUCTION, "accept")
    _hold_licence(doubt)
    if not _counts(doubt.report):
        raise Conflict("The report was superseded: say what the one that took its place corrects.")
    papers = documents(actor=actor).filter(subject_type=DoubtfulDeduction._meta.label_lower, subject_id=doubt.pk)
    if not papers.exists():
        raise Conflict("Nothing shows the deduction yet: the licensee has to attach its evidence first.")
    _require_second_person(actor, doubt)
    return _decided(actor, doubt, "accept", decision)


@transaction.atomic
def reject_deduction(*, actor: Actor, doubt_id: UUID, decision: str) -> DoubtfulDeduction:
    """Say that a deduction does not stand: its lines stay billed as they are."""
    doubt = _doubt(actor, doubt_id, DEAL_WITH_DOUBT, "reject")
    return _decided(actor, doubt, "reject", decision)


@transaction.atomic
def note_correction(*, actor: Actor, doubt_id: UUID, decision: str) -> DoubtfulDeduction:
    """Note that the report which took the place of the doubtful one corrects its lines.

    Where what counts by now charges less of the product than the doubtful one did, royalties are given up as by
    accepting: that takes the same second person.
    """
    doubt = _doubt(actor, doubt_id, DEAL_WITH_DOUBT, "correct")
    _hold_licence(doubt)
    later = counting_now([doubt])[doubt.pk]
    if later.pk == doubt.report_id:
        raise Conflict("The report was not superseded: the licensee has to correct it first.")
    with ReportFiles() as files:
        gives_up = charges_less(doubt, later, files)
    if gives_up:
        _require_second_person(actor, doubt)
    return _decided(actor, doubt, "correct", decision)


def _doubt(actor: Actor, doubt_id: UUID, permission: Permission, step: str) -> DoubtfulDeduction:
    """Return a doubtful deduction that the actor may take a step on, locked; the step is one that starts there."""
    doubt = get_visible(
        DoubtfulDeduction,
        doubt_id,
        actor=actor,
        for_change=True,
        along=["report__licence__programme__operating_entity"],
    )
    require(actor, permission, doubt)
    DOUBT_LIFECYCLE.after(step, current=DoubtState(doubt.state))
    return doubt


def _decided(actor: Actor, doubt: DoubtfulDeduction, step: str, decision: str) -> DoubtfulDeduction:
    doubt.decision = checked_text("decision", decision, longest=LONGEST)
    doubt.decided_at, doubt.decided_by_id = actor.clock.now(), actor.person_id
    moved = _moved(actor, doubt, step, f"doubtful_deduction.{DOUBT_LIFECYCLE.after(step, current=_state(doubt))}")
    _tell_licensee(actor, moved)
    return moved


def _moved(actor: Actor, doubt: DoubtfulDeduction, step: str, event: str) -> DoubtfulDeduction:
    before = _state(doubt)
    doubt.state = DOUBT_LIFECYCLE.after(step, current=before)
    doubt.save()
    record_event(event, actor=actor, subject=doubt, changes={"state": (before, doubt.state)})
    announce(doubt)
    announce(doubt.compared.comparison, part=doubt)
    return doubt


def _state(doubt: DoubtfulDeduction) -> DoubtState:
    return DoubtState(doubt.state)


def _counts(report: SalesReport) -> bool:
    return ReportedMonth.objects.filter(report=report).exists()


def _hold_licence(doubt: DoubtfulDeduction) -> None:
    # Filing and superseding lock it as well: what counts now counts until this is decided.
    licences = type(doubt.report.licence).objects.select_for_update(no_key=True)
    licences.values("pk").get(pk=doubt.report.licence_id)


def _place_of(report: SalesReport) -> Place:
    return Place.of(report.licence.programme.operating_entity)


def _require_second_person(actor: Actor, doubt: DoubtfulDeduction) -> None:
    require_second_person(ACCEPT_DECISION, actor=actor, beside=[doubt.asked_by_id], place=_place_of(doubt.report))


def _tell_licensee(actor: Actor, doubt: DoubtfulDeduction) -> None:
    licence = doubt.report.licence
    seats = seats_by_organisation((Role.LICENSEE,), actor=actor, organisations=[licence.licensee_id])
    notify_seats(
        actor=actor,
        seats=seats[licence.licensee_id],
        kind=f"doubtful_deduction.{doubt.state}",
        subject=doubt,
        values={"licence": licence.code, "brand": doubt.brand_name},
    )


_PROBLEMS: Final[dict[str, Problem]] = {
    "deductions_doubtfuldeduction_compared_id_key": Conflict("The licensee was asked about this already."),
}
