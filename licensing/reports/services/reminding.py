"""Reminding licensees of reports that are missing."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db import transaction

from licensing.agreements.models import Licence
from licensing.reports.letters import REPORT_REMINDER
from licensing.reports.models import ReportReminder
from licensing.reports.policies import REMIND_LICENSEES
from licensing.reports.selectors import missing_months, missing_reports, report_reminders, reporting_quarter
from licensing.terms.models import Programme
from licensing.terms.selectors import get_programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.identity.models import Language
from platform_core.identity.roles import Role
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import Reminded, remind_each, remind_seats


@transaction.atomic
def remind_licensees(
    *, actor: Actor, programme_id: UUID, licence_ids: Collection[UUID] | None = None, again: bool = False
) -> Reminded[Licence, ReportReminder]:
    """Remind the licensees of a programme whose reports are missing, all of them or some, by notice and message.

    Whoever was reminded within the last day is not reminded again unless `again` says that this is meant.
    """
    programme = get_programme(programme_id, actor=actor, for_change=True)
    require(actor, REMIND_LICENSEES, programme)
    missing = list(missing_reports(programme, actor=actor).order_by("code"))
    months = missing_months(missing, *reporting_quarter(programme, actor=actor))
    return remind_each(
        actor=actor,
        missing=missing,
        only=licence_ids,
        again=again,
        sent=report_reminders(actor=actor).filter(licence__programme=programme),
        about="licence_id",
        code_of=lambda licence: licence.code,
        remind=lambda licence: _remind(actor, programme, licence, months[licence.pk]),
    )


def _remind(actor: Actor, programme: Programme, licence: Licence, months: list[date]) -> ReportReminder | None:
    """Tell those who act for a licensee; None where there is nobody to tell."""

    def words(language: Language) -> Mapping[str, str]:
        english = language is Language.ENGLISH
        return {
            "organisation": (licence.licensee.name_en if english else "") or str(licence.licensee),
            "programme": programme.code,
            "licence": licence.code,
            "months": (", " if english else "、").join(f"{month:%Y-%m}" for month in months),
        }

    people = remind_seats(
        actor=actor,
        seats=seats_holding(Role.LICENSEE, actor=actor, organisation=licence.licensee_id),
        notice="licence.report_reminded",
        letter=REPORT_REMINDER,
        subject=licence,
        page=f"/licences/{licence.pk}?tab=reports",
        words=words,
    )
    if not people:
        return None
    reminder = ReportReminder.objects.create(
        licence=licence,
        first_month=months[0],
        last_month=months[-1],
        sent_at=actor.clock.now(),
        sent_by_id=actor.user_id,
        people=people,
    )
    record_event(
        "report_reminder.sent",
        actor=actor,
        subject=reminder,
        changes={
            "licence": (None, licence.code),
            "months": (None, [f"{month:%Y-%m}" for month in months]),
            "people": (None, people),
        },
    )
    return reminder
