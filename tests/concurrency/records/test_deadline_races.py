"""Two workers on one day, and people who settle while the day is told: each reminder once, and no one waits forever."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.deadlines.models import Deadline, DeadlineReminder, DeadlineRun
from platform_core.deadlines.policies import DEADLINE_WORK
from platform_core.deadlines.services import run_deadlines, settle_deadlines
from platform_core.identity.models import Alliance, Seat
from platform_core.identity.roles import Role
from platform_core.messaging.models import Message
from platform_core.problems import Conflict
from pools.patents.models import Patent
from pools.patents.services import edit_patent
from pools.upkeep.models import AnnuityPayment
from pools.upkeep.services import follow_alliance, record_payment
from tests.concurrency.waiting import while_it_waits
from tests.factories.core import NOON, actor_of_seat, give_role, make_alliance, make_organisation, make_seat
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Desk:
    """A member whose patent has its fee of year 10 due eight days from now."""

    alliance: Alliance
    seat: Seat
    patent: Patent

    def actor(self, after: timedelta = timedelta(0)) -> Actor:
        return actor_of_seat(self.seat, clock=FixedClock(NOON + after))

    def work(self, after: timedelta = timedelta(0)) -> Actor:
        return Actor.system(DEADLINE_WORK, clock=FixedClock(NOON + after))

    def run(self, after: timedelta = timedelta(0)) -> list[DeadlineRun]:
        return run_deadlines(actor=self.work(after), alliance_id=self.alliance.pk)

    def pay(self) -> AnnuityPayment:
        return record_payment(
            actor=self.actor(), patent_id=self.patent.pk, year=10, paid_on=date(2026, 3, 2), fee_minor=4000_00
        )


@pytest.fixture
def desk() -> Desk:
    alliance = make_alliance("uhd")
    firm = make_organisation("江汉显示有限公司")
    make_membership(alliance, firm, "M1", enters_on=date(2025, 1, 1))
    seat = make_seat(organisation=firm)
    give_role(seat, Role.MEMBER_STAFF)
    patent = make_patent(
        alliance, "CN106844774B", firm, filed_on=date(2017, 3, 10), granted_on=date(2019, 8, 2), right="invention"
    )
    desk = Desk(alliance, seat, patent)
    follow_alliance(actor=desk.work(), alliance_id=alliance.pk)
    assert Deadline.objects.get().due_on == date(2026, 3, 10)
    return desk


def both(*acts: Any) -> list[Any]:
    barrier = Barrier(len(acts))

    def run(act: Any) -> Any:
        try:
            barrier.wait(timeout=30)
            return act()
        except Conflict as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(run, act) for act in acts]]


def test_two_workers_tell_a_day_once(desk: Desk) -> None:
    results = both(desk.run, desk.run)

    assert sorted(len(runs) for runs in results) == [0, 1]
    assert DeadlineRun.objects.count() == 1
    assert list(DeadlineReminder.objects.filter(instead=False).values_list("rung", "people")) == [
        ("owner.due.14", 1),
        ("head.due.14", 0),
    ]
    assert Message.objects.count() == 1


def test_whoever_settles_first_is_not_told_of_it(desk: Desk) -> None:
    deadline = Deadline.objects.get()

    [run] = while_it_waits(lambda: settle_deadlines(actor=desk.actor(), deadline_ids=[deadline.pk]), desk.run)

    assert (run.reminders, run.people) == (0, 0)
    assert not Message.objects.exists()
    # The next year's fee was set with it.
    assert list(Deadline.objects.order_by("due_on").values_list("part", "state")) == [("10", "settled"), ("11", "open")]


def test_what_was_noted_as_missed_meanwhile_can_still_be_settled(desk: Desk) -> None:
    deadline = Deadline.objects.get()
    too_late = timedelta(days=200)

    [settled] = while_it_waits(
        lambda: desk.run(too_late), lambda: settle_deadlines(actor=desk.actor(too_late), deadline_ids=[deadline.pk])
    )

    assert settled.state == "settled"
    assert [event.changes["state"] for event in AuditEvent.objects.filter(name="deadline.settled")] == [
        {"old": "missed", "new": "settled"}
    ]


def test_a_fee_is_paid_once(desk: Desk) -> None:
    results = both(desk.pay, desk.pay)

    assert sorted(type(result).__name__ for result in results) == ["AnnuityPayment", "Conflict"]
    assert AnnuityPayment.objects.count() == 1
    assert Deadline.objects.filter(state="open").count() == 1


def test_paying_editing_settling_and_following_at_once_never_block_each_other_for_good(desk: Desk) -> None:
    deadline = Deadline.objects.get()
    results = both(
        desk.pay,
        lambda: edit_patent(actor=desk.actor(), patent_id=desk.patent.pk, title="显示方法"),
        lambda: follow_alliance(actor=desk.work(), alliance_id=desk.alliance.pk),
        desk.run,
    )

    assert not [result for result in results if isinstance(result, Exception)]
    assert Deadline.objects.get(pk=deadline.pk).state == "settled"
    assert list(Deadline.objects.filter(state="open").values_list("part", flat=True)) == ["11"]
