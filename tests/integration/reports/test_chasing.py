"""Reports that are late are chased by steps: a reminder, a second one, the notice of default."""

from datetime import UTC, date, datetime, timedelta

import pytest

from licensing.agreements.models import Licence
from licensing.reports.kinds import SALES_REPORT
from licensing.reports.services import follow_reports
from licensing.terms.services import edit_programme
from platform_core.access.actors import Actor
from platform_core.clock import FixedClock
from platform_core.deadlines.lifecycle import DeadlineState
from platform_core.deadlines.models import Deadline, DeadlineReminder
from platform_core.deadlines.policies import DEADLINE_WORK
from platform_core.deadlines.services import run_deadlines, waive_deadlines
from platform_core.problems import InvalidInput, NotAllowed
from tests.factories.royalties import SmallWorld

pytestmark = pytest.mark.django_db


def at(day: date) -> Actor:
    return Actor.system(DEADLINE_WORK, clock=FixedClock(datetime(day.year, day.month, day.day, 1, tzinfo=UTC)))


def deadlines(code: str) -> list[tuple[str, date, str]]:
    rows = Deadline.objects.filter(kind=SALES_REPORT.name, title=code).order_by("due_on")
    return [(row.part, row.due_on, row.state) for row in rows]


@pytest.fixture
def begun(world: SmallWorld) -> SmallWorld:
    """The small world in which licences begin with the last quarter of 2025."""
    Licence.objects.update(starts_on=date(2025, 10, 1))
    return world


def test_a_quarter_is_chased_from_its_end_and_settled_by_its_report(begun: SmallWorld) -> None:
    day = date(2026, 1, 1)
    while day <= date(2026, 3, 3):
        if day == date(2026, 2, 5):
            begun.clock.set(datetime(2026, 2, 5, 4, tzinfo=UTC))
            begun.report("L2", [("2025-10", 1)], first="2025-10", last="2025-11")
            assert deadlines("L2") == [("2025Q4", date(2026, 1, 30), DeadlineState.OPEN)]
            begun.report("L2", [("2025-12", 1)], first="2025-12", last="2025-12")
            assert deadlines("L2") == [("2025Q4", date(2026, 1, 30), DeadlineState.SETTLED)]
        run_deadlines(actor=at(day), alliance_id=begun.alliance.pk)
        day += timedelta(days=1)
    assert deadlines("L1") == [("2025Q4", date(2026, 1, 30), DeadlineState.MISSED)]
    told = DeadlineReminder.objects.filter(deadline__title="L1").order_by("fell_on", "rung")
    assert [(row.rung, row.fell_on.isoformat()) for row in told.filter(people__gt=0)] == [
        ("owner.due.14", "2026-01-16"),
        ("owner.due.3", "2026-01-27"),
        ("owner.due.-1", "2026-01-31"),
        ("office.due.-15", "2026-02-14"),
        ("owner.due.-15", "2026-02-14"),
        ("owner.due.-30", "2026-03-01"),
        ("office.last.-1", "2026-03-02"),
        ("owner.last.-1", "2026-03-02"),
    ]
    assert [row.rung for row in DeadlineReminder.objects.filter(deadline__title="L2").order_by("fell_on")] == [
        "owner.due.14",
        "owner.due.3",
        "owner.due.-1",
    ]
    begun.clock.set(datetime(2026, 3, 4, tzinfo=UTC))
    begun.report("L1", [("2025-10", 1)], first="2025-10", last="2025-12")
    assert deadlines("L1") == [("2025Q4", date(2026, 1, 30), DeadlineState.SETTLED)]


def test_what_is_in_default_when_it_is_first_looked_at_is_not_chased(world: SmallWorld) -> None:
    follow_reports(actor=at(date(2026, 2, 2)), alliance_id=world.alliance.pk)
    assert deadlines("L1") == [("2025Q4", date(2026, 1, 30), DeadlineState.OPEN)]


def test_the_programme_says_in_how_many_days_and_its_deadlines_move_with_it(begun: SmallWorld) -> None:
    follow_reports(actor=at(date(2026, 1, 2)), alliance_id=begun.alliance.pk)
    with pytest.raises(InvalidInput):
        edit_programme(actor=begun.acting("secretariat"), programme_id=begun.programme.pk, report_days=0)
    edit_programme(actor=begun.acting("secretariat"), programme_id=begun.programme.pk, report_days=45)
    follow_reports(actor=at(date(2026, 1, 3)), alliance_id=begun.alliance.pk)
    assert deadlines("L1") == [("2025Q4", date(2026, 2, 14), DeadlineState.OPEN)]


def test_finance_excuses_a_report_and_its_licensee_cannot(begun: SmallWorld) -> None:
    follow_reports(actor=at(date(2026, 1, 2)), alliance_id=begun.alliance.pk)
    row = Deadline.objects.get(kind=SALES_REPORT.name, title="L1")
    assert Deadline.objects.visible_to(begun.acting("L1")).get() == row
    with pytest.raises(NotAllowed):
        waive_deadlines(actor=begun.acting("L1"), deadline_ids=[row.pk], note="later")
    waive_deadlines(actor=begun.acting("calculator"), deadline_ids=[row.pk], note="reported on paper")
    follow_reports(actor=at(date(2026, 1, 3)), alliance_id=begun.alliance.pk)
    assert deadlines("L1") == [("2025Q4", date(2026, 1, 30), DeadlineState.WAIVED)]
