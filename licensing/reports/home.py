"""What sales reports tell the home page: licensees what they owe, the offices who has not reported."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Count

from licensing.agreements.models import Licence
from licensing.agreements.policies import READ_LICENCE
from licensing.reports.calculation import last_quarter
from licensing.reports.models import SalesReport
from licensing.reports.selectors import DueReport, due_reports, unreported_licences
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.clock import today
from platform_core.home.registry import AT_MOST, Figure, Severity, Waiting
from platform_core.identity.models import Alliance
from platform_core.identity.roles import Purpose, Role

_NO_ALLIANCE: Final = "Asia/Shanghai"

WaitingCloses = Callable[[Sequence[DueReport]], Mapping[tuple[UUID, date], str]]
_waiting_closes: list[WaitingCloses] = []


def tell_closes_waiting(asked: WaitingCloses) -> None:
    """Have it told which reports a close waits for, by licence and first month; the room that closes knows."""
    if asked not in _waiting_closes:
        _waiting_closes.append(asked)


def own_reports(actor: Actor) -> Iterator[Waiting | Figure]:
    """Tell a licensee what it has to report and until when, and how many reports it can file by now."""
    if not actor.holds(Role.LICENSEE):
        return
    rows = due_reports(actor=actor, ahead=True)
    yield from _due([row for row in rows if row.is_over])
    if rows:
        yield Figure(
            key="report.next",
            value=sum(row.is_over for row in rows),
            unit="count",
            link="/reports",
            due_on=rows[0].due_on,
            values={
                "licence": rows[0].licence.code,
                "first_month": f"{rows[0].first_month:%Y-%m}",
                "last_month": f"{rows[0].last_month:%Y-%m}",
            },
        )


def _due(rows: Sequence[DueReport]) -> Iterator[Waiting]:
    waiting = {key: period for asked in _waiting_closes for key, period in asked(rows).items()}
    # Of each licence what a close waits for, or what is due first: the next comes up once that is reported.
    first = {row.licence.pk: row for row in reversed(rows)}
    first |= {row.licence.pk: row for row in reversed(rows) if (row.licence.pk, row.first_month) in waiting}
    for row in sorted(first.values(), key=rows.index)[:AT_MOST]:
        period = waiting.get((row.licence.pk, row.first_month))
        yield Waiting(
            kind="report.due",
            subject_type=Licence._meta.label_lower,
            subject_id=row.licence.pk,
            title=row.licence.code,
            detail={
                "programme": row.licence.programme.code,
                "first_month": f"{row.first_month:%Y-%m}",
                "last_month": f"{row.last_month:%Y-%m}",
                **({} if period is None else {"close_waits": period}),
            },
            due_on=row.due_on,
            severity=Severity.OVERDUE if row.days_left < 0 else Severity.ATTENTION,
            step="file report",
        )


def reports_missing(actor: Actor) -> Iterator[Waiting]:
    """Tell finance and the secretariat, programme by programme, how many licensees have not reported: no figures."""
    if not (actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES) or actor.holds(Role.SECRETARIAT)):
        return
    first, last = last_quarter(_day(actor))
    readable = Licence.objects.permitted_to(actor, READ_LICENCE).order_by().values("pk")
    rows = (
        unreported_licences(first, last)
        .filter(pk__in=readable)
        .order_by()
        .values("programme_id", "programme__code")
        .annotate(count=Count("pk"))
        .order_by("programme__code", "programme_id")
    )
    for row in rows[:AT_MOST]:
        yield Waiting(
            kind="report.missing",
            subject_type=Programme._meta.label_lower,
            subject_id=row["programme_id"],
            title=row["programme__code"],
            detail={"count": row["count"], "first_month": f"{first:%Y-%m}", "last_month": f"{last:%Y-%m}"},
        )


def _day(actor: Actor) -> date:
    """Today where it is earliest, of the alliances the actor sees: a quarter that is over there is over everywhere."""
    zones = Alliance.objects.visible_to(actor).order_by().values_list("zone", flat=True).distinct()
    return min(today(actor.clock, zone) for zone in (*zones, _NO_ALLIANCE))


def name_of_report(report: SalesReport) -> str:
    """Call a report by its licence and months."""
    months = sorted({f"{month:%Y-%m}" for month in (report.first_month, report.last_month)})
    return f"{report.licence.code} {' – '.join(months)}"
