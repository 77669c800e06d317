"""Telling the people of one side what the other side did."""

from collections.abc import Sequence
from uuid import UUID

from licensing.openlicences.models import OpenDeclaration, OpenLicence
from licensing.openlicences.policies import LICENSEE_DESK, OWNER_DESK
from platform_core.access.actors import Actor
from platform_core.identity.roles import Role
from platform_core.notices.selectors import seats_by_organisation
from platform_core.notices.services import notify_seats


def tell_owner(*, actor: Actor, licence: OpenLicence, kind: str) -> None:
    """Tell the owner's people what the licensee did, by the licence's number and its patent."""
    _tell(actor, licence, kind, licence.declaration.owner_id, OWNER_DESK)


def tell_licensee(*, actor: Actor, licence: OpenLicence, kind: str) -> None:
    """Tell the licensee's people what the owner did, or what became of its licence."""
    _tell(actor, licence, kind, licence.licensee_id, LICENSEE_DESK)


def tell_declarant(*, actor: Actor, declaration: OpenDeclaration, kind: str) -> None:
    """Tell the owner's people that something happened which matters to their declaration."""
    seats = seats_by_organisation(OWNER_DESK, actor=actor, organisations=[declaration.owner_id])
    notify_seats(
        actor=actor,
        seats=seats[declaration.owner_id],
        kind=kind,
        subject=declaration,
        values={"patent": declaration.patent.publication},
    )


def _tell(actor: Actor, licence: OpenLicence, kind: str, organisation: UUID, roles: Sequence[Role]) -> None:
    seats = seats_by_organisation(roles, actor=actor, organisations=[organisation])
    notify_seats(
        actor=actor,
        seats=seats[organisation],
        kind=kind,
        subject=licence,
        values={"licence": licence.number, "patent": licence.declaration.patent.publication},
    )
