"""Saying what the lines of statements are for."""

from uuid import UUID, uuid5

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.ledger.models import Entry
from platform_core.ledger.services import reverse_entry
from platform_core.problems import invalid
from platform_core.realtime.services import announce
from platform_core.treasury.claims import claimants
from platform_core.treasury.lifecycle import LINE_LIFECYCLE
from platform_core.treasury.models import LineState, StatementLine
from platform_core.treasury.policies import SETTLE_STATEMENT_LINE
from platform_core.treasury.selectors import get_statement_line


@transaction.atomic
def assign_line(*, actor: Actor, line_id: UUID, claimant: str, subject_id: UUID) -> StatementLine:
    """Say what a line is for: the room that knows it takes the money out of the unassigned receipts, or refuses."""
    line = _locked(actor, line_id)
    room = claimants().get(claimant)
    if room is None:
        raise invalid("/claimant", "no_claimant", "Nobody claims such lines.")
    before = line.state
    line.state = LINE_LIFECYCLE.after("assign", current=LineState(before))
    line.claimant, line.subject_type, line.subject_id = claimant, room.subject_type, subject_id
    _decided(actor, line, "")
    record_event(
        "statement_line.assigned",
        actor=actor,
        subject=line,
        changes={"state": (before, line.state), "subject_type": (None, line.subject_type)},
    )
    announce(line)
    # Last: whoever takes it books.
    room.take(actor, line, subject_id)
    return line


@transaction.atomic
def set_line_aside(*, actor: Actor, line_id: UUID, reason: str) -> StatementLine:
    """Take a line off the queue that is for nothing anybody knows of, and say why; its money stays unassigned."""
    line = _locked(actor, line_id)
    _require_reason(reason)
    before = line.state
    line.state = LINE_LIFECYCLE.after("set aside", current=LineState(before))
    _decided(actor, line, reason.strip())
    record_event(
        "statement_line.set_aside",
        actor=actor,
        subject=line,
        changes={"state": (before, line.state), "reason": (None, line.reason)},
    )
    announce(line)
    return line


@transaction.atomic
def take_line_up(*, actor: Actor, line_id: UUID) -> StatementLine:
    """Put a line that was set aside back on the queue."""
    line = _locked(actor, line_id)
    before = line.state
    line.state = LINE_LIFECYCLE.after("take up", current=LineState(before))
    _decided(actor, line, "")
    record_event("statement_line.taken_up", actor=actor, subject=line, changes={"state": (before, line.state)})
    announce(line)
    return line


@transaction.atomic
def reverse_line(*, actor: Actor, line_id: UUID, reason: str) -> StatementLine:
    """Undo the booking of a line that never happened, such as one read by a wrong mapping, and say why.

    The line stays on record, so that no other file brings it again.
    """
    line = _locked(actor, line_id)
    _require_reason(reason)
    before = line.state
    line.state = LINE_LIFECYCLE.after("reverse", current=LineState(before))
    _decided(actor, line, reason.strip())
    record_event(
        "statement_line.reversed",
        actor=actor,
        subject=line,
        changes={"state": (before, line.state), "reason": (None, line.reason)},
    )
    announce(line)
    entity = line.bank_account.operating_entity
    entry = Entry.objects.get(operating_entity=entity, key=line.pk)
    reverse_entry(
        actor=actor,
        entry_id=entry.pk,
        key=uuid5(line.pk, "reversed"),
        effective_on=today(actor.clock, entity.alliance.zone),
        subject=line,
        memo=line.reason,
    )
    return line


def _locked(actor: Actor, line_id: UUID) -> StatementLine:
    line = get_statement_line(line_id, actor=actor, for_change=True)
    require(actor, SETTLE_STATEMENT_LINE, line)
    return line


def _require_reason(reason: str) -> None:
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()


def _decided(actor: Actor, line: StatementLine, reason: str) -> None:
    line.reason = reason
    line.decided_at = actor.clock.now()
    line.decided_by_id = actor.user_id
    line.save(update_fields=["state", "claimant", "subject_type", "subject_id", "reason", "decided_at", "decided_by"])
