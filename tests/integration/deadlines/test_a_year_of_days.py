"""A year of days: each reminder once, nothing lost while the worker is down, and the day's work told."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest

from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.deadlines.lifecycle import DeadlineState
from platform_core.deadlines.models import Deadline, DeadlineReminder, DeadlineRun
from platform_core.deadlines.policies import DEADLINE_WORK
from platform_core.deadlines.services import (
    Duty,
    defer_runs,
    run_deadlines,
    set_deadlines,
    settle_deadlines,
)
from platform_core.identity.models import Alliance, Seat
from platform_core.identity.roles import Role
from platform_core.jobs.models import Job
from platform_core.messaging.models import Message
from platform_core.notices.models import Notice
from pools.patents.models import Patent
from pools.upkeep.kinds import ANNUITY
from tests.factories.core import actor_of_seat, give_role, make_alliance, make_organisation, make_seat
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent

pytestmark = pytest.mark.django_db

FIRST = date(2026, 1, 1)
BEFORE_ALL = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass
class Desk:
    """An alliance in China with a member that keeps patents, its people, and the office."""

    alliance: Alliance
    worker: Seat
    head: Seat
    office: Seat
    patents: list[Patent]

    def at(self, day: date) -> Actor:
        """The work on a day, after seven in the morning in Shanghai."""
        return Actor.system(DEADLINE_WORK, clock=clock_on(day))

    def run(self, day: date) -> list[DeadlineRun]:
        return run_deadlines(actor=self.at(day), alliance_id=self.alliance.pk)

    def set(self, day: date, *due: date, grace: int = 184) -> list[Deadline]:
        patents = self.patents[: len(due)]
        set_deadlines(
            actor=self.at(day),
            alliance_id=self.alliance.pk,
            kind=ANNUITY,
            subjects=[patent.pk for patent in patents],
            duties=[
                Duty(
                    subject_id=patent.pk,
                    organisation_id=self.worker.organisation_id,
                    part="7",
                    due_on=on,
                    last_day=on + timedelta(days=grace),
                    title=patent.publication,
                    values={"year": "7"},
                )
                for patent, on in zip(patents, due, strict=True)
            ],
        )
        return list(Deadline.objects.order_by("due_on", "title"))


def clock_on(day: date, hour: int = 9) -> FixedClock:
    return FixedClock(datetime.combine(day, time(hour - 8), UTC))


def seat_with(role: Role, organisation: object, **scope: Alliance) -> Seat:
    seat = make_seat(organisation=organisation)  # type: ignore[arg-type]  # an organisation
    give_role(seat, role, starts_at=BEFORE_ALL, **scope)  # type: ignore[arg-type]  # an alliance
    return seat


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    # The deadlines of these tests are set by hand; what rooms would make of the patents has tests of its own.
    monkeypatch.setattr("platform_core.deadlines.events._preparations", [])
    monkeypatch.setattr("platform_core.deadlines.events.deadlines_moved_on._subscribers", [])
    alliance = make_alliance("uhd")
    firm = make_organisation("江汉显示有限公司", name_en="Jianghan Display")
    make_membership(alliance, firm, "M1", enters_on=date(2025, 1, 1))
    return Desk(
        alliance,
        worker=seat_with(Role.MEMBER_STAFF, firm),
        head=seat_with(Role.MEMBER_ADMIN, firm),
        office=seat_with(Role.SECRETARIAT, make_organisation("协会"), alliance=alliance),
        patents=[make_patent(alliance, f"CN10000000{number}B", firm) for number in range(3)],
    )


def days(first: date, number: int) -> list[date]:
    return [first + timedelta(days=offset) for offset in range(number)]


def told(seat: Seat) -> list[tuple[str, str]]:
    """What a seat was told, with the day in Shanghai."""
    rows = Notice.objects.filter(seat=seat).order_by("at", "pk")
    return [(f"{row.at + timedelta(hours=8):%m-%d}", row.kind) for row in rows]


def test_in_a_year_each_reminder_is_told_once_and_what_is_missed_is_missed_once(desk: Desk) -> None:
    desk.set(FIRST, date(2026, 5, 11), date(2026, 8, 3), date(2026, 12, 20))

    for day in days(FIRST, 365):
        assert len(desk.run(day)) == 1
        if day.day == 1:
            assert desk.run(day) == []

    rungs = Counter(DeadlineReminder.objects.values_list("deadline", "rung", "counted_from"))
    assert set(rungs.values()) == {1}
    early, late, last = Deadline.objects.order_by("due_on")
    of_early = DeadlineReminder.objects.filter(deadline=early)
    assert sorted(of_early.values_list("rung", flat=True)) == sorted(rung.code for rung in ANNUITY.ladder)
    assert not of_early.filter(instead=True).exists()
    assert [row.sent_on - row.fell_on for row in of_early] == [timedelta(0)] * len(ANNUITY.ladder)
    assert (early.state, late.state, last.state) == ("missed", "open", "open")
    assert AuditEvent.objects.filter(name="deadline.missed").count() == 1

    assert DeadlineRun.objects.count() == 365
    on_the_day = DeadlineRun.objects.get(day=date(2026, 11, 12))
    assert (on_the_day.missed, on_the_day.reminders, on_the_day.people) == (1, 3, 3)
    assert on_the_day.open == 2
    # Once a fee is late, and when the right is about to be lost, and when it is.
    assert told(desk.office) == [
        ("05-12", "deadline.due"),
        ("08-04", "deadline.due"),
        ("10-12", "deadline.due"),
        ("11-04", "deadline.due"),
        ("11-10", "deadline.due"),
        ("11-12", "deadline.missed"),
        ("12-21", "deadline.due"),
    ]


def test_a_worker_that_is_down_for_a_week_loses_nothing_and_tells_each_only_once(desk: Desk) -> None:
    # Falling due so that 14 and 7 days before lie within the week, for one of them both.
    one, other, _ = desk.set(FIRST, date(2026, 3, 15), date(2026, 3, 20), date(2026, 6, 30))
    for day in days(FIRST, 59):
        desk.run(day)
    before = DeadlineReminder.objects.count()

    back = date(2026, 3, 9)
    runs = desk.run(back)

    assert [(run.day, run.caught_up) for run in runs] == [
        *((day, True) for day in days(date(2026, 3, 1), 8)),
        (back, False),
    ]
    sent = DeadlineReminder.objects.order_by("pk")[before:]
    assert sorted((row.deadline_id == one.pk, row.rung, f"{row.fell_on:%m-%d}", row.instead) for row in sent) == [
        (False, "head.due.14", "03-06", False),
        (False, "owner.due.14", "03-06", False),
        (True, "head.due.14", "03-01", False),
        (True, "owner.due.14", "03-01", True),
        (True, "owner.due.7", "03-08", False),
    ]
    by_day = {run.day: (run.reminders, run.taken_together, run.people) for run in runs}
    assert by_day[date(2026, 3, 1)] == (1, 1, 0)
    assert by_day[date(2026, 3, 6)] == (2, 0, 0)
    assert by_day[date(2026, 3, 8)] == (1, 0, 0)
    assert by_day[back] == (0, 0, 2)
    assert [row for row in told(desk.worker) if row[0] > "03-01"] == [("03-09", "deadline.due")] * 2
    assert other.state == "open"
    assert desk.run(back) == []


def test_what_comes_on_record_late_is_told_at_once_and_what_moves_is_told_anew(desk: Desk) -> None:
    [row] = desk.set(FIRST, date(2026, 1, 6))
    [run] = desk.run(FIRST)
    assert (run.reminders, run.taken_together, run.unreached) == (2, 4, 0)
    assert told(desk.worker) == [("01-01", "deadline.due")]

    [moved] = desk.set(FIRST, date(2026, 4, 2))
    assert moved.pk == row.pk
    assert AuditEvent.objects.get(name="deadline.moved").changes["due_on"] == {"old": "2026-01-06", "new": "2026-04-02"}
    desk.run(date(2026, 1, 2))
    assert told(desk.worker)[1:] == [("01-02", "deadline.due")]
    sent = DeadlineReminder.objects.filter(counted_from=date(2026, 4, 2), instead=False)
    assert [row.rung for row in sent] == ["owner.due.90"]


def test_a_person_has_one_message_a_day_however_many_deadlines_there_are(desk: Desk) -> None:
    desk.worker.user.language = "en"
    desk.worker.user.save(update_fields=["language"])
    desk.set(FIRST, date(2026, 1, 8), date(2026, 1, 31), date(2026, 1, 31))
    desk.run(FIRST)

    message = Message.objects.get(user=desk.worker.user)
    values = json.loads(message.values)
    assert values["count"] == "3"
    assert values["first"] == "2026-01-08"
    assert values["lines"].split("\n")[0] == "2026-01-08 (7 days left) Pay the annuity of year 7 · CN100000000B"
    assert Notice.objects.filter(seat=desk.worker).count() == 3
    in_chinese = json.loads(Message.objects.get(user=desk.head.user).values)
    assert in_chinese["lines"].split("\n")[0] == "2026-01-08（剩 7 天）缴纳第 7 年年费 · CN100000000B"


def test_where_nobody_is_there_to_hear_it_the_office_does(desk: Desk) -> None:
    for seat in (desk.worker, desk.head):
        seat.user.is_active = False
        seat.user.save(update_fields=["is_active"])
    desk.set(FIRST, date(2026, 1, 31))

    [run] = desk.run(FIRST)

    assert (run.reminders, run.unreached, run.people) == (1, 1, 1)
    assert told(desk.office) == [("01-01", "deadline.due")]
    assert DeadlineReminder.objects.get(instead=False).people == 0


def test_whoever_is_responsible_hears_it_alone_as_long_as_it_is_theirs_to_see(desk: Desk) -> None:
    other = make_seat(organisation=desk.worker.organisation)
    give_role(other, Role.MEMBER_STAFF, starts_at=BEFORE_ALL, ends_at=datetime(2026, 1, 20, tzinfo=UTC))
    [row] = desk.set(FIRST, date(2026, 1, 31))
    Deadline.objects.filter(pk=row.pk).update(responsible=other)

    desk.run(FIRST)
    assert told(other) == [("01-01", "deadline.due")]
    assert told(desk.worker) == []

    # By then the seat has no role any more: the people of the roles hear it, as if nobody were responsible.
    desk.run(date(2026, 1, 24))
    assert told(other) == [("01-01", "deadline.due")]
    assert told(desk.worker) == [("01-24", "deadline.due")]
    assert told(desk.office) == []


def test_what_is_settled_is_told_no_more_and_a_day_has_its_row_all_the_same(desk: Desk) -> None:
    [row] = desk.set(FIRST, date(2026, 1, 31))
    settled = settle_deadlines(
        actor=actor_of_seat(desk.worker, clock=clock_on(FIRST)), deadline_ids=[row.pk], note="转账 1 月 1 日"
    )
    assert [(one.state, one.note) for one in settled] == [(DeadlineState.SETTLED, "转账 1 月 1 日")]

    [run] = desk.run(FIRST)
    assert (run.reminders, run.open, run.people) == (0, 0, 0)
    assert not Notice.objects.exists()


def test_days_begin_at_seven_of_the_alliance_and_once_only(desk: Desk) -> None:
    make_alliance("elsewhere", zone="America/New_York")

    assert defer_runs(clock=clock_on(FIRST, hour=8)) == 1 + 1
    desk.run(FIRST)
    assert defer_runs(clock=clock_on(FIRST, hour=10)) == 1
    assert Job.objects.filter(task="deadlines.run").count() == 3
    assert {job.subject_id for job in Job.objects.filter(task="deadlines.run")} == set(
        Alliance.objects.values_list("pk", flat=True)
    )
