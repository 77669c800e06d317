"""Recording what a licence agrees besides its price, and telling a licensee of better terms."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.agreements.models import KEPT_STATES, Licence, LicenceState
from licensing.clauses.models import FavourNotice, LicenceClauses
from licensing.clauses.policies import RECORD_CLAUSES, TELL_FAVOUR
from licensing.clauses.rules import check_clauses
from licensing.clauses.selectors import favours
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.problems import Conflict, Problem, WrongState, invalid
from platform_core.realtime.services import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClauses:
    """What a contract says besides its price."""

    grant_back: str = "none"
    ends_on_challenge: bool = False
    most_favoured: bool = False
    note: str = ""


@transaction.atomic
def record_clauses(*, actor: Actor, licence_id: UUID, clauses: NewClauses) -> LicenceClauses:
    """Record what a licence agrees besides its price; what no licence may agree is refused with the rule against it.

    A most-favoured clause of a signed licence is ended by two people, and not recorded away.
    """
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True, along=["programme"])
    require(actor, RECORD_CLAUSES, licence)
    if licence.state in (LicenceState.TERMINATED, LicenceState.EXPIRED, LicenceState.CANCELLED):
        raise WrongState("The licence is over: its clauses stay as they are.", current=licence.state)
    _refuse_what_is_never_agreed(clauses, today(actor.clock, licence.programme.alliance.zone))
    present = LicenceClauses.objects.select_for_update().filter(licence=licence).first()
    if present is not None and present.most_favoured and not clauses.most_favoured and licence.state in KEPT_STATES:
        raise Conflict("A most-favoured clause that was signed is ended by two people: propose its end.")
    given = {**asdict(clauses), "note": clauses.note.strip()}
    before = {name: getattr(present, name) if present is not None else None for name in given}
    values = {**given, "recorded_at": actor.clock.now(), "recorded_by_id": actor.user_id}
    recorded, _ = LicenceClauses.objects.update_or_create(licence=licence, defaults=values)
    record_event(
        "licence_clauses.recorded",
        actor=actor,
        subject=recorded,
        changes={name: (before[name], value) for name, value in given.items() if before[name] != value},
    )
    announce(licence, part=recorded)
    return recorded


@transaction.atomic
def tell_favour(*, actor: Actor, licence_id: UUID, from_on: date) -> FavourNotice:
    """Tell a licensee with a most-favoured clause that a better rate exists from a day; whose it is stays untold."""
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True)
    require(actor, TELL_FAVOUR, licence)
    if from_on not in {favour.from_on for favour in favours(licence_id, actor=actor)}:
        raise invalid("/from_on", "no_such_day", "No later licence has a better rate from that day.")
    with told_as(_PROBLEMS):
        notice = FavourNotice.objects.create(
            licence=licence, from_on=from_on, told_at=actor.clock.now(), told_by_id=actor.user_id
        )
    record_event("favour_notice.told", actor=actor, subject=notice, changes={"from_on": (None, from_on)})
    announce(licence, part=notice)
    return notice


def _refuse_what_is_never_agreed(clauses: NewClauses, day: date) -> None:
    checks = Checks()
    checks.text("note", clauses.note, needed=False, longest=1000)
    check_clauses(checks, grant_back=clauses.grant_back, ends_on_challenge=clauses.ends_on_challenge, on=day)
    checks.refuse()


_PROBLEMS: Final[dict[str, Problem]] = {
    "favournotice_once_a_day": Conflict("The licensee was told of that day already."),
}
