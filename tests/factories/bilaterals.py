"""Claims that a licensee holds a licence from a member."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from licensing.agreements.models import BilateralLicence, Licence
from licensing.bilaterals.models import BilateralClaim, ClaimState
from pools.composition.models import PoolMember
from tests.factories.core import NOON, make_user
from tests.factories.documents import make_document

if TYPE_CHECKING:
    from tests.factories.world import World


def make_claim(
    licence: Licence, member: PoolMember, state: ClaimState = ClaimState.CLAIMED, **columns: object
) -> BilateralClaim:
    """A claim as a bare row with its evidence; a member that is asked was asked longer ago than it may be silent."""
    claim = BilateralClaim.objects.create(
        **{
            "licence": licence,
            "member": member,
            "starts_on": date(2025, 1, 1),
            "stands_in": "Contract of 2024, clause 3",
            "claimed_at": NOON - timedelta(days=50),
            "claimed_by": make_user(),
            **columns,
        }
    )
    make_document(claim, "contract")
    if state != ClaimState.CLAIMED:
        claim.asked_at, claim.asked_by = NOON - timedelta(days=40), make_user()
        claim.state = state
    if state == ClaimState.CONFIRMED:
        claim.answered_at, claim.answered_by = NOON, make_user()
        claim.bilateral = BilateralLicence.objects.create(
            licence=licence, member=member, starts_on=claim.starts_on, ends_on=claim.ends_on
        )
    claim.save()
    return claim


def populate(world: "World") -> None:
    """Have each outside licensee claim a licence from a member of the pool, and ask the member for another."""
    for alliance in world.alliances:
        licence = Licence.objects.filter(programme__alliance=alliance, code="L1").earliest("pk")
        member = PoolMember.objects.filter(pool=licence.programme.pool).earliest("pk")
        make_claim(licence, member)
        make_claim(licence, member, ClaimState.ASKED, starts_on=date(2025, 2, 1))
        make_claim(licence, member, ClaimState.CONFIRMED, starts_on=date(2025, 3, 1))
