"""The daily look at an alliance's deadlines: reminders once each, what was missed, and days without a worker."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import require_kind
from platform_core.audit.services import record_event
from platform_core.clock import Clock, today
from platform_core.deadlines import calculation
from platform_core.deadlines.calculation import Told, due_tellings, next_day
from platform_core.deadlines.events import preparations
from platform_core.deadlines.kinds import deadline_kinds
from platform_core.deadlines.lifecycle import DEADLINE_LIFECYCLE, DeadlineState
from platform_core.deadlines.models import Deadline, DeadlineReminder, DeadlineRun
from platform_core.deadlines.policies import DEADLINE_WORK, KEEP_DEADLINE
from platform_core.deadlines.services.telling import Telling
from platform_core.identity.models import Alliance
from platform_core.jobs.registry import required_task
from platform_core.jobs.services import defer
from platform_core.realtime.services import announce

RUNNING: Final = "deadlines.run"
"""The background work that looks at one alliance's deadlines."""
HOUR: Final = 7
"""From this hour of an alliance's own day on, its people are told what the day brings."""

_BATCH: Final = 2_000


def defer_runs(*, clock: Clock) -> int:
    """Have the deadlines of each alliance looked at whose day has begun and was not looked at yet; return how many."""
    actor = Actor.system(DEADLINE_WORK, clock=clock)
    task = required_task(RUNNING)
    waiting = [alliance for alliance in Alliance.objects.order_by("pk") if _is_to_run(alliance, clock.now())]
    for alliance in waiting:
        defer(
            task,
            actor=actor,
            subject=alliance,
            arguments={"alliance_id": alliance.pk},
            one_at_a_time=f"deadlines of {alliance.pk}",
        )
    return len(waiting)


def _is_to_run(alliance: Alliance, now: datetime) -> bool:
    here = now.astimezone(ZoneInfo(alliance.zone))
    return here.hour >= HOUR and not DeadlineRun.objects.filter(alliance=alliance, day=here.date()).exists()


def run_deadlines(*, actor: Actor, alliance_id: UUID) -> list[DeadlineRun]:
    """Look at an alliance's deadlines for today and for every day that passed without a worker.

    Whoever comes second on a day finds it done. What it does, it does in one transaction: a reminder is on record if
    and only if it was sent. Returns the rows of the days that were looked at, none if today was already.
    """
    require_kind(actor, KEEP_DEADLINE, Deadline)
    for prepare in preparations():
        prepare(actor, alliance_id)
    with transaction.atomic(), connection.cursor() as cursor:
        # Two workers at once: the second waits here, and then finds the day's row.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"deadlines of {alliance_id}"])
        alliance = Alliance.objects.get(pk=alliance_id)
        days = _days_to_run(alliance, today(actor.clock, alliance.zone))
        return _Run(actor, alliance, days).carry_out() if days else []


def _days_to_run(alliance: Alliance, day: date) -> list[date]:
    """Return the days that have no row yet: today, and those before it that nobody looked at."""
    last = DeadlineRun.objects.filter(alliance=alliance).order_by("-day").values_list("day", flat=True).first()
    if last is None:
        return [day]
    return [last + timedelta(days=number) for number in range(1, (day - last).days + 1)]


@dataclass(frozen=True, slots=True)
class _Sent:
    """A reminder that is told now or in whose place another one is."""

    row: Deadline
    rung: calculation.Rung
    instead: bool

    @property
    def fell_on(self) -> date:
        return self.row.days.falls_on(self.rung)


class _Run:
    """One look at an alliance's deadlines, for the last of some days."""

    def __init__(self, actor: Actor, alliance: Alliance, days: Sequence[date]) -> None:
        self.actor, self.alliance, self.days = actor, alliance, days
        self.today = days[-1]
        self.telling = Telling(actor, alliance, self.today)
        self.sent: list[_Sent] = []
        self.people: dict[tuple[UUID, str], int] = {}
        self.missed: Counter[date] = Counter()
        self.unreached: Counter[date] = Counter()

    def carry_out(self) -> list[DeadlineRun]:
        for batch in self._batches():
            self._look_at(batch)
        told = self.telling.tell()
        runs = self._note_days(told)
        self._note_reminders({run.day: run for run in runs})
        for run in runs:
            record_event(
                "deadline_run.finished",
                actor=self.actor,
                subject=run,
                changes={"day": (None, run.day), "reminders": (None, run.reminders), "missed": (None, run.missed)},
            )
            announce(run)
        return runs

    def _batches(self) -> Iterator[list[Deadline]]:
        """Yield the deadlines that something is to be told of, locked, in the order everybody locks them in."""
        rows = Deadline.objects.select_for_update(no_key=True).filter(
            alliance=self.alliance,
            state=DeadlineState.OPEN,
            next_told_on__lte=self.today,
            kind__in=list(deadline_kinds()),
        )
        behind: UUID | None = None
        while True:
            part = rows.filter(pk__gt=behind) if behind is not None else rows
            batch = list(part.order_by("pk")[:_BATCH])
            if not batch:
                return
            yield batch
            behind = batch[-1].pk

    def _look_at(self, batch: Sequence[Deadline]) -> None:
        told: defaultdict[UUID, set[tuple[str, date]]] = defaultdict(set)
        reminders = DeadlineReminder.objects.filter(deadline__in=batch).order_by()
        for pk, rung, counted_from in reminders.values_list("deadline", "rung", "counted_from"):
            told[pk].add((rung, counted_from))
        wanted: dict[tuple[UUID, Told], Deadline] = {}
        now_told: dict[tuple[UUID, Told], _Sent] = {}
        for row in batch:
            ladder = deadline_kinds()[row.kind].ladder
            for telling in due_tellings(ladder, row.days, on=self.today, told=told[row.pk]):
                key = (row.pk, telling.rung.to)
                wanted[key], now_told[key] = row, _Sent(row, telling.rung, False)
                self.sent.append(now_told[key])
                self.sent += [_Sent(row, rung, True) for rung in telling.instead_of]
            self._move_on(row, ladder)
        self._save(batch)
        self._reach(wanted, now_told)

    def _move_on(self, row: Deadline, ladder: Sequence[calculation.Rung]) -> None:
        if row.last_day < self.today:
            row.state = DEADLINE_LIFECYCLE.after("miss", current=DeadlineState(row.state))
            row.settled_at = row.changed_at = self.actor.clock.now()
            row.next_told_on = None
            self.missed[self._day_of(row.last_day + timedelta(days=1))] += 1
            record_event("deadline.missed", actor=self.actor, subject=row, changes={"last_day": (row.last_day, None)})
            announce(row)
        else:
            row.next_told_on = next_day(ladder, row.days, after=self.today)

    def _save(self, batch: Sequence[Deadline]) -> None:
        Deadline.objects.bulk_update(batch, ["state", "settled_at", "changed_at", "next_told_on"], batch_size=1_000)

    def _reach(self, wanted: dict[tuple[UUID, Told], Deadline], now_told: dict[tuple[UUID, Told], _Sent]) -> None:
        """Have everybody hear what is theirs; what reaches nobody, the alliance's office hears."""
        reached = self.telling.reach(wanted)
        left = {key: row for key, row in wanted.items() if row.responsible_id is not None and not reached.get(key)}
        reached |= self.telling.reach(left, by_role=True)
        lost = {key: row for key, row in wanted.items() if not reached.get(key)}
        for key in lost:
            self.unreached[self._day_of(now_told[key].fell_on)] += 1
        self.telling.reach({(pk, Told.OFFICE): row for (pk, _), row in lost.items()})
        for key, sent in now_told.items():
            self.people[sent.row.pk, sent.rung.code] = reached.get(key, 0)

    def _day_of(self, day: date) -> date:
        """Return under which of the days something is told: what is older than all of them came on record today."""
        return day if day in self.days else self.today

    def _note_days(self, told: int) -> list[DeadlineRun]:
        sent = Counter(self._day_of(one.fell_on) for one in self.sent if not one.instead)
        together = Counter(self._day_of(one.fell_on) for one in self.sent if one.instead)
        still_open = Deadline.objects.filter(alliance=self.alliance, state=DeadlineState.OPEN).count()
        return DeadlineRun.objects.bulk_create(
            DeadlineRun(
                alliance=self.alliance,
                day=day,
                ran_at=self.actor.clock.now(),
                caught_up=day != self.today,
                open=still_open,
                reminders=sent[day],
                taken_together=together[day],
                people=told if day == self.today else 0,
                missed=self.missed[day],
                unreached=self.unreached[day],
            )
            for day in self.days
        )

    def _note_reminders(self, runs: dict[date, DeadlineRun]) -> None:
        DeadlineReminder.objects.bulk_create(
            (
                DeadlineReminder(
                    deadline=one.row,
                    run=runs[self._day_of(one.fell_on)],
                    rung=one.rung.code,
                    counted_from=one.row.days.of(one.rung),
                    fell_on=one.fell_on,
                    sent_on=self.today,
                    instead=one.instead,
                    people=0 if one.instead else self.people[one.row.pk, one.rung.code],
                )
                for one in self.sent
            ),
            batch_size=5_000,
        )
