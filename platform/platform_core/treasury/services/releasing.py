"""Taking back what a line was said to be for."""

from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.problems import Conflict
from platform_core.realtime.services import announce
from platform_core.treasury.claims import claimants
from platform_core.treasury.lifecycle import LINE_LIFECYCLE
from platform_core.treasury.models import LineState, StatementLine
from platform_core.treasury.policies import SETTLE_STATEMENT_LINE
from platform_core.treasury.selectors import get_statement_line


@transaction.atomic
def release_line(*, actor: Actor, line_id: UUID, reason: str) -> StatementLine:
    """Put a line back on the queue that was said to be for the wrong thing, and say why.

    The room that took its money puts it back among the unassigned receipts, or refuses.
    """
    line = get_statement_line(line_id, actor=actor, for_change=True)
    require(actor, SETTLE_STATEMENT_LINE, line)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    before, claimant, subject_id = LineState(line.state), line.claimant, line.subject_id
    line.state = LINE_LIFECYCLE.after("release", current=before)
    room = claimants().get(claimant)
    if room is None or room.give_back is None or subject_id is None:
        raise Conflict("What this line was taken for cannot be taken back here.")
    line.claimant, line.subject_type, line.subject_id = "", "", None
    line.decided_at, line.decided_by_id = actor.clock.now(), actor.user_id
    line.save(update_fields=["state", "claimant", "subject_type", "subject_id", "decided_at", "decided_by"])
    record_event(
        "statement_line.released",
        actor=actor,
        subject=line,
        changes={"state": (before, line.state), "reason": (None, reason)},
    )
    announce(line)
    # Last: whoever gives it back books.
    room.give_back(actor, line, subject_id, reason)
    return line
