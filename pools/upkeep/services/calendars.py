"""Taking in on which days patent offices work."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import require_kind
from platform_core.audit.services import record_event
from platform_core.problems import invalid
from pools.patents.annuities import NoRules, WorkingDays, rules_of
from pools.upkeep.calculation import year_of
from pools.upkeep.models import OfficeCalendar
from pools.upkeep.policies import IMPORT_OFFICE_CALENDAR

_LONGEST_SOURCE = 255


@transaction.atomic
def import_office_calendar(
    *, actor: Actor, office: str, days: WorkingDays, source: str, year: int | None = None
) -> OfficeCalendar:
    """Keep the holidays of an office in a year and the days worked in their place; of that year, they alone count.

    The year is the one that most of the days are of, unless it is given. Days of the years beside it are added to what
    these have.

    Due days follow before the next day begins, as all deadlines do.
    """
    require_kind(actor, IMPORT_OFFICE_CALENDAR, OfficeCalendar)
    try:
        rules_of(office)
    except NoRules:
        told = f"No fees of {office} are known: no days follow from its holidays."
        raise invalid("/office", "no_fees", told) from None
    if not days.off and not days.on:
        raise invalid("/file", "empty", "The calendar of holidays names no day.")
    year = _check_year(sorted(days.off | days.on), year)
    made = OfficeCalendar.objects.create(
        office=office,
        year=year,
        off=sorted(days.off),
        worked=sorted(days.on),
        source=source[:_LONGEST_SOURCE],
        imported_at=actor.clock.now(),
    )
    record_event(
        "office_calendar.imported",
        actor=actor,
        subject=made,
        changes={
            "office": (None, office),
            "year": (None, year),
            "source": (None, made.source),
            "days_off": (None, len(made.off)),
            "days_worked": (None, len(made.worked)),
            "days_beside": (None, len(made.strays)),
        },
    )
    return made


def _check_year(named: Sequence[date], year: int | None) -> int:
    """Return the year that days are for; a file of some other year, or of many, is refused."""
    meant = year_of(named) if year is None else year
    if meant is None:
        raise invalid(
            "/year", "required", "As many days of one year are named as of another: say which year it is for."
        )
    if all(day.year != meant for day in named):
        raise invalid("/year", "other_year", f"The calendar names no day of {meant}.")
    far = [day for day in named if abs(day.year - meant) > 1]
    if far:
        told = f"The calendar is for {meant} and names {far[0]}: import the days of each year by themselves."
        raise invalid("/file", "far_away", told)
    return meant
