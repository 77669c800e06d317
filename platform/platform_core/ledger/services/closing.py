"""Closing books through a day, so that reports of it stay true."""

from datetime import date
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.clock import today
from platform_core.identity.models import OperatingEntity
from platform_core.ledger.models import BookClosing, BookReopening
from platform_core.ledger.policies import CLOSE_BOOKS
from platform_core.ledger.services.holding import hold_books
from platform_core.problems import invalid
from platform_core.realtime.services import announce


@transaction.atomic
def close_books(*, actor: Actor, operating_entity_id: UUID, through: date) -> BookClosing:
    """Close the books of an operating entity through a day, later than the last closed one and no later than today."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, CLOSE_BOOKS, entity)
    # One person closes days, and it takes two to open them: what is still to come is not taken from anybody.
    if through > today(actor.clock, entity.alliance.zone):
        raise invalid("/through", "not_over", "That day has not come yet: books are closed through today at most.")
    hold_books(entity.pk)
    last = last_closing(entity)
    if last is not None and last.closed_through is not None and through <= last.closed_through:
        raise invalid("/through", "closed_already", "The books are closed through that day already.")
    made = record_closing(actor=actor, entity=entity, last=last, through=through)
    record_event(
        "operating_entity.books_closed",
        actor=actor,
        subject=entity,
        changes={"closed_through": (last.closed_through if last else None, through)},
    )
    announce(entity)
    return made


def last_closing(entity: OperatingEntity) -> BookClosing | None:
    """Return the last row about closed days; the books are held."""
    return BookClosing.objects.filter(operating_entity=entity).order_by("-number").first()


def record_closing(
    *,
    actor: Actor,
    entity: OperatingEntity,
    last: BookClosing | None,
    through: date | None,
    reopening: BookReopening | None = None,
) -> BookClosing:
    """Write down through which day books are closed from now on."""
    return BookClosing.objects.create(
        operating_entity=entity,
        number=last.number + 1 if last else 1,
        closed_through=through,
        reason=reopening.reason if reopening else "",
        reopening=reopening,
        at=actor.clock.now(),
        user_id=actor.user_id,
    )
