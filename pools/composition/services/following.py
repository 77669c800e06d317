"""What happens to parts in pools when a membership is suspended, taken up again, or ends."""

from datetime import date

from django.db.models import Q

from members.memberships.models import Membership, MembershipState, MembershipStep
from platform_core.access.actors import Actor
from platform_core.audit.services import record_event
from platform_core.problems import Conflict
from platform_core.realtime.services import announce
from pools.composition.models import PoolMember, Withholding
from pools.composition.policies import READ_POOL_MEMBER


def follow_membership(actor: Actor, membership: Membership, step: MembershipStep) -> None:
    """Have a member's parts in all pools follow its membership, from the day that the step names for shares."""
    day = step.shares_from_on
    if day is None or step.state_after in (MembershipState.APPLIED, MembershipState.UNDER_REVIEW):
        return
    # In the order of their ids, so that two steps of members with the same pools wait for each other.
    parts = list(
        PoolMember.objects.select_for_update(of=("self",), no_key=True)
        .filter(membership=membership)
        .select_related("pool")
        .order_by("id")
    )
    for part in parts:
        if step.state_after == MembershipState.SUSPENDED:
            _withhold(actor, part, day, step)
        elif step.state_after == MembershipState.ADMITTED:
            _release(actor, part, day, step)
        elif step.state_after in (MembershipState.LEFT, MembershipState.EXPELLED):
            _end(actor, part, day)


def _withhold(actor: Actor, part: PoolMember, day: date, step: MembershipStep) -> None:
    Withholding.objects.create(member=part, starts_on=day, reason=step.reason)
    record_event(
        "pool_member.held",
        actor=actor,
        subject=part,
        changes={"held": (part.held, True), "from": (None, day), "reason": (None, step.reason)},
    )
    announce(part)


def _release(actor: Actor, part: PoolMember, day: date, step: MembershipStep) -> None:
    open_ones = Withholding.objects.filter(Q(ends_on=None) | Q(ends_on__gt=day), member=part)
    for row in open_ones.select_for_update().order_by("id"):
        row.ends_on = day if row.starts_on is None else max(day, row.starts_on)
        row.save(update_fields=["ends_on"])
        record_event(
            "pool_member.released",
            actor=actor,
            subject=part,
            changes={"held": (True, part.held), "from": (None, day), "reason": (None, step.reason)},
        )
        announce(part)


def _end(actor: Actor, part: PoolMember, day: date) -> None:
    """End a part; the patents stay in the pool, since licences granted under it go on to their end."""
    if part.leaves_on is not None and part.leaves_on <= day:
        return
    if part.enters_on is not None and part.enters_on >= day:
        raise Conflict(
            f"The member's part in the pool “{part.pool.name}” begins on {part.enters_on}, not before that day. "
            "Change that part first."
        )
    until, part.leaves_on = part.leaves_on, day
    part.save(update_fields=["leaves_on"])
    record_event("pool_member.ended", actor=actor, subject=part, changes={"leaves_on": (until, day)})
    announce(part, to=READ_POOL_MEMBER)
