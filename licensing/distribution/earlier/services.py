"""Carrying over what was given out of periods before a programme was distributed here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from licensing.close.calculation import read_payee
from licensing.close.models import PayeeKind
from licensing.distribution.earlier.models import EarlierShare
from licensing.distribution.earlier.policies import CARRY_SHARES
from licensing.distribution.lifecycle import DistributionStatus
from licensing.distribution.models import DistributionRun
from licensing.terms.models import Programme
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.problems import Conflict, invalid
from platform_core.realtime.services import announce


@dataclass(frozen=True, slots=True)
class NewEarlierShare:
    """What a payee, written as a close writes it, was given of a period, in minor units."""

    period: str
    payee: str
    amount_minor: int


@transaction.atomic
def carry_shares(*, actor: Actor, programme_id: UUID, shares: Sequence[NewEarlierShare]) -> list[EarlierShare]:
    """Carry over what payees were given of periods before; distributions here give out what is beyond it.

    Refused once the programme has a distribution here, which was worked out without. What is taken back is carried
    with the sign turned.
    """
    programme = get_visible(Programme, programme_id, actor=actor, for_change=True)
    require(actor, CARRY_SHARES, programme)
    if DistributionRun.objects.filter(programme=programme).exclude(status=DistributionStatus.CANCELLED).exists():
        raise Conflict("This programme has a distribution here, which was worked out without what was given before.")
    members = dict(Membership.objects.filter(alliance=programme.alliance_id).values_list("code", "pk"))
    made = [
        EarlierShare(
            programme=programme,
            period=each.period,
            payee=each.payee,
            kind=kind,
            membership_id=membership,
            amount_minor=each.amount_minor,
            at=actor.clock.now(),
            user_id=actor.user_id,
        )
        for each in shares
        for kind, membership in [_kind_of(each.payee, members)]
    ]
    EarlierShare.objects.bulk_create(made)
    record_event("programme.shares_carried", actor=actor, subject=programme, changes={"shares": (None, len(made))})
    announce(programme)
    return made


def _kind_of(payee: str, members: Mapping[str, UUID]) -> tuple[PayeeKind, UUID | None]:
    told = read_payee(payee)
    if told.member and told.member not in members:
        raise invalid("/shares", "unknown_member", f"The alliance has no member {told.member}.")
    return PayeeKind(told.kind), members[told.member] if told.member else None
