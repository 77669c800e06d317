"""Claiming that a licensee holds a licence from a member, asking the member, and crediting what it confirms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.agreements.models import BINDING_STATES, BilateralLicence, Licence
from licensing.agreements.services import NewBilateral, credit_bilateral
from licensing.bilaterals.lifecycle import CLAIM_LIFECYCLE
from licensing.bilaterals.models import BilateralClaim, ClaimState
from licensing.bilaterals.policies import (
    ANSWER_CLAIM,
    ASK_MEMBER,
    CLAIM_BILATERAL,
    SETTLE_CLAIM,
    SETTLE_DECISION,
    WITHDRAW_CLAIM,
)
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.access.registry import Permission
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.documents.selectors import documents
from platform_core.identity.role_plan import Place, require_second_person
from platform_core.identity.roles import Role
from platform_core.notices.selectors import seats_by_organisation
from platform_core.notices.services import notify_seats
from platform_core.problems import Conflict, NotFound, Problem, WrongState, invalid
from platform_core.realtime.services import announce
from pools.composition.models import PoolMember


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClaim:
    """A licence that a licensee is said to hold from a member of the pool, from its first to its last day."""

    licence_id: UUID
    member_id: UUID
    stands_in: str
    starts_on: date | None = None
    ends_on: date | None = None


@transaction.atomic
def claim_bilateral(*, actor: Actor, claim: NewClaim) -> BilateralClaim:
    """Claim that a licensee holds a licence from a member: the licensee does, or finance for it."""
    licence = get_visible(Licence, claim.licence_id, actor=actor, for_change=True, along=["programme"])
    require(actor, CLAIM_BILATERAL, licence)
    if licence.state not in BINDING_STATES:
        raise WrongState("The licence is not in force yet. Have it signed and countersigned.", current=licence.state)
    member = get_visible(PoolMember, claim.member_id, actor=actor, along=["membership"])
    if member.pool_id != licence.programme.pool_id:
        raise NotFound("There is no such member of the programme's pool.")
    if member.membership.organisation_id == licence.licensee_id:
        raise invalid("/member_id", "own_organisation", "Nobody holds a licence from itself.")
    checks = Checks()
    checks.text("stands_in", claim.stands_in, longest=500)
    checks.days("ends_on", claim.starts_on, claim.ends_on, same_allowed=True)
    checks.refuse()
    credited = BilateralLicence.objects.filter(
        licence=licence, member=member, starts_on=claim.starts_on, ends_on=claim.ends_on
    )
    if credited.exists():
        raise Conflict("That licence is credited already.")
    with told_as(_PROBLEMS):
        claimed = BilateralClaim.objects.create(
            licence=licence,
            member=member,
            starts_on=claim.starts_on,
            ends_on=claim.ends_on,
            stands_in=claim.stands_in.strip(),
            claimed_at=actor.clock.now(),
            claimed_by_id=actor.person_id,
        )
    record_event(
        "bilateral_claim.claimed",
        actor=actor,
        subject=claimed,
        changes={
            "licence": (None, claim.licence_id),
            "member": (None, claim.member_id),
            "starts_on": (None, claim.starts_on),
            "ends_on": (None, claim.ends_on),
        },
    )
    announce(licence, part=claimed)
    return claimed


@transaction.atomic
def ask_member(*, actor: Actor, claim_id: UUID) -> BilateralClaim:
    """Ask the member whether it gave the licence that the evidence shows; from then on it sees the claim."""
    claim = _claim(actor, claim_id, ASK_MEMBER, "ask")
    papers = documents(actor=actor).filter(subject_type=BilateralClaim._meta.label_lower, subject_id=claim.pk)
    if not papers.exists():
        raise Conflict("Nothing shows the licence yet: attach the contract, or the part of it that shows it.")
    claim.asked_at, claim.asked_by_id = actor.clock.now(), actor.person_id
    moved = _moved(actor, claim, "ask", "bilateral_claim.asked")
    _tell_member(actor, moved)
    return moved


@transaction.atomic
def confirm_claim(*, actor: Actor, claim_id: UUID) -> BilateralClaim:
    """Confirm for the member that it gave the licence: closes credit its part to the licensee from then on."""
    claim = _claim(actor, claim_id, ANSWER_CLAIM, "confirm")
    _credit(actor, claim)
    moved = _moved(actor, claim, "confirm", "bilateral_claim.confirmed")
    _tell_licensee(actor, moved)
    return moved


@transaction.atomic
def refuse_claim(*, actor: Actor, claim_id: UUID, reason: str) -> BilateralClaim:
    """Say for the member that it gave no such licence: nothing is credited."""
    claim = _claim(actor, claim_id, ANSWER_CLAIM, "refuse")
    claim.reason = _reason(reason)
    claim.answered_at, claim.answered_by_id = actor.clock.now(), actor.person_id
    moved = _moved(actor, claim, "refuse", "bilateral_claim.refused")
    _tell_licensee(actor, moved)
    return moved


@transaction.atomic
def settle_claim(*, actor: Actor, claim_id: UUID, reason: str) -> BilateralClaim:
    """Find a licence shown by the evidence though the member does not answer: a second person of finance does."""
    claim = _claim(actor, claim_id, SETTLE_CLAIM, "settle")
    _require_another(actor, claim)
    claim.reason, claim.without_answer = _reason(reason), True
    _credit(actor, claim)
    moved = _moved(actor, claim, "settle", "bilateral_claim.settled")
    _tell_member(actor, moved)
    _tell_licensee(actor, moved)
    return moved


@transaction.atomic
def withdraw_claim(*, actor: Actor, claim_id: UUID, reason: str) -> BilateralClaim:
    """Withdraw a claim that was not answered: nothing is credited."""
    claim = _claim(actor, claim_id, WITHDRAW_CLAIM, "withdraw")
    claim.reason, claim.withdrawn_at = _reason(reason), actor.clock.now()
    return _moved(actor, claim, "withdraw", "bilateral_claim.withdrawn")


def _claim(actor: Actor, claim_id: UUID, permission: Permission, step: str) -> BilateralClaim:
    """Return a claim that the actor may take a step on, locked; the step is one that starts from its state."""
    claim = get_visible(
        BilateralClaim,
        claim_id,
        actor=actor,
        for_change=True,
        along=["licence__programme__operating_entity", "member__membership"],
    )
    require(actor, permission, claim)
    CLAIM_LIFECYCLE.after(step, current=ClaimState(claim.state))
    return claim


def _reason(text: str) -> str:
    checks = Checks()
    checks.text("reason", text, longest=500)
    checks.refuse()
    return text.strip()


def _credit(actor: Actor, claim: BilateralClaim) -> None:
    claim.answered_at, claim.answered_by_id = actor.clock.now(), actor.person_id
    claim.bilateral = credit_bilateral(
        programme=claim.licence.programme,
        bilateral=NewBilateral(
            licence_id=claim.licence_id, member_id=claim.member_id, starts_on=claim.starts_on, ends_on=claim.ends_on
        ),
    )


def _moved(actor: Actor, claim: BilateralClaim, step: str, event: str) -> BilateralClaim:
    before = ClaimState(claim.state)
    claim.state = CLAIM_LIFECYCLE.after(step, current=before)
    claim.save()
    record_event(event, actor=actor, subject=claim, changes={"state": (before, claim.state)})
    announce(claim.licence, part=claim)
    announce(claim)
    return claim


def _require_another(actor: Actor, claim: BilateralClaim) -> None:
    """Refuse whoever is tied to the same party as those who claimed it and asked: what a third is given is at stake."""
    entity = claim.licence.programme.operating_entity
    place = Place.of(entity)
    require_second_person(SETTLE_DECISION, actor=actor, beside=[claim.claimed_by_id, claim.asked_by_id], place=place)


def _tell_member(actor: Actor, claim: BilateralClaim) -> None:
    """Tell the member that it is asked, or what was decided without it: its part is at stake."""
    organisation = claim.member.membership.organisation_id
    roles = (Role.MEMBER_ADMIN, Role.MEMBER_FINANCE)
    seats = seats_by_organisation(roles, actor=actor, organisations=[organisation])
    _tell(actor, claim, seats[organisation])


def _tell_licensee(actor: Actor, claim: BilateralClaim) -> None:
    organisation = claim.licence.licensee_id
    seats = seats_by_organisation((Role.LICENSEE,), actor=actor, organisations=[organisation])
    _tell(actor, claim, seats[organisation])


def _tell(actor: Actor, claim: BilateralClaim, seats: Sequence[UUID]) -> None:
    kind = f"bilateral_claim.{'settled' if claim.without_answer else claim.state}"
    notify_seats(actor=actor, seats=seats, kind=kind, subject=claim, values={"licence": claim.licence.code})


_PROBLEMS: Final[dict[str, Problem]] = {
    "bilateralclaim_open_once": Conflict("That licence is claimed already: see what comes of it."),
}
