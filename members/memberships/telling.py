"""Whom the steps of a membership are told to: the office that something waits for it, the member what became of it."""

from uuid import UUID

from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.identity.roles import Role
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import notify_seats


def tell_office(actor: Actor, membership: Membership, event: str) -> None:
    """Tell the alliance's office of an application."""
    seats = seats_holding(Role.SECRETARIAT, actor=actor, alliance=membership.alliance_id)
    _tell(actor, membership, event, seats)


def tell_member(actor: Actor, membership: Membership, event: str) -> None:
    """Tell the administrators of the organisation what became of its membership."""
    _tell(
        actor,
        membership,
        event,
        seats_holding(Role.MEMBER_ADMIN, actor=actor, organisation=membership.organisation_id),
    )


def _tell(actor: Actor, membership: Membership, event: str, seats: list[UUID]) -> None:
    values = {"alliance": membership.alliance.code, "organisation": str(membership.organisation)}
    notify_seats(actor=actor, seats=seats, kind=event, subject=membership, values=values)
