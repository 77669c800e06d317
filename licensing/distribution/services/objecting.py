"""What members hold against their statements, and what becomes of it; money is moved by later distributions only."""

from uuid import UUID

from django.db import transaction

from licensing.distribution.lifecycle import OBJECTION_LIFECYCLE, STATED, ObjectionState
from licensing.distribution.models import Objection
from licensing.distribution.policies import ANSWER_OBJECTION, OBJECT_TO_DISTRIBUTION, WITHDRAW_OBJECTION
from licensing.distribution.selectors import get_statement, may_still_object
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.identity.roles import Purpose, Role
from platform_core.notices.selectors import seats_by_organisation, seats_holding
from platform_core.notices.services import notify_seats
from platform_core.problems import Conflict, Problem, WrongState
from platform_core.realtime.services import announce

LONGEST_TEXT = 2000


@transaction.atomic
def raise_objection(*, actor: Actor, item_id: UUID, text: str) -> Objection:
    """Object to one's own statement within the window, and say what is held against it."""
    item = get_statement(item_id, actor=actor, for_change=True)
    require(actor, OBJECT_TO_DISTRIBUTION, item)
    run = item.run
    checks = Checks()
    checks.text("text", text, longest=LONGEST_TEXT)
    checks.refuse()
    if run.status not in STATED or run.objections_until is None:
        raise WrongState("This distribution has not been released.")
    if not may_still_object(run, actor=actor):
        raise WrongState(f"Objections were possible until {run.objections_until}.")
    with told_as(_PROBLEMS):
        objection = Objection.objects.create(
            item=item, text=text.strip(), raised_at=actor.clock.now(), raised_by_id=actor.person_id
        )
    record_event("objection.raised", actor=actor, subject=objection)
    announce(objection)
    notify_seats(
        actor=actor,
        seats=seats_holding(
            Role.FINANCE,
            actor=actor,
            operating_entity=run.programme.operating_entity_id,
            purpose=Purpose.ROYALTIES,
        ),
        kind="objection.raised",
        subject=objection,
        values={"programme": run.programme.code, "number": run.number},
    )
    return objection


@transaction.atomic
def answer_objection(*, actor: Actor, objection_id: UUID, uphold: bool, answer: str) -> Objection:
    """Uphold or refuse an objection, and say why; what is upheld is put right by a correction and later money."""
    objection = get_visible(Objection, objection_id, actor=actor, for_change=True)
    require(actor, ANSWER_OBJECTION, objection)
    checks = Checks()
    checks.text("answer", answer, longest=LONGEST_TEXT)
    checks.refuse()
    _end(actor, objection, "uphold" if uphold else "refuse", answer.strip())
    item = objection.item
    organisation = item.concerned_organisation_id()
    if organisation is not None:
        roles = (Role.MEMBER_FINANCE, Role.MEMBER_ADMIN)
        notify_seats(
            actor=actor,
            seats=seats_by_organisation(roles, actor=actor, organisations=[organisation])[organisation],
            kind="objection.answered",
            subject=objection,
            values={"programme": item.run.programme.code, "number": item.run.number},
        )
    return objection


@transaction.atomic
def withdraw_objection(*, actor: Actor, objection_id: UUID) -> Objection:
    """Take one's own objection back before it is answered."""
    objection = get_visible(Objection, objection_id, actor=actor, for_change=True)
    require(actor, WITHDRAW_OBJECTION, objection)
    _end(actor, objection, "withdraw", "")
    return objection


_EVENTS = {"uphold": "objection.upheld", "refuse": "objection.refused", "withdraw": "objection.withdrawn"}


def _end(actor: Actor, objection: Objection, step: str, answer: str) -> None:
    before = ObjectionState(objection.state)
    objection.state = OBJECTION_LIFECYCLE.after(step, current=before)
    objection.answer = answer
    objection.answered_at, objection.answered_by_id = actor.clock.now(), actor.person_id
    objection.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    record_event(_EVENTS[step], actor=actor, subject=objection, changes={"state": (before, objection.state)})
    announce(objection)


_PROBLEMS: dict[str, Problem] = {
    "objection_one_at_a_time": Conflict("An objection to this statement waits for an answer already."),
}
