"""Paying tax withheld on to the tax office: put together by one person, confirmed by another."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from licensing.distribution.withholding.lifecycle import (
    REMITTANCE_LIFECYCLE,
    RemittanceState,
)
from licensing.distribution.withholding.models import TaxRemittance, Withholding
from licensing.distribution.withholding.policies import (
    CANCEL_TAX_REMITTANCE,
    CONFIRM_TAX_REMITTANCE,
    NOTE_TAX_RECEIPT,
    PREPARE_TAX_REMITTANCE,
    WITHHOLDING_DECISION,
)
from licensing.distribution.withholding.selectors import (
    get_tax_remittance,
    still_to_remit,
)
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.codes import CURRENCY_EXPONENTS
from platform_core.identity.models import OperatingEntity
from platform_core.identity.role_plan import Place, require_second_person, require_two_people
from platform_core.problems import Conflict, Problem, WrongState, invalid
from platform_core.realtime.services import announce


@transaction.atomic
def prepare_tax_remittance(
    *, actor: Actor, operating_entity_id: UUID, currency: str, through_on: date, reference: str
) -> TaxRemittance:
    """Put together what was withheld by a day and not paid on, as it is declared; a second person confirms it."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, PREPARE_TAX_REMITTANCE, entity)
    require_two_people(WITHHOLDING_DECISION, Place.of(entity), clock=actor.clock)
    checks = Checks()
    checks.text("reference", reference, longest=100)
    if currency not in CURRENCY_EXPONENTS:
        checks.wrong("currency", "unknown", "This is no currency: write a code such as CNY, USD or EUR.")
    if through_on > today(actor.clock, entity.alliance.zone):
        checks.wrong(
            "through_on", "in_the_future", "Nobody pays on what is withheld later: choose today or an earlier day."
        )
    checks.refuse()
    rows = list(
        still_to_remit(entity.pk, currency, through=through_on, actor=actor)
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    if not rows:
        raise invalid("/through_on", "nothing", "No tax was withheld by that day that is not in a remittance already.")
    with told_as(_PROBLEMS):
        made = TaxRemittance.objects.create(
            operating_entity=entity,
            currency=currency,
            through_on=through_on,
            amount_minor=sum(row.tax_minor for row in rows),
            reference=reference.strip(),
            prepared_at=actor.clock.now(),
            prepared_by_id=actor.person_id,
        )
    Withholding.objects.filter(pk__in=[row.pk for row in rows]).update(remittance=made)
    record_event(
        "tax_remittance.prepared",
        actor=actor,
        subject=made,
        changes={
            "amount_minor": (None, made.amount_minor),
            "through_on": (None, through_on),
            "rows": (None, len(rows)),
        },
    )
    announce(made)
    return made


@transaction.atomic
def confirm_tax_remittance(*, actor: Actor, remittance_id: UUID) -> TaxRemittance:
    """Confirm as a second person what is paid to the tax office; a line of the bank then says that it was."""
    remittance = get_tax_remittance(remittance_id, actor=actor, for_change=True)
    require(actor, CONFIRM_TAX_REMITTANCE, remittance)
    before = RemittanceState(remittance.state)
    remittance.state = REMITTANCE_LIFECYCLE.after("confirm", current=before)
    require_second_person(
        WITHHOLDING_DECISION,
        actor=actor,
        beside=[remittance.prepared_by_id],
        place=Place.of(remittance.operating_entity),
    )
    told = Withholding.objects.filter(remittance=remittance).aggregate(sum=Sum("tax_minor"))["sum"]
    if told != remittance.amount_minor:
        raise Conflict("What was withheld does not come to this remittance: cancel it, and prepare another one.")
    remittance.confirmed_at, remittance.confirmed_by_id = actor.clock.now(), actor.person_id
    remittance.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    record_event(
        "tax_remittance.confirmed", actor=actor, subject=remittance, changes={"state": (before, remittance.state)}
    )
    announce(remittance)
    return remittance


@transaction.atomic
def cancel_tax_remittance(*, actor: Actor, remittance_id: UUID, reason: str) -> TaxRemittance:
    """Give up a remittance that nobody has confirmed, and say why; what is in it may go into another one.

    Once it is confirmed, two people give it up: see `ask_to_undo_remittance`.
    """
    remittance = get_tax_remittance(remittance_id, actor=actor, for_change=True)
    require(actor, CANCEL_TAX_REMITTANCE, remittance)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    before = RemittanceState(remittance.state)
    remittance.state = REMITTANCE_LIFECYCLE.after("cancel", current=before)
    if before == RemittanceState.CONFIRMED:
        raise WrongState("This remittance is confirmed: ask to give it up, and have a colleague agree.")
    remittance.reason = reason.strip()
    remittance.cancelled_at, remittance.cancelled_by_id = actor.clock.now(), actor.person_id
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
def note_tax_receipt(*, actor: Actor, remittance_id: UUID, receipt: str) -> TaxRemittance:
    """Note the number of the tax office's certificate of payment; members read it on their own certificates."""
    remittance = get_tax_remittance(remittance_id, actor=actor, for_change=True)
    require(actor, NOTE_TAX_RECEIPT, remittance)
    REMITTANCE_LIFECYCLE.after("note receipt", current=RemittanceState(remittance.state))
    checks = Checks()
    checks.text("receipt", receipt, longest=100)
    checks.refuse()
    if remittance.receipt:
        raise Conflict("The tax office's certificate of this remittance is noted already.")
    remittance.receipt = receipt.strip()
    remittance.save(update_fields=["receipt"])
    record_event(
        "tax_remittance.receipt_noted", actor=actor, subject=remittance, changes={"receipt": (None, remittance.receipt)}
    )
    announce(remittance)
    return remittance


_PROBLEMS: Final[Mapping[str, Problem]] = {
    "taxremittance_one_to_confirm": Conflict("A remittance in this currency waits to be confirmed: settle it first."),
}
