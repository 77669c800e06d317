"""What every step of a membership has in common: its day, its paper, its place in the history, and its news."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from members.memberships.events import membership_moved
from members.memberships.lifecycle import MEMBERSHIP_LIFECYCLE, is_over
from members.memberships.models import Membership, MembershipState, MembershipStep, StepKind
from members.memberships.policies import READ_MEMBERSHIP
from members.memberships.selectors import get_membership
from members.memberships.telling import tell_member
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.access.registry import Permission
from platform_core.audit.services import Change, record_event
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.conflicts.limits import tell_those_apart
from platform_core.documents.models import Document
from platform_core.documents.selectors import documents
from platform_core.identity.events import RIGHTS_CHANGED
from platform_core.identity.models import Seat
from platform_core.problems import Conflict, WrongState
from platform_core.realtime.services import announce

_EVENTS: Final = {
    StepKind.REVIEW: "membership.review_started",
    StepKind.ADMISSION: "membership.admitted",
    StepKind.REFUSAL: "membership.refused",
    StepKind.WITHDRAWAL: "membership.withdrawn",
    StepKind.SUSPENSION: "membership.suspended",
    StepKind.RESUMPTION: "membership.resumed",
    StepKind.DEPARTURE: "membership.ended",
    StepKind.EXPULSION: "membership.expelled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDetails:
    """From which day a step holds (today if not told), from which day shares follow, why, and on which paper."""

    effective_on: date | None = None
    shares_from_on: date | None = None
    reason: str = ""
    document_id: UUID | None = None


def begin_step(
    actor: Actor, membership_id: UUID, kind: StepKind, permission: Permission, details: StepDetails, *, reasoned: bool
) -> tuple[Membership, MembershipStep]:
    """Lock a membership, see that the step may be taken, and return both with the step not yet saved."""
    membership = get_membership(membership_id, actor=actor, for_change=True)
    require(actor, permission, membership)
    after = MEMBERSHIP_LIFECYCLE.after(kind.value, current=MembershipState(membership.state))
    now = today(actor.clock, membership.alliance.zone)
    if is_over(membership, now):
        raise WrongState(f"The membership ended on {membership.leaves_on}.")
    effective = details.effective_on or now
    shares_from = details.shares_from_on or effective

    checks = Checks()
    checks.text("reason", details.reason, needed=reasoned, longest=500)
    checks.days("shares_from_on", effective, shares_from, same_allowed=True)
    # Notice that was given for a later day keeps nothing from happening before it.
    held = membership.steps.exclude(kind=StepKind.DEPARTURE, effective_on__gt=now)
    last, newest = (steps.order_by("-number").first() for steps in (held, membership.steps))
    if last is not None and last.effective_on is not None and effective < last.effective_on:
        checks.wrong(
            "effective_on",
            "before_the_last_step",
            f"The last step holds from {last.effective_on}: this one cannot hold from an earlier day.",
        )
    checks.refuse()
    step = MembershipStep(
        membership=membership,
        number=(newest.number if newest else 0) + 1,
        kind=kind,
        state_after=after,
        effective_on=effective,
        shares_from_on=shares_from,
        reason=details.reason.strip(),
        document=paper_of(actor, membership, details.document_id),
    )
    return membership, step


def paper_of(actor: Actor, membership: Membership, document_id: UUID | None) -> Document | None:
    """Return a paper that hangs on the membership; one that hangs elsewhere proves nothing here."""
    if document_id is None:
        return None
    label = Membership._meta.label_lower
    found = documents(actor=actor).filter(pk=document_id, subject_type=label, subject_id=membership.pk).first()
    if found is None:
        raise Conflict("Attach the paper to this membership first, then name it here.")
    return found


def finish_step(
    actor: Actor, membership: Membership, step: MembershipStep, *, columns: Mapping[str, object] | None = None
) -> Membership:
    """Save what a step does to its membership, put it into the history, and tell who must care."""
    changes: dict[str, Change] = {"state": (membership.state, step.state_after)}
    for column, new in (columns or {}).items():
        old = getattr(membership, column)
        if new != old:
            changes[column] = (old, new)
            setattr(membership, column, new)
    membership.state = step.state_after
    membership.save(update_fields=["state", *(columns or {})])
    save_step(actor, step)
    changes["effective_on"] = (None, step.effective_on)
    changes["reason"] = (None, step.reason)
    record_event(_EVENTS[StepKind(step.kind)], actor=actor, subject=membership, changes=changes)
    membership_moved.tell(actor, membership, step)
    announce(membership, to=READ_MEMBERSHIP)
    tell_member(actor, membership, _EVENTS[StepKind(step.kind)])
    tell_rights(membership)
    return membership


def save_step(actor: Actor, step: MembershipStep) -> None:
    """Put a step into the history, with who recorded it."""
    step.at = actor.clock.now()
    step.user_id = actor.user_id
    step.seat_id = actor.seat_id
    step.organisation_id = actor.organisation_id
    step.save(force_insert=True)


def tell_rights(membership: Membership) -> None:
    """Have those asked again who may see more or less now: the organisation's seats, and who stands apart from it."""
    seats = Seat.objects.filter(organisation=membership.organisation_id, ended_at=None)
    RIGHTS_CHANGED.tell(list(seats.values_list("pk", flat=True)))
    tell_those_apart(membership.alliance_id)
