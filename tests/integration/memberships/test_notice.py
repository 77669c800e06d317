"""Who gave notice is a member until its day, and may be suspended or expelled like any other."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from members.memberships.calculation import state_on
from members.memberships.models import Membership, MembershipRules
from members.memberships.moving import StepDetails
from members.memberships.selectors import allowed_steps, standing_of
from members.memberships.services import (
    expel_member,
    leave_alliance,
    resume_membership,
    set_membership_rules,
    suspend_member,
)
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.identity.roles import Role
from platform_core.problems import InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories.core import NOON, acting, make_alliance, make_organisation
from tests.factories.documents import make_document
from tests.factories.memberships import make_membership

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)
OUT = date(2026, 12, 1)


@pytest.fixture
def membership() -> Membership:
    return make_membership(make_alliance(), make_organisation("成员"), "M1")


@pytest.fixture
def member(membership: Membership) -> Actor:
    return acting(Role.MEMBER_ADMIN, organisation=membership.organisation)


@pytest.fixture
def secretary(membership: Membership) -> Actor:
    return acting(Role.SECRETARIAT, alliance=membership.alliance)


def leave(actor: Actor, membership: Membership, day: date = OUT, **given: Any) -> Membership:
    details = StepDetails(effective_on=day, **given)
    return leave_alliance(actor=actor, membership_id=membership.pk, details=details)


@pytest.mark.parametrize(
    ("day", "shares", "wrong"),
    [
        (date(2099, 12, 31), None, "/effective_on"),
        (TODAY + timedelta(days=367), None, "/effective_on"),
        (TODAY - timedelta(days=1), None, "/effective_on"),
        (TODAY, date(2099, 12, 31), "/shares_from_on"),
    ],
)
def test_a_member_chooses_no_day_that_is_not_its_own_to_choose(
    membership: Membership, member: Actor, day: date, shares: date | None, wrong: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        leave(member, membership, day, shares_from_on=shares)
    assert [error.pointer for error in refused.value.errors] == [wrong]
    membership.refresh_from_db()
    assert (membership.state, membership.leaves_on) == ("admitted", None)
    assert not AuditEvent.objects.exists()


def test_the_rules_of_the_alliance_say_how_far_ahead_a_member_leaves(membership: Membership, member: Actor) -> None:
    def set_notice(days: int, actor: Actor) -> MembershipRules:
        return set_membership_rules(
            actor=actor,
            alliance_id=membership.alliance_id,
            admission_needs_second_person=True,
            longest_notice_days=days,
            reason="Article 9",
        )

    administrator = acting(Role.SITE_ADMIN)
    for days in (0, -1, 3661):
        with pytest.raises(InvalidInput) as refused:
            set_notice(days, administrator)
        assert [error.pointer for error in refused.value.errors] == ["/longest_notice_days"]
    with pytest.raises((NotAllowed, NotFound)):
        set_notice(90, member)
    assert not MembershipRules.objects.exists()
    assert not AuditEvent.objects.exists()

    # Another alliance's rules are nothing to this one.
    MembershipRules.objects.create(alliance=make_alliance(), reason="Article 1", longest_notice_days=1)
    set_notice(90, administrator)
    set_notice(30, administrator)
    changes = [event.changes["longest_notice_days"] for event in AuditEvent.objects.order_by("pk")]
    assert changes == [{"old": 366, "new": 90}, {"old": 90, "new": 30}]
    with pytest.raises(InvalidInput, match="Leave between 2026-03-02 and 2026-04-01"):
        leave(member, membership, TODAY + timedelta(days=31))
    assert leave(member, membership, TODAY + timedelta(days=30)).leaves_on == date(2026, 4, 1)


def test_the_database_keeps_the_notice_within_bounds(membership: Membership) -> None:
    for days in (0, 3661):
        with pytest.raises(IntegrityError, match="notice_of_some_length"), transaction.atomic():
            MembershipRules.objects.create(alliance=membership.alliance, reason="x", longest_notice_days=days)


def test_the_office_records_what_was_agreed_on_a_letter(membership: Membership, secretary: Actor) -> None:
    letter = make_document(membership, "letter")
    done = leave(secretary, membership, date(2029, 1, 1), shares_from_on=date(2030, 1, 1), document_id=letter.pk)
    assert (done.state, done.leaves_on) == ("left", date(2029, 1, 1))


def test_who_gave_notice_is_expelled_before_its_day(membership: Membership, member: Actor, secretary: Actor) -> None:
    leave(member, membership)
    assert allowed_steps([membership_now(membership)], actor=secretary)[membership.pk] == ["suspension", "expulsion"]
    decision = make_document(membership, "decision")
    done = expel_member(
        actor=secretary,
        membership_id=membership.pk,
        details=StepDetails(reason="Sold patents", document_id=decision.pk),
    )
    assert (done.state, done.leaves_on) == ("expelled", TODAY)
    assert standing_of(done, actor=secretary) == "expelled"


def test_who_gave_notice_is_suspended_and_leaves_on_its_day_all_the_same(
    membership: Membership, member: Actor, secretary: Actor
) -> None:
    leave(member, membership)
    done = suspend_member(actor=secretary, membership_id=membership.pk, details=StepDetails(reason="Fees unpaid"))
    assert (done.state, done.leaves_on) == ("suspended", OUT)
    done = resume_membership(actor=secretary, membership_id=membership.pk, details=StepDetails(reason="Fees paid"))
    assert (done.state, done.leaves_on, standing_of(done, actor=secretary)) == ("admitted", OUT, "admitted")


def test_who_is_out_is_neither_suspended_nor_expelled(membership: Membership, member: Actor) -> None:
    leave(member, membership, TODAY)
    secretary = acting(Role.SECRETARIAT, alliance=membership.alliance, clock=FixedClock(NOON + timedelta(days=1)))
    assert allowed_steps([membership_now(membership)], actor=secretary)[membership.pk] == []
    with pytest.raises(WrongState, match="ended on 2026-03-02"):
        suspend_member(actor=secretary, membership_id=membership.pk, details=StepDetails(reason="Too late"))


def test_a_later_step_may_hold_from_an_earlier_day() -> None:
    given = [("admitted", None), ("left", OUT), ("suspended", TODAY)]
    assert [state_on(day, given) for day in (date(2026, 1, 1), TODAY, OUT)] == ["admitted", "suspended", "left"]
    assert state_on(OUT, [("admitted", None), ("left", OUT), ("expelled", TODAY)]) == "expelled"


def membership_now(membership: Membership) -> Membership:
    return Membership.objects.select_related("alliance").get(pk=membership.pk)
