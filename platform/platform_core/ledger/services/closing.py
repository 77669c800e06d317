"""Closing books through a day, so that reports of it stay true, and opening them again for a reason."""

from datetime import date
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.identity.models import OperatingEntity
from platform_core.ledger.models import BookClosing
from platform_core.ledger.policies import CLOSE_BOOKS
from platform_core.ledger.services.holding import hold_books
from platform_core.problems import invalid


@transaction.atomic
def close_books(*, actor: Actor, operating_entity_id: UUID, through: date) -> BookClosing:
    """Close the books of an operating entity through a day, later than the last closed one."""
    entity, last = _held(actor, operating_entity_id)
    if last is not None and last.closed_through is not None and through <= last.closed_through:
        raise invalid("/through", "closed_already", "The books are closed through that day already.")
    return _record(actor, entity, last, through, "")


@transaction.atomic
def reopen_books(*, actor: Actor, operating_entity_id: UUID, through: date | None, reason: str) -> BookClosing:
    """Open closed days again, those after `through` (None: all), and say why."""
    entity, last = _held(actor, operating_entity_id)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    if last is None or last.closed_through is None or (through is not None and through >= last.closed_through):
        raise invalid("/through", "not_closed", "Those days are open already.")
    return _record(actor, entity, last, through, reason)


def _held(actor: Actor, operating_entity_id: UUID) -> tuple[OperatingEntity, BookClosing | None]:
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, CLOSE_BOOKS, entity)
    hold_books(entity.pk)
    return entity, BookClosing.objects.filter(operating_entity=entity).order_by("-number").first()


def _record(
    actor: Actor, entity: OperatingEntity, last: BookClosing | None, through: date | None, reason: str
) -> BookClosing:
    made = BookClosing.objects.create(
        operating_entity=entity,
        number=last.number + 1 if last else 1,
        closed_through=through,
        reason=reason,
        at=actor.clock.now(),
        user_id=actor.user_id,
    )
    before = last.closed_through if last else None
    is_closing = through is not None and (before is None or through > before)
    record_event(
        "operating_entity.books_closed" if is_closing else "operating_entity.books_reopened",
        actor=actor,
        subject=entity,
        changes={"closed_through": (before, through), "reason": (None, reason)},
    )
    return made
