"""Ending a most-favoured clause: one person of the office proposes it, another decides, and the licensee is told."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.agreements.models import Licence
from licensing.clauses.letters import FAVOUR_ENDED
from licensing.clauses.lifecycle import FAVOUR_ENDING_LIFECYCLE, EndingState
from licensing.clauses.models import FavourEnding, LicenceClauses
from licensing.clauses.policies import (
    DECIDE_FAVOUR_ENDING,
    FAVOUR_ENDING_DECISION,
    PROPOSE_FAVOUR_ENDING,
    WITHDRAW_FAVOUR_ENDING,
)
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.identity.models import Language
from platform_core.identity.role_plan import Place, require_second_person, require_two_people
from platform_core.identity.roles import Role
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import remind_seats
from platform_core.problems import Conflict, Problem
from platform_core.realtime.services import announce


@transaction.atomic
def propose_favour_ending(*, actor: Actor, licence_id: UUID, reason: str) -> FavourEnding:
    """Propose that a licence has its most-favoured clause no longer, and say why; another person decides."""
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True, along=["programme"])
    require(actor, PROPOSE_FAVOUR_ENDING, licence)
    require_two_people(FAVOUR_ENDING_DECISION, _place_of(licence), clock=actor.clock)
    _clauses(licence)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    with told_as(_PROBLEMS):
        proposal = FavourEnding.objects.create(
            licence=licence, reason=reason.strip(), proposed_at=actor.clock.now(), proposed_by_id=actor.person_id
        )
    record_event("favour_ending.proposed", actor=actor, subject=proposal, changes={"reason": (None, proposal.reason)})
    announce(licence, part=proposal)
    return proposal


@transaction.atomic
def decide_favour_ending(*, actor: Actor, ending_id: UUID, approve: bool) -> FavourEnding:
    """Approve or refuse a proposal of somebody else; once approved, the clause ends and the licensee is told."""
    seen = get_visible(FavourEnding, ending_id, actor=actor)
    licence = Licence.objects.select_for_update(no_key=True).select_related("programme", "licensee")
    held = licence.get(pk=seen.licence_id)
    proposal = get_visible(FavourEnding, ending_id, actor=actor, for_change=True)
    require(actor, DECIDE_FAVOUR_ENDING, proposal)
    place = _place_of(held)
    require_second_person(FAVOUR_ENDING_DECISION, actor=actor, beside=[proposal.proposed_by_id], place=place)
    _end(actor, proposal, "approve" if approve else "refuse")
    if approve:
        clauses = _clauses(held)
        clauses.most_favoured = False
        clauses.recorded_at, clauses.recorded_by_id = actor.clock.now(), actor.person_id
        clauses.save(update_fields=["most_favoured", "recorded_at", "recorded_by"])
        _tell_licensee(actor, held, proposal)
    return proposal


@transaction.atomic
def withdraw_favour_ending(*, actor: Actor, ending_id: UUID) -> FavourEnding:
    """Take one's own proposal back before it is decided."""
    proposal = get_visible(FavourEnding, ending_id, actor=actor, for_change=True)
    require(actor, WITHDRAW_FAVOUR_ENDING, proposal)
    _end(actor, proposal, "withdraw")
    return proposal


def _clauses(licence: Licence) -> LicenceClauses:
    clauses = LicenceClauses.objects.select_for_update(no_key=True).filter(licence=licence, most_favoured=True).first()
    if clauses is None:
        raise Conflict("This licence has no most-favoured clause.")
    return clauses


def _end(actor: Actor, proposal: FavourEnding, step: str) -> None:
    before = EndingState(proposal.state)
    proposal.state = FAVOUR_ENDING_LIFECYCLE.after(step, current=before)
    proposal.decided_at = actor.clock.now()
    proposal.decided_by_id = actor.person_id
    proposal.save(update_fields=["state", "decided_at", "decided_by"])
    record_event(_EVENTS[step], actor=actor, subject=proposal, changes={"state": (before, proposal.state)})
    announce(proposal.licence, part=proposal)


def _tell_licensee(actor: Actor, licence: Licence, proposal: FavourEnding) -> None:
    def words(language: Language) -> Mapping[str, str]:
        return {"licence": licence.code, "programme": licence.programme.code, "reason": proposal.reason}

    remind_seats(
        actor=actor,
        seats=seats_holding(Role.LICENSEE, actor=actor, organisation=licence.licensee_id),
        notice="licence.favour_ended",
        letter=FAVOUR_ENDED,
        subject=licence,
        page=f"/licences/{licence.pk}?tab=clauses",
        words=words,
    )


def _place_of(licence: Licence) -> Place:
    return Place(licence.programme.alliance_id)


_EVENTS: Final = {
    "approve": "favour_ending.approved",
    "refuse": "favour_ending.refused",
    "withdraw": "favour_ending.withdrawn",
}
_PROBLEMS: Final[dict[str, Problem]] = {
    "favourending_one_at_a_time": Conflict("A proposal to end this clause waits for a second person already."),
}
