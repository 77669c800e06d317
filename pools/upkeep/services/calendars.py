"""Taking in on which days patent offices work."""

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import require_kind
from platform_core.audit.services import record_event
from platform_core.problems import invalid
from pools.patents.annuities import NoRules, WorkingDays, rules_of
from pools.upkeep.models import OfficeCalendar
from pools.upkeep.policies import IMPORT_OFFICE_CALENDAR

_LONGEST_SOURCE = 255


@transaction.atomic
def import_office_calendar(*, actor: Actor, office: str, days: WorkingDays, source: str) -> OfficeCalendar:
    """Keep the holidays of an office and the days worked in their place; of the years it speaks of, it alone counts.

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
    made = OfficeCalendar.objects.create(
        office=office,
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
            "source": (None, made.source),
            "days_off": (None, len(made.off)),
            "days_worked": (None, len(made.worked)),
        },
    )
    return made
