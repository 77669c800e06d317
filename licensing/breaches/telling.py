"""Telling the licensee of news on a breach or the end of its licence, and reminding it of its last day."""

from collections.abc import Mapping
from datetime import date

from licensing.agreements.models import Licence
from licensing.breaches.kinds import CURE
from licensing.breaches.models import Breach
from platform_core.access.actors import Actor
from platform_core.deadlines.policies import DEADLINE_WORK
from platform_core.deadlines.services import Duty, set_deadlines
from platform_core.identity.models import Language
from platform_core.identity.roles import Role
from platform_core.messaging.kinds import Kind
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import remind_seats


def tell_licensee(actor: Actor, licence: Licence, notice: str, letter: Kind, day: date) -> None:
    """Tell those who work on licences for the licensee by a notice and a private message that name no figures."""

    def words(language: Language) -> Mapping[str, str]:
        return {"licence": licence.code, "day": day.isoformat()}

    remind_seats(
        actor=actor,
        seats=seats_holding(Role.LICENSEE, actor=actor, organisation=licence.licensee_id),
        notice=notice,
        letter=letter,
        subject=licence,
        page=f"/licences/{licence.pk}?tab=breaches",
        words=words,
    )


def remind_of_cure(actor: Actor, breach: Breach) -> None:
    """Have the licensee reminded of the last day on which a breach is put right."""
    duty = Duty(
        subject_id=breach.pk,
        organisation_id=breach.licence.licensee_id,
        title=breach.licence.code,
        due_on=breach.cure_by,
        last_day=breach.cure_by,
        values={"licence": breach.licence.code},
        rule=breach.rule,
    )
    _set(actor, breach, [duty])


def forget_cure(actor: Actor, breach: Breach) -> None:
    """Have nobody reminded of a breach any more that is closed."""
    _set(actor, breach, [])


def _set(actor: Actor, breach: Breach, duties: list[Duty]) -> None:
    set_deadlines(
        actor=Actor.system(DEADLINE_WORK, on_behalf_of=actor),
        alliance_id=breach.licence.programme.alliance_id,
        kind=CURE,
        subjects=[breach.pk],
        duties=duties,
    )
