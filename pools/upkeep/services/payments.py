"""What was paid for patents, and what their fees depend on."""

from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.clock import today
from platform_core.deadlines.services import reopen_of_subject, settle_of_subject
from platform_core.problems import Conflict, Problem, WrongState, invalid
from platform_core.realtime.services import announce
from pools.patents.annuities import NoRules, Relief, rules_of, schedule
from pools.patents.models import Patent
from pools.upkeep.kinds import ANNUITY, CONFIRMATION
from pools.upkeep.lifecycle import ORDER_LIFECYCLE, OrderState
from pools.upkeep.models import AnnuityPayment, AnnuityTerms, PaymentOrder, PaymentOrderLine
from pools.upkeep.policies import CANCEL_ANNUITY_PAYMENT, EDIT_ANNUITY_TERMS, PAY_ANNUITY
from pools.upkeep.selectors import right_of
from pools.upkeep.services.following import follow_patents

_LONGEST_YEAR = 30


class TermsEdits(TypedDict, total=False):
    """What may be changed of what fees depend on."""

    reduction_percent: int
    is_open_licence: bool
    grant_year: int | None
    claims: int | None


@transaction.atomic
def set_annuity_terms(*, actor: Actor, patent_id: UUID, **edits: Unpack[TermsEdits]) -> AnnuityTerms:
    """Say what a patent's fees depend on besides its days; a reduction that its office does not know is refused."""
    patent = get_visible(Patent, patent_id, actor=actor, for_change=True)
    require(actor, EDIT_ANNUITY_TERMS, patent)
    terms = AnnuityTerms.objects.filter(patent=patent).first() or AnnuityTerms(patent=patent)
    is_new = terms._state.adding
    changes = apply_edits(terms, edits)
    _check_terms(patent, terms, today(actor.clock, patent.alliance.zone))
    if changes or is_new:
        terms.save()
        record_event("annuity_terms.set", actor=actor, subject=terms, changes=changes)
        # The year of the grant decides which fee is the first.
        follow_patents(actor=actor, alliance_id=patent.alliance_id, ids=[patent.pk])
        announce(patent, to=EDIT_ANNUITY_TERMS)
    return terms


@transaction.atomic
def record_payment(
    *, actor: Actor, patent_id: UUID, year: int, paid_on: date, fee_minor: int, surcharge_minor: int = 0
) -> AnnuityPayment:
    """Record that a year's fee of a patent was paid; its deadline is done, and the next year's comes."""
    patent = get_visible(Patent, patent_id, actor=actor, for_change=True)
    require(actor, PAY_ANNUITY, patent)
    if actor.organisation_id is None:
        raise invalid("/patent_id", "no_payer", "A payment is recorded in an organisation's name: choose a seat first.")
    checks = Checks()
    check_paid_on(checks=checks, paid_on=paid_on, day=today(actor.clock, patent.alliance.zone))
    if not 1 <= year <= _LONGEST_YEAR:
        checks.wrong("year", "out_of_range", "Fee years are 1 to 30.")
    if fee_minor < 0 or surcharge_minor < 0:
        checks.wrong("fee_minor", "negative", "What was paid is not below zero.")
    checks.refuse()
    return pay(
        actor=actor,
        patent=patent,
        organisation_id=actor.organisation_id,
        year=year,
        paid_on=paid_on,
        fee_minor=fee_minor,
        surcharge_minor=surcharge_minor,
    )


@transaction.atomic
def cancel_payment(*, actor: Actor, payment_id: UUID, reason: str) -> AnnuityPayment:
    """Cancel a payment that was recorded by mistake: the fee, and its line in an order, are open again."""
    seen = get_visible(AnnuityPayment, payment_id, actor=actor)
    require(actor, CANCEL_ANNUITY_PAYMENT, seen)
    line = PaymentOrderLine.objects.filter(payment=seen).first()
    # The order first and the patent next, as whoever pays locks them.
    order = PaymentOrder.objects.select_for_update(no_key=True).get(pk=line.order_id) if line is not None else None
    patent = Patent.objects.select_for_update(no_key=True).get(pk=seen.patent_id)
    payment = get_visible(AnnuityPayment, payment_id, actor=actor, for_change=True)
    if payment.cancelled_at is not None:
        raise WrongState("This payment has been cancelled already.")
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    payment.cancelled_at, payment.cancelled_by_id = actor.clock.now(), actor.user_id
    payment.cancel_reason = reason.strip()
    payment.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason"])
    if line is not None and order is not None:
        line.payment = None
        line.save(update_fields=["payment"])
        if order.state == OrderState.PAID:
            order.state = ORDER_LIFECYCLE.after("reopen", current=OrderState(order.state))
            order.finished_at = None
            order.save(update_fields=["state", "finished_at"])
    record_event(
        "annuity_payment.cancelled", actor=actor, subject=payment, changes={"reason": (None, payment.cancel_reason)}
    )
    reopen_of_subject(
        actor=actor, subject_id=patent.pk, kind=ANNUITY.name, part=str(payment.year), note=payment.cancel_reason
    )
    follow_patents(actor=actor, alliance_id=patent.alliance_id, ids=[patent.pk])
    announce(payment)
    if order is not None:
        announce(order, part=payment)
    return payment


def pay(
    *,
    actor: Actor,
    patent: Patent,
    organisation_id: UUID,
    year: int,
    paid_on: date,
    fee_minor: int,
    surcharge_minor: int,
    receipt_id: UUID | None = None,
) -> AnnuityPayment:
    """Put a payment on record, for a patent that is locked and that the actor may pay for."""
    with told_as(_PROBLEMS):
        payment = AnnuityPayment.objects.create(
            patent=patent,
            organisation_id=organisation_id,
            year=year,
            paid_on=paid_on,
            fee_minor=fee_minor,
            surcharge_minor=surcharge_minor,
            currency=currency_of(patent),
            receipt_id=receipt_id,
            recorded_at=actor.clock.now(),
            recorded_by_id=actor.user_id,
        )
    record_event(
        "annuity_payment.recorded",
        actor=actor,
        subject=payment,
        changes={"year": (None, year), "fee_minor": (None, fee_minor), "surcharge_minor": (None, surcharge_minor)},
    )
    for kind in (ANNUITY, CONFIRMATION):
        settle_of_subject(actor=actor, subject_id=patent.pk, kind=kind.name, part=str(year))
    # Also where no deadline waited for it: a fee that was paid ahead.
    follow_patents(actor=actor, alliance_id=patent.alliance_id, ids=[patent.pk])
    announce(payment)
    return payment


def check_paid_on(*, checks: Checks, paid_on: date, day: date) -> None:
    """Note a day of payment that has not come."""
    if paid_on > day:
        checks.wrong("paid_on", "in_the_future", "What was paid was paid today or before.")


def currency_of(patent: Patent) -> str:
    """Return the currency in which a patent's fees are paid; refuse where no fees of its office are known."""
    try:
        return rules_of(patent.country).currency
    except NoRules:
        raise invalid(
            "/patent_id", "no_fees", f"No fees of {patent.country} are known: keep its deadlines by hand."
        ) from None


def _check_terms(patent: Patent, terms: AnnuityTerms, day: date) -> None:
    right = right_of(patent, grant_year=terms.grant_year, claims=terms.claims)
    if right is None:
        return
    relief = Relief(percent=terms.reduction_percent, is_open_licence=terms.is_open_licence)
    try:
        schedule(right, on=day, relief=relief)
    except NoRules:
        if terms.reduction_percent:
            raise invalid(
                "/reduction_percent", "unknown_reduction", f"{patent.country} knows no such reduction of this right."
            ) from None


_PROBLEMS: dict[str, Problem] = {
    "annuity_payment_once_a_year": Conflict("This year's fee of the patent is recorded as paid already."),
}
