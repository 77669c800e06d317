"""Taking back what two people decided on a remittance of tax: its confirmation, or that the bank paid it."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction

from licensing.distribution.withholding.lifecycle import REMITTANCE_LIFECYCLE, RemittanceState
from licensing.distribution.withholding.models import RemittanceUndoing, TaxRemittance, Withholding
from licensing.distribution.withholding.policies import (
    AGREE_TO_UNDO_REMITTANCE,
    ASK_TO_UNDO_REMITTANCE,
    WITHHOLDING_DECISION,
)
from licensing.distribution.withholding.selectors import get_tax_remittance, line_that_paid, waiting_undoing
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.access.registry import Permission
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.identity.role_plan import Place, require_second_person, require_two_people
from platform_core.ledger.services import reverse_entry
from platform_core.problems import Conflict, Problem, WrongState
from platform_core.realtime.services import announce
from platform_core.treasury.models import StatementLine
from platform_core.treasury.services import release_line

_STEPS: Final = {RemittanceState.CONFIRMED: "cancel", RemittanceState.PAID: "take payment back"}
"""What is undone in which state, by the step that does it."""


@transaction.atomic
def ask_to_undo_remittance(*, actor: Actor, remittance_id: UUID, reason: str) -> RemittanceUndoing:
    """Ask to give up a confirmed remittance, or to take back that one was paid; nothing changes by it.

    Once it is confirmed the tax office may have been told: another person decides.
    """
    remittance = get_tax_remittance(remittance_id, actor=actor, for_change=True)
    require(actor, ASK_TO_UNDO_REMITTANCE, remittance)
    require_two_people(WITHHOLDING_DECISION, Place.of(remittance.operating_entity), clock=actor.clock)
    if remittance.state not in _STEPS:
        raise WrongState("Only a confirmed or paid remittance is undone by two. Cancel one that waits to be confirmed.")
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    with told_as(_PROBLEMS):
        asked = RemittanceUndoing.objects.create(
            remittance=remittance,
            undoes=remittance.state,
            reason=reason.strip(),
            asked_at=actor.clock.now(),
            asked_by_id=actor.person_id,
        )
    record_event(
        "tax_remittance.undoing_asked",
        actor=actor,
        subject=remittance,
        changes={"undoes": (None, asked.undoes), "reason": (None, asked.reason)},
    )
    announce(remittance)
    return asked


@transaction.atomic
def agree_to_undo_remittance(*, actor: Actor, remittance_id: UUID) -> TaxRemittance:
    """Give up a confirmed remittance, or take back that one was paid, as somebody else asked for.

    What is in one that is given up may go into another. The bank's line that was taken for a payment is free again; a
    payment that came back is taken back by assigning the line by which it did.
    """
    remittance = get_tax_remittance(remittance_id, actor=actor)
    line = line_that_paid(remittance) if remittance.state == RemittanceState.PAID else None
    if line is not None:
        asked = _asked_of(remittance)
        # The line is held first, and gives the remittance back: as when it is released among the lines.
        release_line(actor=actor, line_id=line.pk, reason=asked.reason)
        return get_tax_remittance(remittance_id, actor=actor)
    remittance, asked = _decided(actor, remittance_id, RemittanceState.CONFIRMED)
    before = RemittanceState(remittance.state)
    remittance.state = REMITTANCE_LIFECYCLE.after("cancel", current=before)
    remittance.reason = asked.reason
    remittance.cancelled_at, remittance.cancelled_by_id = actor.clock.now(), actor.person_id
    _settle(actor, asked, is_agreed=True)
    Withholding.objects.filter(remittance=remittance).update(remittance=None)
    remittance.save(update_fields=["state", "reason", "cancelled_at", "cancelled_by"])
    record_event(
        "tax_remittance.cancelled",
        actor=actor,
        subject=remittance,
        changes={"state": (before, remittance.state), "reason": (None, remittance.reason)},
    )
    announce(remittance)
    return remittance


@transaction.atomic
def take_payment_back(
    *, actor: Actor, remittance_id: UUID, on: date, freed: StatementLine | None = None
) -> TaxRemittance:
    """Take back, as somebody else asked for, that a remittance was paid: it waits for a line of the bank again.

    The entry stays, and its opposite is booked on the day given. The tax office's certificate, if one was noted, is
    taken off: members' certificates say again that nothing is paid yet. `freed` is the line that paid something else.
    """
    remittance, asked = _decided(actor, remittance_id, RemittanceState.PAID)
    if remittance.entry_id is None:
        raise TypeError("what was paid has its entry")
    before = RemittanceState(remittance.state)
    paid_on, receipt, entry_id = remittance.paid_on, remittance.receipt, remittance.entry_id
    remittance.state = REMITTANCE_LIFECYCLE.after("take payment back", current=before)
    remittance.paid_on = remittance.line = remittance.entry = None
    remittance.receipt = ""
    asked.paid_on, asked.undone_on, asked.freed = paid_on, on, freed
    _settle(actor, asked, is_agreed=True)
    remittance.save(update_fields=["state", "paid_on", "line", "entry", "receipt"])
    record_event(
        "tax_remittance.payment_taken_back",
        actor=actor,
        subject=remittance,
        changes={
            "state": (before, remittance.state),
            "paid_on": (paid_on, None),
            "receipt": (receipt or None, None),
            "reason": (None, asked.reason),
        },
    )
    # Last: it books.
    reverse_entry(
        actor=actor,
        entry_id=entry_id,
        key=uuid5(asked.pk, "taken back"),
        effective_on=on,
        subject=remittance,
        memo=asked.reason,
    )
    announce(remittance)
    return remittance


@transaction.atomic
def refuse_to_undo_remittance(*, actor: Actor, remittance_id: UUID) -> TaxRemittance:
    """Have a remittance stand that somebody asked to undo; whoever asked may take that back so."""
    remittance, asked = _waiting(actor, remittance_id, ASK_TO_UNDO_REMITTANCE)
    _settle(actor, asked, is_agreed=False)
    record_event(
        "tax_remittance.undoing_refused", actor=actor, subject=remittance, changes={"reason": (asked.reason, None)}
    )
    announce(remittance)
    return remittance


def _waiting(actor: Actor, remittance_id: UUID, permission: Permission) -> tuple[TaxRemittance, RemittanceUndoing]:
    remittance = get_tax_remittance(remittance_id, actor=actor, for_change=True)
    require(actor, permission, remittance)
    return remittance, _asked_of(remittance)


def _asked_of(remittance: TaxRemittance) -> RemittanceUndoing:
    asked = waiting_undoing(remittance)
    if asked is None:
        raise WrongState(
            f"Two people undo what was decided on remittance {remittance.reference}: have a colleague ask for it first."
        )
    return asked


def _decided(actor: Actor, remittance_id: UUID, state: RemittanceState) -> tuple[TaxRemittance, RemittanceUndoing]:
    """Return a remittance with what was asked of it, if the actor may agree to that and it is still what it was."""
    remittance, asked = _waiting(actor, remittance_id, AGREE_TO_UNDO_REMITTANCE)
    require_second_person(
        WITHHOLDING_DECISION, actor=actor, beside=[asked.asked_by_id], place=Place.of(remittance.operating_entity)
    )
    REMITTANCE_LIFECYCLE.after(_STEPS[state], current=RemittanceState(remittance.state))
    if asked.undoes != state:
        raise Conflict("The bank has paid this since it was asked to give it up: refuse that, and ask anew.")
    return remittance, asked


def _settle(actor: Actor, asked: RemittanceUndoing, *, is_agreed: bool) -> None:
    asked.is_agreed = is_agreed
    asked.decided_at, asked.decided_by_id = actor.clock.now(), actor.person_id
    asked.save(update_fields=["is_agreed", "decided_at", "decided_by", "paid_on", "undone_on", "freed"])


_PROBLEMS: Final[Mapping[str, Problem]] = {
    "remittanceundoing_one_to_decide": Conflict("A colleague asked to undo this already: decide that first."),
}
