"""Telling people of deadlines: who hears what, only what they may see, and in one message a day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from django.conf import settings

from platform_core.access.acting import actors_in_seats
from platform_core.access.actors import Actor
from platform_core.deadlines.calculation import Told
from platform_core.deadlines.kinds import deadline_kinds, words_of
from platform_core.deadlines.letters import DEADLINES, GONE, LAST, LATE, LEFT, LINE, MORE
from platform_core.deadlines.lifecycle import DeadlineState
from platform_core.deadlines.models import Deadline
from platform_core.identity.models import Alliance, Language, Seat
from platform_core.identity.roles import Role
from platform_core.messaging.services import send_message
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import notify_seats

LINES_AT_MOST: Final = 20
"""Deadlines that a message names; what there is beyond them stands in the list it leads to."""
NOTICES_AT_MOST: Final = 10
"""Deadlines of which a seat has a notice each; more are told in one."""


@dataclass
class Heard:
    """What one seat is to hear today."""

    deadlines: dict[UUID, Deadline] = field(default_factory=dict)


class Telling:
    """Collects what each seat of an alliance is to hear on a day, and tells it at the end."""

    def __init__(self, actor: Actor, alliance: Alliance, day: date) -> None:
        self.actor, self.alliance, self.day = actor, alliance, day
        self._seats: dict[tuple[object, ...], list[UUID]] = {}
        self._actors: dict[UUID, Actor] = {}
        self._heard: defaultdict[UUID, Heard] = defaultdict(Heard)

    def seats_for(self, row: Deadline, to: Told, *, by_role: bool = False) -> list[UUID]:
        """Return the seats an audience consists of; nobody, where nobody is there.

        `by_role`: whoever is responsible is left out, since that seat did not see it any more.
        """
        kind = deadline_kinds()[row.kind]
        match to:
            case Told.OFFICE:
                return self._holding((Role.SECRETARIAT,), alliance=self.alliance.pk)
            case Told.HEAD:
                return self._holding((Role.MEMBER_ADMIN,), organisation=row.organisation_id)
            case Told.OWNER:
                if row.responsible_id is not None and not by_role:
                    return [row.responsible_id]
                return self._holding(kind.roles, organisation=row.organisation_id)

    def reach(
        self, wanted: Mapping[tuple[UUID, Told], Deadline], *, by_role: bool = False
    ) -> dict[tuple[UUID, Told], int]:
        """Note who hears of which deadlines, by deadline and audience, and return how many seats each reaches.

        Only those are told who see the deadline at this moment, each asked by its own rights.
        """
        by_seat: defaultdict[UUID, list[tuple[UUID, Told]]] = defaultdict(list)
        for key, row in wanted.items():
            for seat in self.seats_for(row, key[1], by_role=by_role):
                by_seat[seat].append(key)
        reached: defaultdict[tuple[UUID, Told], int] = defaultdict(int)
        for seat, keys in sorted(by_seat.items()):
            reader = self._actor_in(seat)
            if reader is None:
                continue
            ids = {pk for pk, _ in keys}
            seen = set(Deadline.objects.visible_to(reader).filter(pk__in=ids).order_by().values_list("pk", flat=True))
            for key in keys:
                if key[0] in seen:
                    reached[key] += 1
                    self._heard[seat].deadlines[key[0]] = wanted[key]
        return dict(reached)

    def tell(self) -> int:
        """Tell every seat what it is to hear, by notices and one message, and return how many seats that were."""
        seats = Seat.objects.filter(pk__in=self._heard).select_related("user", "organisation").order_by("pk")
        for seat in seats:
            rows = sorted(self._heard[seat.pk].deadlines.values(), key=lambda row: (row.due_on, row.pk))
            self._notify(seat, rows)
            self._write(seat, rows)
        return len(seats)

    def _notify(self, seat: Seat, rows: list[Deadline]) -> None:
        if len(rows) > NOTICES_AT_MOST:
            notify_seats(
                actor=self.actor,
                seats=[seat.pk],
                kind="alliance.deadlines_due",
                subject=self.alliance,
                values={"count": len(rows), "due_on": rows[0].due_on.isoformat()},
            )
            return
        for row in rows:
            notify_seats(
                actor=self.actor,
                seats=[seat.pk],
                kind="deadline.missed" if row.state == DeadlineState.MISSED else "deadline.due",
                subject=row,
                values={"label": row.title, "due_on": row.due_on.isoformat()},
            )

    def _write(self, seat: Seat, rows: list[Deadline]) -> None:
        language = Language(seat.user.language)
        chinese = language is Language.CHINESE
        lines = [self._line(row, language) for row in rows[:LINES_AT_MOST]]
        if len(rows) > LINES_AT_MOST:
            lines.append(MORE[chinese].format(count=len(rows) - LINES_AT_MOST))
        organisation = seat.organisation
        send_message(
            actor=self.actor,
            kind=DEADLINES,
            user=seat.user,
            values={
                "name": seat.user.name,
                "organisation": (organisation.name_zh if chinese else organisation.name_en) or str(organisation),
                "count": str(len(rows)),
                "first": rows[0].due_on.isoformat(),
                "lines": "\n".join(lines),
                "link": f"{settings.PUBLIC_URL}/deadlines",
            },
        )

    def _line(self, row: Deadline, language: Language) -> str:
        chinese = language is Language.CHINESE
        days = row.days_left(self.day)
        if row.state == DeadlineState.MISSED:
            left = GONE[chinese]
        elif days >= 0:
            left = LEFT[chinese].format(days=days)
        elif row.last_day > row.due_on:
            left = LATE[chinese].format(days=-days, last_day=row.last_day.isoformat())
        else:
            left = LAST[chinese].format(days=-days)
        what = words_of(row.kind, language, row.values, title=row.title)
        return LINE[chinese].format(due_on=row.due_on.isoformat(), left=left, what=what)

    def _holding(
        self, roles: Iterable[Role], *, organisation: UUID | None = None, alliance: UUID | None = None
    ) -> list[UUID]:
        if organisation is None and alliance is None:
            return []
        key = (tuple(roles), organisation, alliance)
        if key not in self._seats:
            self._seats[key] = sorted(
                {
                    seat
                    for role in key[0]
                    for seat in seats_holding(role, actor=self.actor, organisation=organisation, alliance=alliance)
                }
            )
        return self._seats[key]

    def _actor_in(self, seat_id: UUID) -> Actor | None:
        """Return whoever sits in a seat, with the rights of this moment; None if it has ended or the person is gone."""
        if seat_id not in self._actors:
            found = actors_in_seats(Seat.objects.filter(pk=seat_id), clock=self.actor.clock)
            if not found:
                return None
            self._actors[seat_id] = found[0]
        return self._actors[seat_id]
