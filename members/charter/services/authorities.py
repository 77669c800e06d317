"""Recording by which letter a seat may bind its organisation."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction

from members.charter.models import BindingAct, SeatAuthority
from members.charter.policies import END_SEAT_AUTHORITY, RECORD_AUTHORITY
from members.memberships.moving import paper_of
from members.memberships.selectors import get_membership
from platform_core.access.actors import Actor, ActorKind
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.identity.models import Seat
from platform_core.problems import Conflict, NotAllowed, WrongState, invalid
from platform_core.realtime.services import announce


@transaction.atomic
def record_authority(
    *,
    actor: Actor,
    membership_id: UUID,
    seat_id: UUID,
    acts: Collection[BindingAct],
    title: str,
    letter_id: UUID,
    starts_on: date,
    ends_on: date | None = None,
) -> SeatAuthority:
    """Record that a seat of a member may bind it, to which acts and between which days, by a letter on file."""
    membership = get_membership(membership_id, actor=actor, for_change=True)
    require(actor, RECORD_AUTHORITY, membership)
    checks = Checks()
    checks.text("title", title, longest=120)
    checks.days("ends_on", starts_on, ends_on)
    if not acts:
        checks.wrong("acts", "required", "Name what the seat may bind the member to.")
    checks.refuse()
    # Where another alliance is concerned too, the office sees the seats that brought it papers.
    open_seats = Seat.objects.visible_to(actor).filter(organisation=membership.organisation_id, ended_at=None)
    seat = open_seats.filter(pk=seat_id).first()
    if seat is None:
        raise invalid(
            "/seat_id",
            "unknown",
            "This is no open seat of the member that you may see: let whom the letter names attach it.",
        )
    if actor.kind is ActorKind.USER and seat.user_id == actor.user_id:
        raise NotAllowed("Nobody records an authority of their own: ask a colleague.")
    letter = paper_of(actor, membership, letter_id)
    if letter is None:
        raise Conflict("Attach the letter of authority to the membership first.")
    authority = SeatAuthority.objects.create(
        seat=seat,
        membership=membership,
        acts=sorted(act.value for act in set(acts)),
        title=title.strip(),
        letter=letter,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_at=actor.clock.now(),
        recorded_by_id=actor.user_id,
    )
    record_event(
        "seat_authority.recorded",
        actor=actor,
        subject=authority,
        changes={"acts": (None, authority.acts), "seat": (None, seat), "letter": (None, letter.sha256)},
    )
    announce(membership, part=authority)
    return authority


@transaction.atomic
def end_authority(*, actor: Actor, authority_id: UUID, ends_on: date | None = None) -> SeatAuthority:
    """End a seat's authority today or on a later day; what was signed by it stays signed."""
    authority = get_visible(SeatAuthority, authority_id, actor=actor, for_change=True)
    require(actor, END_SEAT_AUTHORITY, authority)
    day = today(actor.clock, authority.membership.alliance.zone)
    end = ends_on or day
    if authority.ends_on is not None and authority.ends_on <= day:
        raise WrongState("This authority has ended already.")
    if end < day:
        raise invalid("/ends_on", "past", "An authority cannot be ended in the past.")
    until, authority.ends_on = authority.ends_on, max(end, authority.starts_on)
    authority.save(update_fields=["ends_on"])
    record_event(
        "seat_authority.ended", actor=actor, subject=authority, changes={"ends_on": (until, authority.ends_on)}
    )
    announce(authority.membership, part=authority)
    return authority
