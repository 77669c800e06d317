"""Opening closed days again: one person asks and says why, another one decides."""

from datetime import date
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.access.registry import Permission
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.identity.models import OperatingEntity
from platform_core.identity.role_plan import Place, require_second_person, require_two_people
from platform_core.ledger.lifecycle import REOPENING_LIFECYCLE
from platform_core.ledger.models import BookClosing, BookReopening, ReopeningState
from platform_core.ledger.policies import (
    ASK_TO_REOPEN_BOOKS,
    BOOKS_REOPENING,
    GRANT_BOOK_REOPENING,
    REFUSE_BOOK_REOPENING,
    WITHDRAW_BOOK_REOPENING,
)
from platform_core.ledger.services.closing import last_closing, record_closing
from platform_core.ledger.services.holding import hold_books
from platform_core.problems import Conflict, WrongState, invalid
from platform_core.realtime.services import announce


@transaction.atomic
def ask_to_reopen_books(*, actor: Actor, operating_entity_id: UUID, through: date | None, reason: str) -> BookReopening:
    """Ask to open closed days again, those after `through` (None: all), and say why; nothing is opened by it."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, ASK_TO_REOPEN_BOOKS, entity)
    hold_books(entity.pk)
    require_two_people(BOOKS_REOPENING, _place_of(entity), clock=actor.clock)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    if not _is_closed_after(last_closing(entity), through):
        raise invalid("/through", "not_closed", "Those days are open already.")
    with told_as(_PROBLEMS):
        asked = BookReopening.objects.create(
            operating_entity=entity,
            through=through,
            reason=reason.strip(),
            asked_by_id=actor.person_id,
            asked_at=actor.clock.now(),
        )
    record_event(
        "book_reopening.asked",
        actor=actor,
        subject=asked,
        changes={"through": (None, through), "reason": (None, asked.reason)},
    )
    announce(asked)
    return asked


@transaction.atomic
def grant_book_reopening(*, actor: Actor, reopening_id: UUID) -> BookReopening:
    """Open closed days again, as another person asked; whoever asked may not."""
    asked = _held(actor, reopening_id, GRANT_BOOK_REOPENING)
    entity = asked.operating_entity
    _require_independent(actor, asked)
    _decide(actor, asked, "grant")
    last = last_closing(entity)
    if not _is_closed_after(last, asked.through):
        raise WrongState("Those days are open already.")
    record_closing(actor=actor, last=last, entity=entity, through=asked.through, reopening=asked)
    record_event(
        "book_reopening.granted",
        actor=actor,
        subject=asked,
        changes={"closed_through": (last.closed_through if last else None, asked.through)},
    )
    announce(asked)
    return asked


@transaction.atomic
def refuse_book_reopening(*, actor: Actor, reopening_id: UUID, answer: str) -> BookReopening:
    """Leave closed days closed although another person asked to open them, and say why."""
    asked = _held(actor, reopening_id, REFUSE_BOOK_REOPENING)
    checks = Checks()
    checks.text("answer", answer, longest=500)
    checks.refuse()
    _decide(actor, asked, "refuse", answer.strip())
    record_event("book_reopening.refused", actor=actor, subject=asked, changes={"answer": (None, asked.answer)})
    announce(asked)
    return asked


@transaction.atomic
def withdraw_book_reopening(*, actor: Actor, reopening_id: UUID) -> BookReopening:
    """Ask no longer; whoever asked does."""
    asked = _held(actor, reopening_id, WITHDRAW_BOOK_REOPENING)
    _decide(actor, asked, "withdraw")
    record_event("book_reopening.withdrawn", actor=actor, subject=asked)
    announce(asked)
    return asked


def _held(actor: Actor, reopening_id: UUID, permission: Permission) -> BookReopening:
    """Hold the books before the row that is about them, and return the row if the actor may do this with it."""
    hold_books(get_visible(BookReopening, reopening_id, actor=actor).operating_entity_id)
    asked = get_visible(BookReopening, reopening_id, actor=actor, for_change=True)
    require(actor, permission, asked)
    return asked


def _decide(actor: Actor, asked: BookReopening, step: str, answer: str = "") -> None:
    asked.state = REOPENING_LIFECYCLE.after(step, current=ReopeningState(asked.state))
    asked.decided_by_id = actor.person_id
    asked.decided_at = actor.clock.now()
    asked.answer = answer
    asked.save(update_fields=["state", "decided_by", "decided_at", "answer"])


def _is_closed_after(last: BookClosing | None, through: date | None) -> bool:
    closed = last.closed_through if last else None
    return closed is not None and (through is None or through < closed)


def _place_of(entity: OperatingEntity) -> Place:
    return Place.of(entity)


def _require_independent(actor: Actor, asked: BookReopening) -> None:
    place = _place_of(asked.operating_entity)
    require_second_person(BOOKS_REOPENING, actor=actor, beside=[asked.asked_by_id], place=place)


_PROBLEMS = {
    "bookreopening_one_at_a_time": Conflict("Somebody asked to open closed days already: decide that first."),
}
