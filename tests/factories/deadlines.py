"""Deadlines of patents, what a day did about them, and calendars."""

from datetime import date
from typing import TYPE_CHECKING

from platform_core.deadlines.models import CalendarFeed, Deadline, DeadlineReminder, DeadlineRun
from platform_core.identity.models import Alliance, Seat
from platform_core.ids import new_id
from pools.patents.models import Ownership, Patent
from tests.factories.core import NOON

if TYPE_CHECKING:
    from tests.factories.world import World


def make_deadline(patent: Patent, **columns: object) -> Deadline:
    """The fee of year 8, due at the end of March 2026, that can be paid until the end of September."""
    owner = Ownership.objects.filter(patent=patent).order_by("pk").first()
    return Deadline.objects.create(
        **{
            "alliance": patent.alliance,
            "organisation": owner.owner if owner else None,
            "subject_type": "patents.patent",
            "subject_id": patent.pk,
            "title": patent.publication,
            "kind": "annuity",
            "part": "8",
            "values": {"year": "8", "last_day": "2026-09-30"},
            "due_on": date(2026, 3, 31),
            "last_day": date(2026, 9, 30),
            "rule": "专利法实施细则",
            "next_told_on": date(2026, 1, 30),
            "created_at": NOON,
            "changed_at": NOON,
            **columns,
        }
    )


def make_deadline_run(alliance: Alliance, day: date = date(2026, 3, 1)) -> DeadlineRun:
    return DeadlineRun.objects.create(alliance=alliance, day=day, ran_at=NOON, open=4, reminders=2, people=1)


def make_deadline_reminder(deadline: Deadline, run: DeadlineRun, rung: str = "owner.due.30") -> DeadlineReminder:
    return DeadlineReminder.objects.create(
        deadline=deadline,
        run=run,
        rung=rung,
        counted_from=deadline.due_on,
        fell_on=date(2026, 3, 1),
        sent_on=date(2026, 3, 1),
        people=1,
    )


def make_feed(seat: Seat, **columns: object) -> CalendarFeed:
    """A calendar whose key nobody knows."""
    return CalendarFeed.objects.create(
        **{
            "seat": seat,
            "name": "phone",
            "start": "lcf_",
            "key_hash": new_id().hex * 2,
            "created_at": NOON,
            **columns,
        }
    )


def populate(world: "World") -> None:
    for alliance in world.alliances:
        run = make_deadline_run(alliance)
        for patent in Patent.objects.filter(alliance=alliance).order_by("publication"):
            make_deadline_reminder(make_deadline(patent), run)
    for seat in world.seats.values():
        make_feed(seat)
