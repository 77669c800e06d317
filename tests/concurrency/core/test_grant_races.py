"""Giving and taking back at the same moment, by real threads on real connections."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connections, transaction

from platform_core.access.grants import services
from platform_core.access.grants.models import Grant
from platform_core.access.grants.services import grant_access, revoke_grant
from platform_core.access.kernel import can
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import RoleAssignment, Seat
from platform_core.identity.roles import Role
from platform_core.identity.seating import end_role
from pools.patents.models import Patent
from pools.patents.policies import SHARE_PATENT
from tests.concurrency.core.test_races import outcome, together
from tests.concurrency.waiting import wait_until_somebody_waits_for_a_lock
from tests.factories.core import (
    NOON,
    actor_of_seat,
    command_line,
    give_role,
    make_alliance,
    make_organisation,
    make_seat,
)
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner() -> Seat:
    seat = make_seat()
    give_role(seat, Role.MEMBER_ADMIN)
    return seat


@pytest.fixture
def patent(owner: Seat) -> Patent:
    alliance = make_alliance()
    make_membership(alliance, owner.organisation, "A")
    return make_patent(alliance, "CN1B", owner.organisation)


def give(owner: Seat, patent: Patent) -> Grant:
    buyer = make_organisation()
    make_membership(patent.alliance, buyer, f"B{buyer.pk}"[:40])
    return grant_access(
        actor=actor_of_seat(owner),
        subject_type="patents.patent",
        subject_id=patent.pk,
        organisation_id=buyer.pk,
        actions=["patent.read"],
        reason="Talks.",
        ends_at=NOON + timedelta(days=1),
    )


def test_a_grant_is_revoked_once(owner: Seat, patent: Patent) -> None:
    grant = give(owner, patent)
    results = together(
        lambda number: outcome(lambda: revoke_grant(actor=actor_of_seat(owner), grant_id=grant.pk, reason="Over."))
    )
    assert sorted(results) == ["done"] + ["wrong_state"] * (len(results) - 1)
    assert AuditEvent.objects.filter(name="grant.revoked").count() == 1


def test_two_who_give_to_each_other_at_once_both_do(
    owner: Seat, patent: Patent, monkeypatch: pytest.MonkeyPatch
) -> None:
    colleague = make_seat(organisation=owner.organisation)
    give_role(colleague, Role.MEMBER_ADMIN)
    both = threading.Barrier(2)
    policy_for = services._policy_for

    def meet(subject_type: str) -> object:
        # Where each has locked what it begins with; who waits for the other's lock does not come here in time.
        with suppress(threading.BrokenBarrierError):
            both.wait(1)
        return policy_for(subject_type)

    monkeypatch.setattr(services, "_policy_for", meet)

    def assign(number: int) -> str:
        giver, taker = (owner, colleague) if number else (colleague, owner)
        return outcome(
            lambda: grant_access(
                actor=actor_of_seat(giver),
                subject_type="patents.patent",
                subject_id=patent.pk,
                seat_id=taker.pk,
                actions=["patent.read"],
                reason="Talks.",
                ends_at=NOON + timedelta(days=1),
            )
        )

    assert together(assign, threads=2) == ["done", "done"]
    assert Grant.objects.count() == 2


def test_a_grant_waits_for_the_end_of_its_grantors_role_and_is_then_refused(owner: Seat, patent: Patent) -> None:
    actor = actor_of_seat(owner)
    role = RoleAssignment.objects.get(seat=owner)
    buyer = make_organisation()
    make_membership(patent.alliance, buyer, "B")

    def act() -> str:
        try:
            return outcome(
                lambda: grant_access(
                    actor=actor,
                    subject_type="patents.patent",
                    subject_id=patent.pk,
                    organisation_id=buyer.pk,
                    actions=["patent.read"],
                    reason="Quickly, before they notice.",
                    ends_at=NOON + timedelta(days=1),
                )
            )
        finally:
            connections.close_all()

    ended, go_on = threading.Event(), threading.Event()

    def end() -> None:
        try:
            with transaction.atomic():
                end_role(actor=command_line(), assignment_id=role.pk)
                ended.set()
                assert go_on.wait(10)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        ending = pool.submit(end)
        assert ended.wait(10)
        assert can(actor, SHARE_PATENT, patent), "as its request began, and as others still see it"
        giving = pool.submit(act)
        wait_until_somebody_waits_for_a_lock()
        assert not giving.done()
        go_on.set()
        ending.result(10)
        assert giving.result(10) == "not_found"
    assert not Grant.objects.exists()
    assert not AuditEvent.objects.filter(name="grant.given").exists()


def test_many_grants_on_one_object_at_once_are_all_given(owner: Seat, patent: Patent) -> None:
    assert together(lambda number: outcome(lambda: give(owner, patent)), 4) == ["done"] * 4
    assert Grant.objects.count() == 4
