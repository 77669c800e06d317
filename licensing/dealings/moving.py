"""What every step of a dealing has in common: the side that takes it, its state, its day, and who is told."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from licensing.dealings.kinds import RECORDAL, STEPS
from licensing.dealings.letters import TO_OFFICE, TO_PROSPECT
from licensing.dealings.models import LONGEST_TEXT, ConductKind, ConductStep, Dealing, Offer, Recordal, Side
from licensing.dealings.policies import ANSWER_IN_DEALING, PROSPECTS, WORK_ON_DEALING
from licensing.dealings.recordals import rule_on
from licensing.dealings.selectors import chinese_patents, get_dealing, side_of
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.deadlines.kinds import DeadlineKind
from platform_core.deadlines.policies import DEADLINE_WORK
from platform_core.deadlines.services import Duty, set_deadlines
from platform_core.documents.models import Document
from platform_core.identity.models import Language, Organisation
from platform_core.identity.roles import Role
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import remind_seats
from platform_core.problems import NotAllowed
from pools.patents.annuities.days import add_months

MOVED: Final = ("state", "turn", "next_by", "moved_at")
"""Columns that every step of a dealing may change."""


def dealing_of_side(actor: Actor, dealing_id: UUID) -> tuple[Dealing, Side]:
    """Fetch and lock a dealing, and return it with the side of it on which the actor stands."""
    dealing = get_dealing(dealing_id, actor=actor, for_change=True)
    side = side_of(dealing, actor=actor)
    if side is None:
        raise NotAllowed("You read this dealing, but take no part in it.")
    require(actor, WORK_ON_DEALING if side is Side.OFFICE else ANSWER_IN_DEALING, dealing)
    return dealing, side


def dealing_of_office(actor: Actor, dealing_id: UUID) -> Dealing:
    """Fetch and lock a dealing for a step of the office."""
    dealing = get_dealing(dealing_id, actor=actor, for_change=True)
    require(actor, WORK_ON_DEALING, dealing)
    return dealing


def other_side(side: Side) -> Side:
    """Return the side that answers."""
    return Side.PROSPECT if side is Side.OFFICE else Side.OFFICE


def person(actor: Actor) -> UUID:
    """Return the person who acts: dealings are conducted by people."""
    if actor.user_id is None:
        raise NotAllowed("Dealings are conducted by people.")
    return actor.user_id


def day_of(actor: Actor, dealing: Dealing) -> date:
    """Return what day it is in the dealing's alliance."""
    return today(actor.clock, dealing.programme.alliance.zone)


def keep_conduct(
    actor: Actor,
    dealing: Dealing,
    side: Side,
    kind: ConductKind,
    *,
    happened_on: date | None = None,
    offer: Offer | None = None,
    text: str = "",
    document: Document | None = None,
) -> ConductStep:
    """Write into the record of conduct what one side did."""
    return ConductStep.objects.create(
        dealing=dealing,
        kind=kind,
        side=side,
        happened_on=happened_on or day_of(actor, dealing),
        recorded_at=actor.clock.now(),
        recorded_by_id=person(actor),
        offer_number=None if offer is None else offer.number,
        text=text,
        document=document,
    )


def check_text(checks: Checks, field: str, text: str, *, needed: bool = True) -> None:
    """Note a text of several lines that is blank where it is needed, or too long."""
    if needed and not text.strip():
        checks.wrong(field, "required", "This must not be blank.")
    elif len(text) > LONGEST_TEXT:
        checks.wrong(field, "too_long", f"This has {len(text)} characters; at most {LONGEST_TEXT} are kept.")


def turn_to(
    actor: Actor, dealing: Dealing, side: Side, kind: DeadlineKind, by: date, *, offer: Offer | None = None
) -> None:
    """Have the next step be a side's, until a day of which it is reminded; the caller saves the dealing."""
    dealing.turn, dealing.next_by, dealing.moved_at = side, by, actor.clock.now()
    values = {"programme": dealing.programme.code, **({"number": str(offer.number)} if offer else {})}
    duty = Duty(
        subject_id=dealing.pk,
        organisation_id=dealing.prospect_id if side is Side.PROSPECT else None,
        part=str(offer.number) if offer else "",
        title=dealing.programme.code,
        due_on=by,
        last_day=by,
        values=values,
    )
    _keep(actor, dealing, {kind: [duty]})


def turn_to_nobody(actor: Actor, dealing: Dealing) -> None:
    """Have no step be waited for any more; the caller saves the dealing."""
    dealing.turn, dealing.next_by, dealing.moved_at = "", day_of(actor, dealing), actor.clock.now()
    _keep(actor, dealing, {})


def _keep(actor: Actor, dealing: Dealing, duties: Mapping[DeadlineKind, list[Duty]]) -> None:
    work = Actor.system(DEADLINE_WORK, on_behalf_of=actor)
    for kind in STEPS:
        set_deadlines(
            actor=work,
            alliance_id=dealing.programme.alliance_id,
            kind=kind,
            subjects=[dealing.pk],
            duties=duties.get(kind, []),
        )


def tell_other_side(actor: Actor, dealing: Dealing, side: Side, event: str) -> None:
    """Tell the people of the other side that there is news, by a notice and a message that says no more than that."""
    seats: list[UUID] = []
    if side is Side.PROSPECT:
        seats += seats_holding(Role.SECRETARIAT, actor=actor, alliance=dealing.programme.alliance_id)
    else:
        for role in PROSPECTS:
            seats += seats_holding(role, actor=actor, organisation=dealing.prospect_id)

    def words(language: Language) -> Mapping[str, str]:
        return {"organisation": name_of(dealing.prospect, language), "programme": dealing.programme.code}

    remind_seats(
        actor=actor,
        seats=dict.fromkeys(seats),
        notice=event,
        letter=TO_OFFICE if side is Side.PROSPECT else TO_PROSPECT,
        subject=dealing,
        page=f"/dealings/{dealing.pk}",
        words=words,
    )


def name_of(organisation: Organisation, language: Language) -> str:
    """Return what an organisation is called in a language, or in the other one where it has no other name."""
    zh, en = organisation.name_zh, organisation.name_en
    return (zh or en) if language is Language.CHINESE else (en or zh)


def open_recordal(actor: Actor, dealing: Dealing, offer: Offer, *, in_force_on: date) -> Recordal | None:
    """Have the recordal of a licence be filed in time, if a patent that it is about was granted in China."""
    rule = rule_on(in_force_on)
    patents = chinese_patents(offer.list_version).order_by().values("publication").distinct().count()
    if rule is None or patents == 0:
        return None
    recordal = Recordal.objects.create(
        dealing=dealing, patents=patents, due_on=add_months(in_force_on, rule.months), rule=rule.source
    )
    set_deadlines(
        actor=Actor.system(DEADLINE_WORK, on_behalf_of=actor),
        alliance_id=dealing.programme.alliance_id,
        kind=RECORDAL,
        subjects=[dealing.pk],
        duties=[
            Duty(
                subject_id=dealing.pk,
                title=dealing.programme.code,
                due_on=recordal.due_on,
                last_day=recordal.due_on,
                values={"licence": dealing.licence.code if dealing.licence else ""},
                rule=rule.source,
            )
        ],
    )
    return recordal
