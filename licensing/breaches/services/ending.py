"""Ending a licence before its time: one person proposes it, another decides, and it ends on its day."""

import io
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.agreements.models import Licence, LicenceState
from licensing.agreements.services import plan_end_of_licence, terminate_licence
from licensing.breaches.letters import ENDED
from licensing.breaches.lifecycle import (
    BREACH_LIFECYCLE,
    TERMINATION_LIFECYCLE,
    BreachState,
    TerminationState,
)
from licensing.breaches.models import Breach, Termination, TerminationGround
from licensing.breaches.papers import end_pdf, run_off_until
from licensing.breaches.policies import (
    DECIDE_TERMINATION,
    PROPOSE_TERMINATION,
    TERMINATION_DECISION,
    WITHDRAW_TERMINATION,
)
from licensing.breaches.selectors import still_lacking
from licensing.breaches.telling import forget_cure, tell_licensee
from licensing.papers.paper import Language
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.documents.models import Document
from platform_core.documents.services import NewFile, add_document
from platform_core.identity.role_plan import Place, require_second_person, require_two_people
from platform_core.problems import Conflict, NotFound, Problem, WrongState, invalid
from platform_core.realtime.services import announce

_ALONG: Final = ["programme__alliance", "programme__operating_entity"]


@transaction.atomic
def propose_termination(
    *,
    actor: Actor,
    licence_id: UUID,
    ground: TerminationGround,
    last_day: date,
    reason: str,
    breach_id: UUID | None = None,
    run_off_days: int | None = None,
) -> Termination:
    """Propose that a licence ends with a day: for a breach it is suspended for, or since both sides agreed.

    Days to sell off are those of the contract where it ends for a breach; another person decides.
    """
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True, along=_ALONG)
    require(actor, PROPOSE_TERMINATION, licence)
    require_two_people(TERMINATION_DECISION, _place_of(licence), clock=actor.clock)
    _require_running(licence)
    breach = None
    if ground is TerminationGround.BREACH or breach_id is not None:
        named = [] if breach_id is None else [breach_id]
        breach = Breach.objects.select_for_update(no_key=True).filter(pk__in=named, licence=licence).first()
        if breach is None:
            raise NotFound("There is no such breach of this licence.")
        if ground is TerminationGround.AGREED:
            raise invalid("/breach_id", "not_for_breach", "What both sides agreed on ends the licence for no breach.")
        _require_not_put_right(breach)
    days = breach.run_off_days if breach is not None else (run_off_days or 0)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    if not 0 <= days <= 366:
        checks.wrong("run_off_days", "out_of_range", "Give at most 366 days to sell off.")
    _check_last_day(checks, actor, licence, ground, last_day)
    checks.refuse()
    with told_as(_PROBLEMS):
        proposal = Termination.objects.create(
            licence=licence,
            breach=breach,
            ground=ground,
            last_day=last_day,
            run_off_days=days,
            reason=reason.strip(),
            proposed_at=actor.clock.now(),
            proposed_by_id=actor.person_id,
        )
    record_event(
        "termination.proposed",
        actor=actor,
        subject=proposal,
        changes={"last_day": (None, last_day), "ground": (None, ground.value), "run_off_days": (None, days)},
    )
    announce(licence, part=proposal)
    return proposal


@transaction.atomic
def decide_termination(*, actor: Actor, termination_id: UUID, approve: bool) -> Termination:
    """Approve or refuse the proposal of somebody else.

    Once approved the licensee is told, the licence's days are known to reports and closes, and it ends with its last
    day: at once where that is past, else on the day after it.
    """
    seen = get_visible(Termination, termination_id, actor=actor)
    licence = get_visible(Licence, seen.licence_id, actor=actor, for_change=True, along=_ALONG)
    proposal = get_visible(Termination, termination_id, actor=actor, for_change=True)
    require(actor, DECIDE_TERMINATION, proposal)
    place = _place_of(licence)
    require_second_person(TERMINATION_DECISION, actor=actor, beside=[proposal.proposed_by_id], place=place)
    proposal.licence = licence
    if not approve:
        _end(actor, proposal, "refuse")
        return proposal
    TERMINATION_LIFECYCLE.after("approve", current=TerminationState(proposal.state))
    _check_again(actor, licence, proposal)
    proposal.letter_zh = _kept(actor, proposal, Language.ZH)
    proposal.letter_en = _kept(actor, proposal, Language.EN)
    _end(actor, proposal, "approve")
    _carry_out(actor, licence, proposal)
    return proposal


@transaction.atomic
def withdraw_termination(*, actor: Actor, termination_id: UUID) -> Termination:
    """Take one's own proposal back before it is decided."""
    proposal = get_visible(Termination, termination_id, actor=actor, for_change=True)
    require(actor, WITHDRAW_TERMINATION, proposal)
    _end(actor, proposal, "withdraw")
    return proposal


def end_on_their_day(*, actor: Actor) -> int:
    """End the licences whose approved last day has passed, and return how many."""
    ended = 0
    waiting = Termination.objects.filter(
        state=TerminationState.APPROVED, licence__state__in=(LicenceState.IN_FORCE, LicenceState.SUSPENDED)
    ).select_related("licence__programme__alliance")
    for row in waiting.order_by("last_day", "pk"):
        if row.last_day < today(actor.clock, row.licence.programme.alliance.zone):
            with transaction.atomic():
                terminate_licence(actor=actor, licence_id=row.licence_id, course_id=row.pk)
                ended += 1
    return ended


def _check_again(actor: Actor, licence: Licence, proposal: Termination) -> None:
    """Refuse what was well proposed and is so no longer: days pass, and what was missing may have come in."""
    _require_running(licence)
    checks = Checks()
    _check_last_day(checks, actor, licence, TerminationGround(proposal.ground), proposal.last_day)
    checks.refuse()
    if proposal.breach_id is not None:
        _require_not_put_right(Breach.objects.select_for_update(no_key=True).get(pk=proposal.breach_id))
    elif not Document.objects.filter(subject_type=Termination._meta.label_lower, subject_id=proposal.pk).exists():
        raise Conflict("Attach the paper that both sides signed to this proposal first.")


def _carry_out(actor: Actor, licence: Licence, proposal: Termination) -> None:
    if proposal.breach_id is not None:
        breach = Breach.objects.select_for_update(no_key=True).get(pk=proposal.breach_id)
        before = BreachState(breach.state)
        breach.state = BREACH_LIFECYCLE.after("termination", current=before)
        breach.closed_on, breach.closed_by_id = today(actor.clock, licence.programme.alliance.zone), actor.person_id
        breach.save(update_fields=["state", "closed_on", "closed_by"])
        record_event("breach.licence_ended", actor=actor, subject=breach, changes={"state": (before, breach.state)})
        forget_cure(actor, breach)
        announce(licence, part=breach)
    until = run_off_until(proposal.last_day, proposal.run_off_days) or proposal.last_day
    plan_end_of_licence(
        actor=actor, licence_id=licence.pk, last_day=proposal.last_day, ends_on=until, course_id=proposal.pk
    )
    if proposal.last_day < today(actor.clock, licence.programme.alliance.zone):
        terminate_licence(actor=actor, licence_id=licence.pk, course_id=proposal.pk)
    tell_licensee(actor, licence, "licence.termination_approved", ENDED, proposal.last_day)


def _require_running(licence: Licence) -> None:
    if licence.state not in (LicenceState.IN_FORCE, LicenceState.SUSPENDED):
        raise WrongState("Only a licence in force, or a suspended one, is ended.", current=licence.state)


def _require_not_put_right(breach: Breach) -> None:
    BREACH_LIFECYCLE.after("termination", current=BreachState(breach.state))
    if not still_lacking(breach):
        raise Conflict("All of it was put right or taken back: record that, or withdraw the notice.")


def _check_last_day(checks: Checks, actor: Actor, licence: Licence, ground: TerminationGround, last_day: date) -> None:
    day = today(actor.clock, licence.programme.alliance.zone)
    if ground is TerminationGround.BREACH and last_day < day:
        checks.wrong("last_day", "past", "A licence is ended for a breach with today or a later day.")
    elif licence.starts_on is not None and last_day < licence.starts_on:
        checks.wrong("last_day", "before_start", f"This must be on or after {licence.starts_on}.")
    elif licence.ends_on is not None and last_day >= licence.ends_on:
        checks.wrong("last_day", "too_late", f"The licence ends on {licence.ends_on} already.")


def _end(actor: Actor, proposal: Termination, step: str) -> None:
    before = TerminationState(proposal.state)
    proposal.state = TERMINATION_LIFECYCLE.after(step, current=before)
    proposal.decided_at, proposal.decided_by_id = actor.clock.now(), actor.person_id
    with told_as(_PROBLEMS):
        proposal.save(update_fields=["state", "decided_at", "decided_by", "letter_zh", "letter_en"])
    record_event(_EVENTS[step], actor=actor, subject=proposal, changes={"state": (before, proposal.state)})
    announce(proposal.licence, part=proposal)


def _kept(actor: Actor, proposal: Termination, language: Language) -> Document:
    title = {Language.ZH: "许可合同终止通知书", Language.EN: "Notice that a licence ends"}[language]
    return add_document(
        actor=actor,
        subject_type=Termination._meta.label_lower,
        subject_id=proposal.pk,
        title=title,
        file=NewFile(
            f"{proposal.licence.code}-end-{language.value}.pdf".replace("/", "-"),
            io.BytesIO(end_pdf(proposal, language)),
        ),
    )


def _place_of(licence: Licence) -> Place:
    return Place(licence.programme.alliance_id)


_EVENTS: Final = {
    "approve": "termination.approved",
    "refuse": "termination.refused",
    "withdraw": "termination.withdrawn",
}
_PROBLEMS: Final[dict[str, Problem]] = {
    "termination_one_at_a_time": Conflict("An end of this licence waits for a second person already."),
    "termination_once_of_licence": Conflict("The end of this licence was decided already."),
}
