"""Noting what happened outside of the platform, such as a meeting, in the record of conduct."""

from datetime import date
from uuid import UUID

from django.db import transaction

from licensing.dealings.lifecycle import DealingState
from licensing.dealings.models import ConductKind, ConductStep
from licensing.dealings.models.dealing import NOTED_KINDS
from licensing.dealings.moving import (
    check_text,
    day_of,
    dealing_of_side,
    keep_conduct,
    tell_other_side,
)
from platform_core.access.actors import Actor
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.documents.selectors import paper_on
from platform_core.problems import WrongState
from platform_core.realtime.services import announce


@transaction.atomic
def note_conduct(
    *,
    actor: Actor,
    dealing_id: UUID,
    kind: ConductKind,
    happened_on: date,
    text: str,
    document_id: UUID | None = None,
) -> ConductStep:
    """Note what one's own side did outside of the platform, on its day, for both sides to read; it stays as noted."""
    dealing, side = dealing_of_side(actor, dealing_id)
    if dealing.state == DealingState.CLOSED:
        raise WrongState("This dealing has ended.", current=dealing.state)
    checks = Checks()
    check_text(checks, "text", text)
    if kind not in NOTED_KINDS:
        checks.wrong("kind", "not_noted", "This is recorded by the step itself.")
    if happened_on > day_of(actor, dealing):
        checks.wrong("happened_on", "not_yet", "Note what has happened, on its day.")
    checks.refuse()
    paper = None if document_id is None else paper_on(dealing, document_id, actor=actor)
    noted = keep_conduct(
        actor, dealing, side, ConductKind(kind), happened_on=happened_on, text=text.strip(), document=paper
    )
    record_event("dealing.conduct_noted", actor=actor, subject=dealing, changes={"kind": (None, noted.kind)})
    tell_other_side(actor, dealing, side, "dealing.conduct_noted")
    announce(dealing)
    return noted
