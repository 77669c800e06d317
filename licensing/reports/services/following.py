"""Keeping the deadlines of reports: open while a quarter is not reported, settled by its report."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.agreements.models import BINDING_STATES, Licence
from licensing.reports.calculation import last_quarter, quarter_of
from licensing.reports.kinds import DAYS_TO_DEFAULT, SALES_REPORT
from licensing.reports.models import SalesReport
from licensing.reports.selectors import missing_months, report_due_on
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.clock import today
from platform_core.deadlines.lifecycle import DeadlineState
from platform_core.deadlines.models import Deadline
from platform_core.deadlines.policies import DEADLINE_WORK
from platform_core.deadlines.services import Duty, set_deadlines, settle_of_subject
from platform_core.identity.models import Alliance

_DEALT_WITH: Final = (DeadlineState.SETTLED, DeadlineState.WAIVED, DeadlineState.MISSED)
_QUARTERS: Final = 4
"""So many quarters back a report may be chased; what is older was not late here."""


def follow_reports(*, actor: Actor, alliance_id: UUID) -> None:
    """Have a deadline open for each quarter of an alliance's licences that is over and not reported, and no other.

    A quarter whose report would be in default already when it is first looked at, as of programmes that are taken over,
    gets none: nobody is told of years that were reported elsewhere.
    """
    for programme in Programme.objects.filter(alliance=alliance_id).select_related("alliance").order_by("pk"):
        _follow_programme(actor, programme)


def settle_reported(*, actor: Actor, report: SalesReport) -> None:
    """Settle the deadlines of the quarters that a report completes."""
    for first, last in _quarters_between(report):
        if not missing_months([report.licence], first, last)[report.licence_id]:
            settle_of_subject(
                actor=actor, subject_id=report.licence_id, kind=SALES_REPORT.name, part=_part(first.year, last.month)
            )


@transaction.atomic
def _follow_programme(actor: Actor, programme: Programme) -> None:
    # Locked in one order, as by whoever files: a report that comes meanwhile is seen, or settles what this opens.
    rows = Licence.objects.select_for_update(no_key=True).filter(programme=programme).order_by("pk")
    licences = list(rows)
    if not licences:
        return
    day = today(actor.clock, Alliance.objects.get(pk=programme.alliance_id).zone)
    last = last_quarter(day)[1]
    months = last.year * 12 + last.month - 3 * _QUARTERS
    first = last.replace(year=months // 12, month=months % 12 + 1)
    binding = [licence for licence in licences if licence.state in BINDING_STATES]
    missing = missing_months(binding, first, last)
    known: dict[tuple[UUID, str], set[str]] = defaultdict(set)
    found = Deadline.objects.filter(kind=SALES_REPORT.name, subject_id__in=[licence.pk for licence in licences])
    for subject, part, state in found.values_list("subject_id", "part", "state"):
        known[subject, part].add(state)
    duties = []
    for licence in binding:
        for part, quarter in sorted({_part(*_year_and_last(month)): month for month in missing[licence.pk]}.items()):
            due_on = report_due_on(programme, quarter)
            states = known[licence.pk, part]
            is_open = DeadlineState.OPEN in states
            is_late = due_on + timedelta(days=DAYS_TO_DEFAULT) < day
            if is_open or not (states & {*_DEALT_WITH} or is_late):
                duties.append(_duty(licence, part, due_on))
    set_deadlines(
        actor=Actor.system(DEADLINE_WORK, on_behalf_of=actor),
        alliance_id=programme.alliance_id,
        kind=SALES_REPORT,
        subjects=[licence.pk for licence in licences],
        duties=duties,
    )


def _duty(licence: Licence, part: str, due_on: date) -> Duty:
    return Duty(
        subject_id=licence.pk,
        organisation_id=licence.licensee_id,
        part=part,
        title=licence.code,
        due_on=due_on,
        last_day=due_on + timedelta(days=DAYS_TO_DEFAULT),
        values={"licence": licence.code, "period": part},
    )


def _quarters_between(report: SalesReport) -> Sequence[tuple[date, date]]:
    first, last = quarter_of(report.first_month), quarter_of(report.last_month)
    found = [first]
    while found[-1] != last:
        month = found[-1][1]
        found.append(quarter_of(month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)))
    return found


def _year_and_last(month: date) -> tuple[int, int]:
    last = quarter_of(month)[1]
    return last.year, last.month


def _part(year: int, last_month: int) -> str:
    return f"{year}Q{last_month // 3}"
