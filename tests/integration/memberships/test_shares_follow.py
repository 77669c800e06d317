"""What a member's suspension, resumption and end do to its part in pools, in the same step."""

from datetime import date
from uuid import UUID

import pytest

from members.memberships.models import Membership
from members.memberships.moving import StepDetails
from members.memberships.services import leave_alliance, resume_membership, suspend_member
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.identity.roles import Role
from platform_core.problems import Conflict
from pools.composition.models import PoolMember, Withholding
from pools.composition.selectors import bundle_members
from pools.composition.services import NewPoolMember, add_pool_member
from tests.factories.composition import make_pool, make_pool_member
from tests.factories.core import acting, make_alliance, make_organisation
from tests.factories.documents import make_document
from tests.factories.memberships import make_membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def part() -> PoolMember:
    alliance = make_alliance("uhd")
    membership = make_membership(alliance, make_organisation("成员"), "M1", enters_on=date(2025, 1, 1))
    return make_pool_member(make_pool(alliance, "hevc"), membership, enters_on=date(2025, 1, 1))


@pytest.fixture
def secretary(part: PoolMember) -> Actor:
    return acting(Role.SECRETARIAT, alliance=part.pool.alliance)


def step(
    day: date, reason: str = "as decided", shares_from_on: date | None = None, document_id: UUID | None = None
) -> StepDetails:
    return StepDetails(effective_on=day, reason=reason, shares_from_on=shares_from_on, document_id=document_id)


def held(part: PoolMember, last_day: date) -> str:
    row = bundle_members(part.pool_id, last_day=last_day).decode().splitlines()[1]
    return row.split(",")[3]


def test_a_suspended_member_s_money_is_withheld_for_periods_that_end_while_it_lasts(
    part: PoolMember, secretary: Actor
) -> None:
    suspend_member(actor=secretary, membership_id=part.membership_id, details=step(date(2025, 8, 15)))
    resume_membership(actor=secretary, membership_id=part.membership_id, details=step(date(2025, 12, 31)))

    days = [date(2025, 6, 30), date(2025, 8, 14), date(2025, 8, 15), date(2025, 9, 30), date(2025, 12, 31)]
    assert [held(part, day) for day in days] == ["no", "no", "yes", "yes", "no"]
    assert list(AuditEvent.objects.values_list("name", flat=True).order_by("pk")) == [
        "membership.suspended",
        "pool_member.held",
        "membership.resumed",
        "pool_member.released",
    ]


def test_shares_may_follow_from_a_later_day_than_the_step(part: PoolMember, secretary: Actor) -> None:
    suspend_member(
        actor=secretary,
        membership_id=part.membership_id,
        details=step(date(2025, 8, 15), shares_from_on=date(2025, 10, 1)),
    )
    assert [held(part, day) for day in (date(2025, 9, 30), date(2025, 10, 1))] == ["no", "yes"]


def test_a_dispute_goes_on_after_a_suspension(part: PoolMember, secretary: Actor) -> None:
    PoolMember.objects.filter(pk=part.pk).update(held=True)
    suspend_member(actor=secretary, membership_id=part.membership_id, details=step(date(2025, 8, 15)))
    resume_membership(actor=secretary, membership_id=part.membership_id, details=step(date(2025, 9, 1)))
    assert held(part, date(2025, 9, 30)) == "yes"


def test_who_leaves_shares_until_its_first_day_out_and_its_patents_stay(part: PoolMember, secretary: Actor) -> None:
    letter = make_document(part.membership, "letter")
    leave_alliance(
        actor=secretary,
        membership_id=part.membership_id,
        details=step(date(2025, 9, 1), shares_from_on=date(2026, 1, 1), document_id=letter.pk),
    )
    part.refresh_from_db()
    membership = Membership.objects.get(pk=part.membership_id)
    assert (membership.leaves_on, part.leaves_on) == (date(2025, 9, 1), date(2026, 1, 1))


def test_a_part_that_begins_later_stands_in_the_way_and_nothing_changes(part: PoolMember) -> None:
    PoolMember.objects.filter(pk=part.pk).update(enters_on=date(2026, 7, 1))
    member = acting(Role.MEMBER_ADMIN, organisation=part.membership.organisation)
    with pytest.raises(Conflict, match="Change that part first"):
        leave_alliance(actor=member, membership_id=part.membership_id, details=step(date(2026, 4, 1)))
    assert Membership.objects.get(pk=part.membership_id).state == "admitted"
    assert not AuditEvent.objects.exists()


def test_a_suspended_member_that_joins_a_pool_is_withheld_from_the_beginning(
    part: PoolMember, secretary: Actor
) -> None:
    suspend_member(actor=secretary, membership_id=part.membership_id, details=step(date(2025, 8, 15)))
    other = make_pool(part.pool.alliance, "vvc")
    added = add_pool_member(actor=secretary, pool_id=other.pk, member=NewPoolMember(membership_id=part.membership_id))
    assert Withholding.objects.get(member=added).starts_on is None
    resume_membership(actor=secretary, membership_id=part.membership_id, details=step(date(2025, 12, 1)))
    assert Withholding.objects.get(member=added).ends_on == date(2025, 12, 1)
